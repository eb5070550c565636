"""What a process counts of its database, for Prometheus."""

from datetime import UTC, datetime

import pytest
from prometheus_client import REGISTRY
from pymongo.errors import OperationFailure

from smartbank.adapters import mongo
from smartbank.core.audit import AuditAction, AuditEvent, AuditResult

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)


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
