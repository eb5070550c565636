from dataclasses import replace
from datetime import UTC, datetime

import pytest

from smartbank.adapters.memory import MemoryAuditLog
from smartbank.core.audit import GENESIS, AuditAction, AuditEvent, AuditResult, check_chain
from smartbank.core.people import Actor, Right, Role
from smartbank.errors import ForbiddenError, StorageError
from smartbank.services.auditing import audited

NINE = datetime(2026, 1, 5, 9, 0, 0, 123_000, tzinfo=UTC)
ANA = Actor("ana", Role.AGENT, "192.0.2.7")


@pytest.fixture
def log():
    log = MemoryAuditLog()
    for number in range(1, 5):
        log.append(
            AuditEvent(
                NINE, "ana", "192.0.2.7", AuditAction.RUN, "run", f"run-{number}", AuditResult.DONE, {"leads": 3}
            )
        )
    return log


def test_an_untouched_chain_is_intact(log):
    checked = check_chain(log.entries(), head=log.head())

    assert checked.is_intact
    assert (checked.entries, checked.head) == (4, log.kept[-1].hash)
    assert log.kept[0].previous == GENESIS


@pytest.mark.parametrize(("name", "value"), [("who", "anb"), ("object_id", "run-9"), ("details", {"leads": 4})])
def test_a_changed_entry_is_found(log, name, value):
    log.kept[1] = replace(log.kept[1], event=replace(log.kept[1].event, **{name: value}))

    assert check_chain(log.entries()).faults == ("Entry 2 was changed after it was written.",)


def test_a_gap_a_reordering_and_a_cut_off_end_are_found(log):
    one, two, three, four = log.kept

    assert "Entry 3 follows entry 1" in check_chain([one, three, four]).faults[0]
    assert "out of order" in check_chain([one, three, two, four]).faults[0]
    assert check_chain([one, two, three], head=log.head()).faults == (
        "The log ends at entry 3, but entry 4 was written: its end was cut off.",
    )


def test_a_chain_made_anew_does_not_match_the_head_noted_before(log):
    noted = log.head()
    anew = MemoryAuditLog()
    for entry in log.entries():
        anew.append(replace(entry.event, who="somebody else"))

    assert check_chain(anew.entries()).is_intact
    assert "made anew" in check_chain(anew.entries(), head=noted).faults[0]


def test_what_came_of_an_action_is_on_record():
    log = MemoryAuditLog()
    about = {"by": ANA, "audit": log, "now": NINE}

    with audited(AuditAction.RUN, "run", **about) as said:
        said.object_id = "run-1"
        said.details["leads"] = 3
    with pytest.raises(ForbiddenError), audited(AuditAction.EXPORT, "run", "run-1", **about):
        ANA.require(Right.EXPORT)
    with pytest.raises(StorageError), audited(AuditAction.EXPORT, "run", "run-1", **about):
        raise StorageError("The database does not answer.")

    kept = [(e.event.action, e.event.object_id, e.event.result, dict(e.event.details)) for e in log.kept]
    assert kept == [
        ("run", "run-1", "done", {"leads": 3}),
        ("export", "run-1", "refused", {}),
        ("export", "run-1", "failed", {}),
    ]
    assert {(entry.event.who, entry.event.place) for entry in log.kept} == {("ana", "192.0.2.7")}
