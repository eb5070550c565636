import math
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from smartbank.adapters.memory import MemoryAuditLog
from smartbank.core.audit import GENESIS, AuditAction, AuditEvent, AuditResult, BrokenEntry
from smartbank.core.audit_chain import check_chain
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
    checked = check_chain(log.entries(), heads=[log.head()])

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
    assert check_chain([one, two, three], heads=[log.head()]).faults == (
        "The log ends at entry 3, but entry 4 was written: its end was cut off.",
    )


def test_a_chain_made_anew_does_not_match_the_head_noted_before(log):
    noted = log.head()
    anew = MemoryAuditLog()
    for entry in log.entries():
        anew.append(replace(entry.event, who="somebody else"))

    assert check_chain(anew.entries()).is_intact
    assert "made anew" in check_chain(anew.entries(), heads=[noted]).faults[0]


def test_an_entry_that_cannot_be_read_is_a_fault_and_the_rest_is_checked(log):
    one, _two, three, four = log.kept
    changed = replace(four, event=replace(four.event, who="anb"))

    checked = check_chain([one, BrokenEntry("2", "who is missing."), three, changed], heads=[log.head()])

    assert checked.faults == (
        "Entry 2 cannot be read: who is missing.",
        "Entry 4 was changed after it was written.",
    )


def test_two_notes_that_differ_are_a_fault(log):
    assert check_chain(log.entries(), heads=[log.head(), (4, "f" * 64)]).faults[0].startswith("Two notes of entry 4")


@pytest.mark.parametrize(
    "details",
    [
        {"at": NINE},
        {"share": math.nan},
        {"n": 2**63},
        {"n": np.int64(3)},
        {"raw": b"x"},
        {"a.b": 1},
        {"$a": 1},
        {1: "a"},
        {"in": {"deep": [{"a": object()}]}},
        {"half": "\ud800"},
    ],
)
def test_a_value_that_would_not_read_back_as_written_is_refused(log, details):
    with pytest.raises(StorageError, match="details"):
        log.append(replace(log.kept[0].event, details=details))

    assert len(log.kept) == 4


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
