from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from smartbank.core.audit import AuditAction
from smartbank.errors import ConflictError, ForbiddenError, NotFoundError
from smartbank.services.eligible import eligible_leads
from smartbank.services.my_calls import correct_outcome, take_back_outcome
from tests import releasing
from tests.actors import ANA
from tests.releasing import AGES, end
from tests.stubs import stub_leads
from tests.unit import test_my_calls as calls
from tests.unit.test_my_calls import (
    CALLBACK,
    DECLINED,
    EVA,
    NO_ANSWER,
    OBJECTED,
    RUI,
    SOLD,
    about,
    customers_of,
    kept,
    objected,
    on_record,
    record,
)

bank, called = calls.bank, calls.called


def test_a_correction_is_the_next_version_and_keeps_when_the_call_was(called):
    mistake = record(called, DECLINED)

    right = correct_outcome(mistake, SOLD, **about(called, EVA, timedelta(minutes=5)))

    assert (right.version, right.at, right.outcome) == (2, mistake.at, SOLD)
    assert kept(called) == [("subscribed", "eva", 2)]


def test_a_correction_of_what_somebody_corrected_meanwhile_is_refused(called):
    mistake = record(called, DECLINED)
    correct_outcome(mistake, SOLD, **about(called, ANA))

    for change in (
        lambda: correct_outcome(mistake, NO_ANSWER, **about(called, ANA)),
        lambda: take_back_outcome(mistake, **about(called, ANA)),
    ):
        with pytest.raises(ConflictError, match="corrected this outcome meanwhile"):
            change()
    assert kept(called) == [("subscribed", "ana", 2)]


def test_a_correction_that_says_the_same_or_a_time_that_has_passed_is_refused(called):
    found = record(called, DECLINED)

    with pytest.raises(ConflictError, match="“declined” is recorded already"):
        correct_outcome(found, DECLINED, **about(called, EVA))
    with pytest.raises(ConflictError, match="has passed"):
        correct_outcome(found, CALLBACK, call_again_at=called.clock, **about(called, EVA))
    assert kept(called) == [("declined", "eva", 1)]


def test_an_agreed_time_is_corrected(called):
    found = record(called, CALLBACK, call_again_at=called.clock + timedelta(hours=1))
    later = called.clock + timedelta(hours=2)

    correct_outcome(found, CALLBACK, call_again_at=later, **about(called, EVA))

    assert [each.call_again_at for each in called.services.outcomes.of_list(called.list.list_id)] == [later]


def test_only_who_recorded_an_outcome_or_a_manager_changes_it(called):
    found = record(called, DECLINED)

    for change in (
        lambda: correct_outcome(found, SOLD, **about(called, RUI)),
        lambda: take_back_outcome(found, **about(called, RUI)),
    ):
        with pytest.raises(ForbiddenError, match="eva recorded this outcome"):
            change()
    correct_outcome(found, SOLD, **about(called, ANA))

    assert kept(called) == [("subscribed", "ana", 2)]
    results = [each.result for each in on_record(called, AuditAction.CORRECT_OUTCOME)]
    assert results == ["refused", "refused", "done"]


def test_what_was_taken_back_counts_for_nothing_and_is_recorded_anew(called):
    take_back_outcome(record(called, DECLINED), **about(called, EVA))
    assert kept(called) == []

    record(called, SOLD)

    assert kept(called) == [("subscribed", "eva", 2)]


def test_an_objection_bars_the_customer_at_once_from_lists_and_exports(called):
    found = record(called, OBJECTED)
    customer = found.customer_id

    services = called.services
    assert objected(called, customer)
    assert found.customer_version == 2
    assert customer in services.customers.barred(require_consent=False)
    end(called, called.list)
    ports = releasing.list_ports(services)
    off = eligible_leads(called.run_id, ports=ports, now=datetime.now(UTC)).off.set_index("customer_id")["reason"]
    assert off[customer] == "objected"


def test_an_objection_pressed_twice_is_one_and_can_be_taken_back(called):
    first = record(called, OBJECTED)

    assert record(called, OBJECTED, later=timedelta(seconds=1)) == first
    take_back_outcome(first, **about(called, EVA))
    assert not objected(called, first.customer_id)


@pytest.mark.parametrize("lift", [correct_outcome, take_back_outcome])
def test_a_mistaken_objection_is_lifted_with_its_outcome(called, lift):
    found = record(called, OBJECTED)
    more = (DECLINED,) if lift is correct_outcome else ()

    lift(found, *more, **about(called, EVA, timedelta(minutes=59)))

    assert not objected(called, found.customer_id)
    assert on_record(called, AuditAction.CORRECT_OUTCOME)[0].details["lifted"] is True


@pytest.mark.parametrize("lift", [correct_outcome, take_back_outcome])
def test_after_an_hour_lifting_an_objection_takes_a_manager(called, lift):
    found = record(called, OBJECTED)
    more = (DECLINED,) if lift is correct_outcome else ()
    late = timedelta(minutes=61)

    with pytest.raises(ForbiddenError):
        lift(found, *more, **about(called, EVA, late))
    assert objected(called, found.customer_id)
    assert kept(called) == [("objected", "eva", 1)]

    lift(found, *more, **about(called, ANA, late))
    assert not objected(called, found.customer_id)


def test_an_objection_stays_where_somebody_changed_the_customer_since(called):
    found = record(called, OBJECTED)
    changed = stub_leads(AGES).assign(job="retired", objected="yes")
    called.services.customers.save_many(changed, source={"synthetic": False}, saved_at=called.clock)

    correct_outcome(found, DECLINED, **about(called, EVA))

    assert objected(called, found.customer_id)
    assert on_record(called, AuditAction.CORRECT_OUTCOME)[0].details["lifted"] is False


def test_an_objection_that_was_there_before_the_call_stays(called):
    customer = customers_of(called, "eva")[0]
    marks = pd.DataFrame({"customer_id": [customer], "do_not_call": [None], "objected": ["yes"], "consent": [None]})
    called.services.customers.set_marks(marks, source={"kind": "upload"}, saved_at=called.clock)
    found = record(called, OBJECTED, customer=customer)

    take_back_outcome(found, **about(called, EVA))

    assert found.customer_version == 0
    assert objected(called, customer)


def test_a_correction_to_an_objection_is_in_force_at_once_and_can_be_lifted(called):
    found = correct_outcome(record(called, DECLINED), OBJECTED, **about(called, EVA))
    assert objected(called, found.customer_id)

    take_back_outcome(found, **about(called, EVA))

    assert not objected(called, found.customer_id)


def test_an_objection_of_a_customer_who_is_gone_is_said_and_not_recorded(called):
    customer = customers_of(called, "eva")[0]
    called.services.customers.kept.pop(customer)

    with pytest.raises(NotFoundError, match="no such customer"):
        record(called, OBJECTED, customer=customer)

    assert kept(called) == []
