"""A list's file, its results and its expiry must come to the same, whatever the stores are built on."""

from datetime import UTC, datetime, timedelta

import pytest

from smartbank.bootstrap import call_ports
from smartbank.core.call_lists import ListState
from smartbank.core.outcomes import OutcomeKind
from smartbank.errors import NotFoundError
from smartbank.services.list_downloads import open_list_csv, open_list_workbook, open_manifest
from smartbank.services.list_exporting import queue_list_workbook
from smartbank.services.manifests import verify_export
from smartbank.services.my_calls import take_back_outcome
from smartbank.services.outcome_expiry import expire_outcomes
from smartbank.services.outcome_upload import RecordedFile, record_outcomes
from tests.actors import ANA, EVERYBODY
from tests.call_lists import ListBank
from tests.database import repositories_on
from tests.services import memory_services

ON_DATABASE = ("customers", "corrections", "queue", "frames", "files", "settings", "lists", "outcomes", "audit")
"""All but the rules: the stored ones close at night."""


@pytest.fixture(params=["memory", "mongo"])
def bank(request):
    if request.param == "memory":
        return ListBank()
    return ListBank(memory_services(**repositories_on(request.getfixturevalue("database"), *ON_DATABASE)))


@pytest.fixture
def call_list(bank):
    return bank.release(wait_days=7)


def about(bank):
    return {"by": ANA, "ports": bank.export_ports, "now": bank.later()}


def is_intact(bank, data, manifest):
    named = {"name": "x", "manifest_name": "y", "by": EVERYBODY["admin"], "signer": bank.services.signer}
    return verify_export([data], manifest, **named).is_intact


def test_file_and_manifest_fit_and_the_same_state_gives_the_same_bytes(bank, call_list):
    first, second = (b"".join(open_list_csv(call_list.list_id, **about(bank)).chunks) for _ in range(2))
    work_id = queue_list_workbook(call_list.list_id, **about(bank))
    bank.work()
    workbook = b"".join(open_list_workbook(work_id, **about(bank)).chunks)

    assert first == second
    assert is_intact(bank, first, b"".join(open_manifest(call_list.list_id, **about(bank)).chunks))
    assert is_intact(bank, workbook, b"".join(open_manifest(call_list.list_id, work_id, **about(bank)).chunks))


@pytest.mark.parametrize("typed", ["nothing", "a\x00b", "x" * 5_000])
def test_what_cannot_be_a_list_is_not_found(bank, typed):
    with pytest.raises(NotFoundError):
        open_list_csv(typed, **about(bank))
    with pytest.raises(NotFoundError):
        open_manifest("nothing", typed, **about(bank))


def record(bank, call_list, *rows, now=None):
    data = "\n".join(["customer id,outcome,time of call", *(",".join(row) for row in rows)]).encode()
    now = now or datetime.now(UTC) + timedelta(days=1)
    return record_outcomes(call_list.list_id, [data], "r.csv", by=ANA, ports=bank.upload_ports, now=now)


def test_results_are_recorded_once_bar_at_once_and_outlive_being_taken_back(bank, call_list):
    first, second, third, *_ = bank.called(call_list)
    (control,) = bank.control(call_list)
    at = datetime.now(UTC).isoformat()
    rows = [(first, "sale", at), (second, "busy", at), (third, "dnc", at), (control, "sale", at)]

    assert record(bank, call_list, *rows) == RecordedFile(4, 0, ())
    assert record(bank, call_list, *rows) == RecordedFile(0, 4, ())
    assert bank.services.customers.barred(require_consent=False) == {third: "objected"}
    taken = next(each for each in bank.outcomes(call_list) if each.customer_id == first)
    take_back_outcome(taken, by=ANA, ports=call_ports(bank.services), now=bank.later())
    assert record(bank, call_list, *rows) == RecordedFile(1, 3, ())
    assert len(bank.outcomes(call_list)) == 4


def test_when_the_time_is_over_a_no_is_assumed_once_and_a_late_sale_takes_its_place(bank, call_list):
    over = call_list.released_at + timedelta(days=7)
    sold, late, *_ = bank.called(call_list)
    bank.call(call_list, sold, OutcomeKind.SUBSCRIBED)
    ports = call_ports(bank.services)

    done = [expire_outcomes(over, ports=ports, go_on=lambda: None) for _ in range(2)]

    assert done == [{"assumed": 9, "ended": 1}, {"assumed": 0, "ended": 0}]
    assert bank.services.lists.find(call_list.list_id).state is ListState.ENDED
    at = (call_list.released_at + timedelta(hours=1)).isoformat()
    assert record(bank, call_list, (late, "sale", at), now=over) == RecordedFile(1, 0, ())
    (kept,) = [each for each in bank.outcomes(call_list) if each.customer_id == late]
    assert (kept.outcome, kept.assumed, kept.version) == (OutcomeKind.SUBSCRIBED, False, 2)
