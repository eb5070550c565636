"""The audit log's note of its newest entry is an aid that is written late, and a writer goes on without it."""

import threading

import pytest
from pymongo.errors import AutoReconnect

from smartbank.adapters.mongo import MongoAuditLog
from tests.contract.test_audit import event, verify


@pytest.fixture
def four(database):
    """A log of four entries on the database, whose notes are written later."""
    log = MongoAuditLog(database, notes_later=True)
    for number in range(1, 5):
        log.append(event(number, leads=3))
    assert log.head()[0] == 4  # nothing waits to be noted any more
    return log


def test_a_writer_that_died_before_its_note_leaves_a_chain_others_go_on_with(four, database):
    noted = four.head()
    for number in range(5, 31):
        four.append(event(number))
    database["counters"].update_one({"_id": "audit_log"}, {"$set": {"number": noted[0], "hash": noted[1]}})

    another = MongoAuditLog(database, notes_later=True)
    entry = another.append(event(31))

    assert entry.number == 31
    assert another.head() == four.head() == (31, entry.hash)
    assert verify(four).faults == ()


def test_a_writer_goes_on_from_the_entry_it_wrote_last_only_where_that_is_still_there(four, database):
    kept = list(database["audit_log"].find())
    another = MongoAuditLog(database, notes_later=True)
    for number in range(5, 40):
        another.append(event(number))
    assert four.append(event(40)).number == 40
    assert {another.head()[0], four.head()[0]} <= {39, 40}  # nothing waits to be noted any more

    database["audit_log"].delete_many({})
    database["audit_log"].insert_many(kept)
    database["counters"].delete_one({"_id": "audit_log"})

    assert four.append(event(5)).number == 5
    assert verify(four).faults == ()


def test_nobody_who_appends_waits_for_the_note_and_the_newest_is_written(four, monkeypatch):
    may_write, written = threading.Event(), []

    def slowly(note):
        assert may_write.wait(30)
        written.append(note[0])

    monkeypatch.setattr(four._late, "_keep", slowly)
    for number in range(5, 9):
        four.append(event(number))
    assert written == []
    may_write.set()

    four.head()

    assert written[-1] == 8
    assert len(written) <= 2


def test_a_note_the_database_does_not_take_stops_nobody_and_is_in_the_log_of_the_process(four, monkeypatch, caplog):
    def gone(note):
        raise AutoReconnect("gone")

    with monkeypatch.context() as broken:
        broken.setattr(four._late, "_keep", gone)
        assert four.append(event(5)).number == 5
        assert four.head()[0] == 4
    four.append(event(6))

    assert four.head()[0] == 6
    assert "A note was not written" in caplog.text
