"""What a process counts of its database, for Prometheus."""

from datetime import UTC, datetime

import pytest
from prometheus_client import REGISTRY
from pymongo.collection import Collection
from pymongo.errors import OperationFailure

from smartbank.adapters import mongo
from smartbank.adapters.mongo import queue
from smartbank.api.metrics import Metrics
from smartbank.core.audit import AuditAction, AuditEvent, AuditResult
from smartbank.core.work import Work, WorkKind, WorkState
from tests.database import VAULT
from tests.services import memory_services

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)


@pytest.fixture
def services(database):
    kinds = {
        "queue": mongo.MongoWorkQueue,
        "jobs": mongo.MongoJobSchedule,
        "tallies": mongo.MongoWorkTallies,
        "audit": mongo.MongoAuditLog,
    }
    sealing = {"queue": {"vault": VAULT}}
    return memory_services(**{name: kind(database, **sealing.get(name, {})) for name, kind in kinds.items()})


def commands():
    """Return how many commands this process has sent."""
    [family] = [each for each in REGISTRY.collect() if each.name == "smartbank_database_command_seconds"]
    return sum(sample.value for sample in family.samples if sample.name.endswith("_count"))


def sent_by_a_look(services):
    before = commands()
    Metrics().text(services, now=NOW)
    return commands() - before


def value(name, **labels):
    return REGISTRY.get_sample_value(name, labels) or 0


def test_every_command_is_timed_by_its_name(database):
    before = value("smartbank_database_command_seconds_count", command="insert")
    spent = value("smartbank_database_command_seconds_sum", command="insert")

    database["users"].insert_one({"_id": "Ana Silva"})

    assert value("smartbank_database_command_seconds_count", command="insert") == before + 1
    assert 0 < value("smartbank_database_command_seconds_sum", command="insert") - spent < 60


def test_a_command_that_is_refused_is_counted(database):
    before = value("smartbank_database_command_failures_total", command="createIndexes")

    with pytest.raises(OperationFailure):
        database["users"].create_index("x", name="x" * 10, unknownOption=object is None, bits=99)

    assert value("smartbank_database_command_failures_total", command="createIndexes") == before + 1


def test_what_is_written_into_the_audit_log_is_counted_by_action_and_result(database):
    event = AuditEvent(NOW, "ana", "local", AuditAction.SIGN_IN, "user", "ana", AuditResult.REFUSED, {})
    before = value("smartbank_audit_events_total", action="sign_in", result="refused")

    mongo.MongoAuditLog(database).append(event)

    assert value("smartbank_audit_events_total", action="sign_in", result="refused") == before + 1


def test_of_work_that_waits_no_more_is_read_of_a_kind_and_opened_of_all_than_was_asked_for(services, monkeypatch):
    for number in range(6):
        services.queue.add(Work(f"w{number}", WorkKind.RUN if number else WorkKind.UPLOAD, "ana", NOW, {}))
    cursors, opened = [], []
    find, open_ = Collection.find, queue.opened_work
    monkeypatch.setattr(Collection, "find", lambda *at, **more: cursors.append(find(*at, **more)) or cursors[-1])
    monkeypatch.setattr(queue, "opened_work", lambda *at, **more: opened.append(at) or open_(*at, **more))

    found = services.queue.unfinished(limit=2)

    assert [work.work_id for work in found] == ["w0", "w1"]
    assert sum(cursor.retrieved for cursor in cursors) == 1 + 2
    assert len(opened) == 2


def test_a_look_asks_the_same_few_questions_however_much_is_stored(services):
    at_first = sent_by_a_look(services)
    for number in range(60):
        work = Work(f"20260105-{number:03}", WorkKind.EXPORT, "ana", NOW, {}, WorkState.DONE)
        services.queue.add(work)
        services.audit.append(AuditEvent(NOW, "ana", "local", AuditAction.RUN, "run", "r", AuditResult.DONE, {}))

    later = sent_by_a_look(services)

    assert at_first == later <= 20
