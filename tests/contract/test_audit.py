"""The audit log must chain alike in memory and on the database, and give away whatever is done to it there."""

import re
import threading
from datetime import UTC, datetime

import pytest
from bson import Int64

from smartbank.adapters.memory import MemorySettingsRepository
from smartbank.adapters.mongo import MongoAuditLog, connect
from smartbank.core.audit import GENESIS, AuditAction, AuditEvent, AuditResult, BrokenEntry
from smartbank.core.audit_chain import check_chain
from smartbank.core.audit_filter import AuditFilter
from smartbank.core.people import COMMAND_LINE
from smartbank.services.audit_export import open_audit_export, verify_file
from smartbank.services.audit_log import verify_log

NINE = datetime(2026, 1, 5, 9, 0, 0, 123_456, tzinfo=UTC)


def event(number=1, **details):
    return AuditEvent(NINE, "ana", "192.0.2.7", AuditAction.RUN, "run", f"run-{number}", AuditResult.DONE, details)


def verify(log, noted=None):
    return verify_log(by=COMMAND_LINE, audit=log, noted=noted)


@pytest.fixture
def audit(build):
    return build("AuditLog")


@pytest.fixture
def four(database):
    """A log of four entries on the database, to be tampered with."""
    log = MongoAuditLog(database)
    for number in range(1, 5):
        log.append(event(number, leads=3))
    assert log.head()[0] == 4  # nothing waits to be noted any more
    return log


def test_an_empty_log_is_intact(audit):
    assert audit.head() == (0, GENESIS)
    assert audit.newest() == []
    assert verify(audit).is_intact


def test_entries_are_numbered_chained_and_read_back_as_they_were_written(audit):
    written = [audit.append(event(number)) for number in range(1, 4)]

    assert [entry.number for entry in written] == [1, 2, 3]
    assert [entry.previous for entry in written] == [GENESIS, written[0].hash, written[1].hash]
    assert list(audit.entries()) == written
    assert audit.newest(limit=2) == [written[2], written[1]]
    assert audit.head() == (3, written[2].hash)
    assert written[0].event.at == NINE.replace(microsecond=123_000)


@pytest.mark.parametrize("value", [Int64(7), -0.0, 1e300, True, None, "São João 🦜", "a\x00b", (1, [2])])
def test_an_exported_log_checks_out_against_the_head_noted_before(audit, value):
    for number in range(3):
        audit.append(event(number, value=value, nested={"deep": [value]}))
    noted = audit.head()

    settings = MemorySettingsRepository()
    file = open_audit_export(AuditFilter(), "jsonl", by=COMMAND_LINE, audit=audit, settings=settings, now=NINE)
    lines = b"".join(file.chunks).splitlines(keepends=True)

    checked = verify_file(lines, by=COMMAND_LINE, noted=noted)
    assert (checked.chain.entries, checked.chain.faults) == (3, ())
    assert [entry.event.details["step"] for entry in list(audit.entries())[3:]] == ["handed out", "ended"]
    assert verify(audit).is_intact


def test_a_stretch_of_the_log_is_read_backwards_however_long(audit):
    written = [audit.append(event(number)) for number in range(1, 8)]

    assert list(audit.backwards(3, 5)) == [written[4], written[3], written[2]]
    assert list(audit.backwards(6, 5_000)) == [written[6], written[5]]
    assert list(audit.backwards(1, 0)) == []
    assert audit.end() == (7, written[6].hash)


@pytest.mark.parametrize("last", [4, 5_000])
def test_a_stretch_leaves_out_what_was_deleted_and_tells_what_cannot_be_read(four, database, last):
    database["audit_log"].delete_one({"_id": 3})
    database["audit_log"].update_one({"_id": 2}, {"$set": {"who": 7}})

    newest, broken, oldest = four.backwards(1, last)

    assert (newest.number, broken.number, oldest.number) == (4, "2", 1)
    assert isinstance(broken, BrokenEntry)


@pytest.mark.parametrize(
    "value",
    [0, -1, 2**31, -(2**63), 2**63 - 1, Int64(7), 0.1, -0.0, 1e300, 3.0, True, None, "", "São João 🦜", "a\x00b"],
)
def test_a_value_hashes_the_same_after_it_was_stored(audit, value):
    audit.append(event(value=value, listed=(value, [value]), nested={"deep": {"value": value}}))

    checked = verify(audit)

    assert checked.faults == ()
    assert checked.entries == 1


def test_writers_with_clients_of_their_own_make_one_chain_without_gaps(server_uri, database):
    n_writers, n_each = 6, 10
    together = threading.Barrier(n_writers)
    failed = []

    def write(writer):
        try:
            own = connect(server_uri, database.name, timeout_ms=20_000)
            together.wait(30)
            for number in range(n_each):
                MongoAuditLog(own).append(event(f"{writer}-{number}"))
            own.client.close()
        except Exception as exc:
            failed.append(exc)

    writers = [threading.Thread(target=write, args=(writer,)) for writer in range(n_writers)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(120)

    log = MongoAuditLog(database)
    kept = list(log.entries())
    assert not failed
    assert verify(log).faults == ()
    assert [entry.number for entry in kept] == list(range(1, n_writers * n_each + 1))
    assert len({entry.event.object_id for entry in kept}) == n_writers * n_each


@pytest.mark.parametrize("note", [None, {"number": "4", "hash": "x"}, {"number": 4}, {"number": -1, "hash": "x"}])
def test_a_note_that_was_lost_or_changed_stops_nobody(four, database, note):
    database["counters"].delete_one({"_id": "audit_log"})
    if note is not None:
        database["counters"].insert_one({"_id": "audit_log", **note})
        assert "note of the newest audit entry was changed" in verify(four).faults[0]

    assert four.append(event(5)).number == 5
    assert check_chain(four.entries()).is_intact


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("who", "anb"),
        ("place", "192.0.2.6"),
        ("action", "export"),
        ("object_kind", "rum"),
        ("object_id", "run-3"),
        ("result", "failed"),
        ("details", {"leads": 2}),
        ("details", {"leads": 3.0}),
        ("details", {"leads": 3, "more": None}),
        ("at", NINE.replace(microsecond=124_000)),
        ("previous", "0" * 64),
        ("hash", "0" * 64),
        ("schema_version", 0),
    ],
)
def test_one_changed_value_is_found(four, database, name, value):
    database["audit_log"].update_one({"_id": 2}, {"$set": {name: value}})

    assert verify(four).faults[0].startswith("Entry 2 ")


@pytest.mark.parametrize("name", ["at", "who", "details", "previous", "hash", "schema_version"])
@pytest.mark.parametrize("value", [None, 7.5, ["x"], "gone"])
def test_a_broken_shape_is_a_fault_by_number_and_the_rest_is_read(four, database, name, value):
    change = {"$unset": {name: ""}} if value == "gone" else {"$set": {name: value}}
    database["audit_log"].update_one({"_id": 2}, change)

    checked = verify(four)

    assert checked.entries == 4
    assert checked.faults[0].startswith("Entry 2 cannot be read: ")
    assert len(four.newest()) == 4
    assert four.append(event(5)).number == 5


def test_a_field_that_was_added_is_found(four, database):
    database["audit_log"].update_one({"_id": 2}, {"$set": {"remark": "harmless"}})

    assert verify(four).faults == ("Entry 2 cannot be read: it holds more than was written.",)


@pytest.mark.parametrize("stray", [{"_id": "5"}, {"_id": 5}, {"_id": 2.5, "hash": b"\xff"}])
def test_a_document_that_is_no_entry_is_found(four, database, stray):
    database["audit_log"].insert_one(stray)

    assert any(re.match(r"Entry (5|2\.5) cannot be read: ", fault) for fault in verify(four).faults)


def test_a_deleted_entry_is_found(four, database):
    database["audit_log"].delete_one({"_id": 2})

    assert verify(four).faults[0] == "Entry 3 follows entry 1: entries are missing, repeated or out of order."


def test_an_entry_that_was_written_twice_is_found(four, database):
    database["audit_log"].insert_one(database["audit_log"].find_one({"_id": 4}) | {"_id": 5})

    assert "Entry 5 was changed after it was written." in verify(four).faults


def test_two_entries_that_changed_places_are_found(four, database):
    two, three = (database["audit_log"].find_one_and_delete({"_id": number}) for number in (2, 3))
    database["audit_log"].insert_many([two | {"_id": 3}, three | {"_id": 2}])

    faults = verify(four).faults

    assert "Entry 2 was changed after it was written." in faults
    assert "Entry 3 was changed after it was written." in faults


def test_an_end_that_was_cut_off_is_found_by_the_logs_own_note(four, database):
    database["audit_log"].delete_many({"_id": {"$in": [3, 4]}})

    assert verify(four).faults == ("The log ends at entry 2, but entry 4 was written: its end was cut off.",)


def test_an_end_cut_off_together_with_the_note_is_found_by_the_head_noted_elsewhere(four, database):
    noted = four.head()
    database["audit_log"].delete_many({"_id": {"$in": [3, 4]}})
    database["counters"].delete_one({"_id": "audit_log"})

    assert verify(four).is_intact
    assert verify(four, noted).faults == ("The log ends at entry 2, but entry 4 was written: its end was cut off.",)


def test_a_log_made_anew_is_found_by_the_head_noted_elsewhere(four, database):
    noted = four.head()
    database["audit_log"].delete_many({})
    database["counters"].delete_one({"_id": "audit_log"})
    for number in range(1, 7):
        four.append(event(number, leads=4))

    assert verify(four).is_intact
    assert verify(four, noted).faults == ("Entry 4 is not the one that was noted: the log was made anew.",)
