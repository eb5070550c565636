from datetime import UTC, datetime

import pytest

from smartbank.adapters import memory
from smartbank.core.consent import (
    ConsentState,
    barred_sentence,
    barred_states,
    callable_states,
    consent_state,
    merged_consent,
)
from smartbank.core.people import Actor, Role
from smartbank.errors import ConflictError, ForbiddenError, LeadValidationError, NotFoundError
from smartbank.services.consent import Why, record_consent
from tests.actors import ANA
from tests.stubs import stub_leads

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
GIL = Actor("gil", Role.AGENT, "192.0.2.9")
EVE = Actor("eve", Role.AUDITOR, "192.0.2.9")
NOTHING = {"do_not_call": None, "objected": None, "consent": None}
OBJECTED = {**NOTHING, "objected": "yes"}


@pytest.fixture
def bank():
    customers = memory.MemoryCustomerRepository()
    customers.save_many(stub_leads([30]), source={"kind": "upload"}, saved_at=NOW)
    return {
        "customers": customers,
        "corrections": memory.MemoryCustomerCorrections(customers),
        "audit": memory.MemoryAuditLog(),
        "now": NOW,
    }


def record(bank, consent, *, by=ANA, version=1, customer_id="lead-0", why=Why.CUSTOMER_SAID_SO):
    return record_consent(customer_id, consent, version=version, why=why, by=by, **bank)


@pytest.mark.parametrize(
    ("marks", "state"),
    [
        ({}, "unknown"),
        ({"consent": "yes"}, "given"),
        ({"consent": "no"}, "refused"),
        ({"consent": "yes", "do_not_call": "yes"}, "do_not_call"),
        ({"consent": "yes", "do_not_call": "yes", "objected": "yes"}, "objected"),
        ({"do_not_call": "no", "objected": "no"}, "unknown"),
    ],
)
def test_of_several_marks_the_gravest_counts(marks, state):
    assert consent_state(marks) == state


def test_unknown_consent_bars_only_where_consent_is_required():
    assert ConsentState.UNKNOWN not in barred_states(require_consent=False)
    assert ConsentState.UNKNOWN in barred_states(require_consent=True)
    assert ConsentState.GIVEN not in barred_states(require_consent=True)


def test_who_is_not_barred_may_be_called():
    assert callable_states(require_consent=False) == ("unknown", "given")
    assert callable_states(require_consent=True) == ("given",)


def test_what_a_file_does_not_say_stays_and_what_bars_is_never_lifted_by_one():
    assert merged_consent({"objected": "yes", "consent": "no"}, {"objected": "no", "consent": "yes"}) == {
        "do_not_call": None,
        "objected": "yes",
        "consent": "no",
    }
    assert merged_consent({"objected": "no", "consent": "yes"}, {"do_not_call": "yes", "consent": "no"}) == {
        "do_not_call": "yes",
        "objected": "no",
        "consent": "no",
    }


def test_who_is_left_out_is_said_in_numbers():
    assert barred_sentence({"do_not_call": 2, "objected": 1_037}) == "1,037 objected to calls, 2 must not be called"


def test_an_agent_records_an_objection_at_once(bank):
    assert record(bank, OBJECTED, by=GIL) == 2

    assert bank["customers"].barred(require_consent=False) == {"lead-0": "objected"}
    event = bank["audit"].kept[-1].event
    assert (event.who, event.object_id, event.result) == ("gil", "lead-0", "done")
    assert event.details["after"]["objected"] == "yes"


def test_only_who_may_lifts_an_objection(bank):
    record(bank, OBJECTED)

    with pytest.raises(ForbiddenError):
        record(bank, NOTHING, by=GIL, version=2, why=Why.MISTAKE)
    assert record(bank, NOTHING, version=2, why=Why.MISTAKE) == 3

    assert [entry.event.result for entry in bank["audit"].kept] == ["done", "refused", "done"]
    assert bank["audit"].kept[-1].event.details["why"] == "mistake"


def test_an_auditor_changes_nothing(bank):
    with pytest.raises(ForbiddenError):
        record(bank, OBJECTED, by=EVE)

    assert bank["customers"].barred(require_consent=False) == {}


def test_what_cannot_be_recorded_is_refused_in_words(bank):
    with pytest.raises(LeadValidationError, match="Nothing was changed"):
        record(bank, NOTHING)
    with pytest.raises(LeadValidationError, match="yes, no or unknown"):
        record(bank, {**NOTHING, "objected": "perhaps"})
    with pytest.raises(LeadValidationError, match="yes, no or unknown"):
        record(bank, {"objected": "yes"})
    with pytest.raises(NotFoundError, match="no such customer"):
        record(bank, OBJECTED, customer_id="nobody")
    record(bank, OBJECTED)
    with pytest.raises(ConflictError, match="Somebody else changed"):
        record(bank, {**OBJECTED, "consent": "no"})
