"""The routes of the audit log: for whom, as what, with which filters."""

from datetime import UTC, datetime

import pytest

from smartbank.core.audit import AuditAction, AuditEvent, AuditResult
from smartbank.core.people import COMMAND_LINE, Role, User
from smartbank.services.audit_export import verify_file
from smartbank.web import export_routes
from tests.actors import put_user
from tests.ui.serving import client_of, services_with_users, sign_in_as

NOON = datetime(2026, 6, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def services():
    services = services_with_users()
    put_user(services.users, User("aud", Role.AUDITOR, "hash", created_at=NOON))
    for who in ("ana", "gil", "ana"):
        services.audit.append(AuditEvent(NOON, who, "local", AuditAction.RUN, "run", "r1", AuditResult.DONE, {}))
    return services


@pytest.fixture
def client(services):
    return client_of(services)


def test_an_auditor_takes_lines_of_json_that_check_out(client, services):
    sign_in_as("aud", client, services)

    answer = client.get("/exports/audit.jsonl")

    checked = verify_file(answer.content.splitlines(keepends=True), by=COMMAND_LINE)
    assert (checked.chain.entries, checked.chain.faults) == (3, ())
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''audit-log-to-3.jsonl"
    assert answer.headers["cache-control"] == "no-store"
    assert services.audit.kept[-1].event.details["sha256"] == checked.sha256


def test_the_filters_of_the_address_hold_for_the_file(client, services):
    sign_in_as("aud", client, services)

    answer = client.get("/exports/audit.csv?who=gil&action=run&result=done&kind=run&from=2026-06-02&until=2026-06-02")

    assert answer.headers["content-type"].startswith("text/csv")
    assert [line.split(",")[0] for line in answer.text.splitlines()] == ['\ufeff"Number"', '"2"']


@pytest.mark.parametrize(("username", "status"), [(None, 401), ("ana", 403), ("gil", 403)])
def test_the_log_is_for_those_who_may_see_it(client, services, username, status):
    if username:
        sign_in_as(username, client, services)

    assert [client.get(f"/exports/audit.{kind}").status_code for kind in ("csv", "jsonl")] == [status] * 2


@pytest.mark.parametrize("query", ["action=fly", "result=%00", "from=yesterday", "until=2026-13-01"])
def test_an_address_that_names_no_filter_is_not_found_and_leaves_nothing(client, services, query):
    sign_in_as("aud", client, services)

    assert client.get(f"/exports/audit.csv?{query}").status_code == 404
    assert len(services.audit.kept) == 3


@pytest.mark.parametrize("typed", ["Ana%20Silva", "%ed%a0%80", "a" * 3_000])
def test_what_is_typed_into_the_address_is_not_put_on_record(client, services, typed):
    sign_in_as("aud", client, services)

    assert client.get(f"/exports/audit.jsonl?object={typed}").content == b""

    kept = [entry.event.details["object"] for entry in services.audit.kept[3:]]
    assert len(kept) == 2
    assert all(len(value) == len("mark ") + 32 for value in kept)


@pytest.fixture
def two_exports_a_minute(monkeypatch):
    monkeypatch.setattr(export_routes, "EXPORTS_PER_MINUTE", 2)


def test_the_log_counts_as_an_export_for_the_limit(two_exports_a_minute, client, services):
    sign_in_as("aud", client, services)

    answers = [client.get("/exports/audit.csv").status_code for _ in range(3)]

    assert answers == [200, 200, 429]
