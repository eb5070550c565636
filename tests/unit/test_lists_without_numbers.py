from dataclasses import replace

import pytest

from smartbank.bootstrap import list_ports
from smartbank.core.bank_settings import BankSettings
from smartbank.core.call_lists import NO_NUMBER
from smartbank.core.work import WorkState
from smartbank.errors import ListConstraintError
from smartbank.services.list_planning import leads_to_plan, planned_list
from tests.actors import ANA
from tests.call_lists import ListBank
from tests.releasing import asked
from tests.stubs import stub_leads


@pytest.fixture
def bank():
    """Sixty customers, of whom the ten oldest, the best, have no number any more."""
    bank = ListBank()
    oldest = stub_leads(list(range(20, 80))).tail(10)
    bank.services.customers.save_many(oldest, source={"synthetic": False}, saved_at=bank.later())
    return bank


def plan(bank, **more):
    request = replace(asked(bank), run_id=bank.run_id, **more)
    eligible = leads_to_plan(bank.run_id, by=ANA, ports=list_ports(bank.services), now=bank.later())
    return planned_list(request, eligible, settings=BankSettings(), by=ANA)


def test_a_plan_says_how_many_of_those_called_have_no_number(bank):
    planned = plan(bank)

    assert planned.without_number == int((~planned.eligible.has_number & planned.plan.called).sum()) > 0
    assert planned.eligible.left_out == {}


def test_who_has_no_number_is_kept_off_where_the_list_says_so(bank):
    planned = plan(bank, only_with_number=True)

    assert planned.without_number == 0
    assert planned.eligible.left_out == {NO_NUMBER: 10}
    assert len(planned.eligible.ranked) == 50


def test_a_released_list_counts_who_has_no_number_or_has_nobody_such(bank):
    with_all = bank.release()
    with_numbers = bank.release(name="Tuesday", only_with_number=True)

    called = set(bank.called(with_all))
    lacking = {f"lead-{number}" for number in range(50, 60)}
    assert with_all.figures.without_number == len(called & lacking) > 0
    assert with_numbers.figures.without_number == 0
    assert not set(bank.called(with_numbers)) & lacking
    assert with_numbers.figures.left_out[NO_NUMBER] == len(
        lacking - set(bank.called(with_all)) - set(bank.control(with_all))
    )


def test_a_list_of_nobody_with_a_number_is_refused_and_says_what_to_do(bank):
    everyone = stub_leads(list(range(20, 80)))
    bank.services.customers.save_many(everyone, source={"synthetic": False}, saved_at=bank.later())

    with pytest.raises(ListConstraintError, match="None of these customers has a phone number in SmartBank"):
        plan(bank, only_with_number=True)
    call_list = bank.release(only_with_number=True)

    work = bank.queue.find(call_list.list_id)
    assert (work.state, call_list.figures) == (WorkState.FAILED, None)
    assert "Bring the numbers in" in work.error
