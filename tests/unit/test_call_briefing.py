from dataclasses import replace
from datetime import UTC, datetime

import pytest

from smartbank.bootstrap import call_ports
from smartbank.core.outcomes import OutcomeKind
from smartbank.core.people import Role, User
from smartbank.errors import ForbiddenError
from smartbank.services.call_briefing import call_briefing
from smartbank.services.my_calls import own_entries
from smartbank.services.notes import write_note
from tests.actors import put_user
from tests.call_lists import ListBank
from tests.unit.test_my_calls import EVA

NOW = datetime.now(UTC)


@pytest.fixture
def bank():
    bank = ListBank()
    put_user(bank.services.users, User("eva", Role.AGENT, "no hash", created_at=bank.clock))
    bank.list = bank.release(agents=("eva",))
    return bank


def briefing(bank, *, by=EVA, version="stub-1"):
    services = bank.services
    entry = own_entries(bank.list, by=EVA, ports=call_ports(services)).head(1)
    ports = {name: getattr(services, name) for name in ("customers", "outcomes", "notes", "writer_of")}
    return call_briefing(entry, version, by=by, **ports), entry["customer_id"].item()


def test_a_briefing_has_name_and_number_and_tells_nothing_that_makes_no_difference(bank):
    found, customer_id = briefing(bank)

    number = customer_id.removeprefix("lead-")
    assert (found.name, found.phone) == (f"Ana {number}", f"+4420794600{number:0>2}")
    assert (found.opening, found.background) == ("", ())
    assert (found.last, found.notes) == (None, ())


def test_a_briefing_has_the_last_call_and_the_notes(bank):
    _, customer_id = briefing(bank)
    called = bank.call(bank.list, customer_id, OutcomeKind.NO_ANSWER, by=EVA, at=NOW)
    services = bank.services
    about = {"customers": services.customers, "notes": services.notes, "audit": services.audit}
    note = write_note(customer_id, "Speaks English.", link={}, by=EVA, now=NOW, **about)

    found, _ = briefing(bank)

    assert found.last == services.outcomes.of_customer(customer_id)[0]
    assert [each.note_id for each in found.notes] == [note.note_id]
    assert found.last.outcome is called.outcome


def test_a_model_that_is_gone_and_a_customer_who_is_gone_are_no_hindrance(bank):
    _, customer_id = briefing(bank)
    bank.services.customers.kept.pop(customer_id)

    found, _ = briefing(bank, version="gone")

    assert (found.name, found.phone) == (customer_id, "")


def test_who_records_no_outcomes_is_told_nothing(bank):
    with pytest.raises(ForbiddenError):
        briefing(bank, by=replace(EVA, role=Role.AUDITOR))
