"""The figures for Prometheus that are looked up in the database, and those of a program's predictions."""

from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families

from smartbank.bootstrap.certificates import certificate_ends
from smartbank.config import Settings
from smartbank.core.audit import AuditAction, AuditEvent, AuditResult
from smartbank.core.drift import Drift, FieldDrift
from smartbank.core.people import Role
from smartbank.core.programs import Program, make_key
from smartbank.core.work import Work, WorkKind, WorkState
from smartbank.core.work_tally import WorkTally
from smartbank.errors import StorageError
from tests.api.conftest import SEED
from tests.certificates import write_certificate

NOW = datetime.now(UTC)
SAME = (("a", 500, 500), ("b", 500, 500))
MOVED = (("a", 500, 50), ("b", 500, 950))


@pytest.fixture
def figures(client_of):
    """Return a function that looks, and returns {(name, value of each label): figure}."""
    auditor = client_of(Role.AUDITOR)

    def figures():
        answer = auditor.get("/metrics")
        assert answer.status_code == 200
        families = text_string_to_metric_families(answer.text)
        return {(each.name, *each.labels.values()): each.value for family in families for each in family.samples}

    return figures


def work(work_id, kind, *, ago, now=NOW, **more):
    source = {"kind": "customers", "label": "all", "upload_id": "", "run_id": "", "query": {}}
    request = {"source": source, "market": "snapshot"} if kind is WorkKind.RUN else {}
    return Work(work_id, kind, "ana", now - ago, request, **more)


def test_the_queue_is_as_long_and_as_old_as_it_is(services, figures):
    now = datetime.now(UTC)
    services.queue.add(work("20260105-1", WorkKind.UPLOAD, ago=timedelta(minutes=5), now=now))
    services.queue.add(work("20260105-2", WorkKind.UPLOAD, ago=timedelta(minutes=1), now=now))

    found = figures()

    assert found["smartbank_work", "upload", "queued"] == 2
    assert 300 <= found["smartbank_work_oldest_seconds", "upload"] < 400
    assert found["smartbank_work_oldest_seconds", "run"] == 0


def test_what_ended_is_told_as_counters(services, figures):
    services.tallies.add(WorkTally(WorkKind.RUN, done=3, failed=1, seconds=12.5, leads=5_000))
    services.tallies.add(WorkTally(WorkKind.UPLOAD, done=2, seconds=1.5))

    found = figures()

    assert found["smartbank_work_ended_total", "run", "done"] == 3
    assert found["smartbank_work_ended_total", "run", "failed"] == 1
    assert found["smartbank_work_seconds_total", "run"] == 12.5
    assert found["smartbank_leads_scored_total",] == 5_000


def test_jobs_say_when_they_were_done_and_whether_they_fail_since(services, figures):
    assert ("smartbank_worker_seen_timestamp_seconds",) not in figures()
    for name in ("daily backup", "market"):
        services.jobs.take(name, "w", now=NOW, first_at=NOW)
    services.jobs.finish("market", "w", {}, now=NOW + timedelta(seconds=2), next_at=NOW)
    services.jobs.fail("daily backup", "w", "The disk is full.", now=NOW + timedelta(seconds=9), next_at=NOW)

    found = figures()

    assert found["smartbank_job_done_timestamp_seconds", "market"] == pytest.approx(NOW.timestamp() + 2, abs=0.01)
    assert ("smartbank_job_done_timestamp_seconds", "daily backup") not in found
    assert (found["smartbank_job_failed", "daily backup"], found["smartbank_job_failed", "market"]) == (1, 0)
    assert found["smartbank_worker_seen_timestamp_seconds",] == pytest.approx(NOW.timestamp() + 9, abs=0.01)


def test_a_worker_that_holds_a_job_was_seen_when_it_last_renewed_its_lease(services, figures):
    services.jobs.take("daily backup", "w", now=NOW, first_at=NOW)
    services.jobs.renew("daily backup", "w", now=NOW + timedelta(seconds=5))

    assert figures()["smartbank_worker_seen_timestamp_seconds",] == pytest.approx(NOW.timestamp() + 5, abs=0.01)


def ranked(number, groups, *, leads=1_000, made_up=0, query=None, **fields):
    """Return a run that is done, `groups` being its leads by age and `fields` by others."""
    drifts = tuple(FieldDrift(name, counts) for name, counts in {"age": groups, **fields}.items())
    result = {
        "drift": Drift(not query, drifts, FieldDrift("margin", SAME)).to_json(),
        "synthetic_leads": made_up,
        "summary": {"leads": leads, "expected_sales": 9.0, "worth_calling": 40},
    }
    run = work(f"20260105-{number}", WorkKind.RUN, ago=timedelta(hours=9 - number), state=WorkState.DONE, result=result)
    run.request["source"]["query"] = query or {}
    return run


def test_drift_is_that_of_the_run_the_screens_begin_on(services, figures):
    assert not any(name.startswith("smartbank_drift") for name, *_ in figures())
    five = (("a", 500, 0), ("b", 500, 5))
    for run in (
        ranked(1, MOVED),
        ranked(2, SAME, made_up=1_000),
        ranked(3, SAME, query={"max_age": 30}),
        ranked(4, five, leads=5),
    ):
        services.queue.add(run)

    found = figures()

    assert found["smartbank_drift_index", "age"] == pytest.approx(1.325, abs=0.001)
    assert found["smartbank_drift_index", "margin"] == 0
    assert found["smartbank_drift_run_timestamp_seconds",] == pytest.approx(NOW.timestamp() - 8 * 3600, abs=0.01)


def test_of_a_field_there_are_too_few_leads_for_there_is_no_index(services, figures):
    twelve = tuple((str(group), 500, 20) for group in range(12))
    services.queue.add(ranked(1, (("a", 500, 24), ("b", 500, 216)), leads=240, job=twelve))

    found = figures()

    assert [labels for name, *labels in found if name == "smartbank_drift_index"] == [["age"], ["margin"]]


@pytest.mark.parametrize("of", [{"made_up": 1_000}, {"query": {"max_age": 30}}])
def test_made_up_customers_and_selections_have_no_drift_where_they_are_all_there_is(services, figures, of):
    services.queue.add(ranked(1, MOVED, **of))

    assert not any(name.startswith("smartbank_drift") for name, *_ in figures())


def test_the_head_of_the_audit_log_is_its_number_and_the_begin_of_its_hash(services, figures):
    event = AuditEvent(NOW, "ana", "local", AuditAction.SIGN_IN, "user", "ana", AuditResult.DONE, {})
    entry = services.audit.append(event)

    found = figures()

    assert found["smartbank_audit_entries",] == entry.number
    assert f"{int(found['smartbank_audit_head',]):012x}" == entry.hash[:12]


def test_a_head_that_was_changed_is_missing_and_the_others_are_there(services, figures, monkeypatch):
    def changed():
        raise StorageError("The note of the newest audit entry was changed.")

    monkeypatch.setattr(services.audit, "head", changed)

    found = figures()

    assert ("smartbank_audit_entries",) not in found
    assert ("smartbank_work", "run", "queued") in found


def test_while_the_database_is_away_there_are_no_figures(client_of, services, monkeypatch):
    def away(**_more):
        raise StorageError("The database does not answer. Try again in a minute.")

    monkeypatch.setattr(services.queue, "unfinished", away)

    assert client_of(Role.AUDITOR).get("/metrics").status_code == 503


def test_what_programs_ask_to_score_is_counted(client):
    before = REGISTRY.get_sample_value("smartbank_predictions_total", {"result": "scored"}) or 0

    client.post("/v1/predictions/batch", json={"items": [SEED, SEED]})

    assert REGISTRY.get_sample_value("smartbank_predictions_total", {"result": "scored"}) == before + 2


def test_the_end_of_the_last_key_of_a_program_is_told(services, figures):
    for name in ("dialler", "warehouse", "gone"):
        services.programs.add(Program(name, Role.MANAGER, frozenset(), "", NOW, "ada", disabled=name == "gone"))
    days = [("dialler", 9), ("dialler", 40), ("warehouse", 9), ("warehouse", None), ("gone", 9)]
    for name, left in days:
        end = None if left is None else NOW + timedelta(days=left)
        services.programs.add_key(make_key(name, by="ada", now=NOW, expires_at=end)[0])
    revoked, _ = make_key("dialler", by="ada", now=NOW, expires_at=NOW + timedelta(days=400))
    services.programs.add_key(revoked)
    services.programs.revoke_key(revoked.key_id, at=NOW)

    found = {
        key[1:]: value for key, value in figures().items() if key[0] == "smartbank_program_key_ends_timestamp_seconds"
    }

    assert found[("dialler",)] == pytest.approx((NOW + timedelta(days=40)).timestamp(), abs=1)
    assert ("warehouse",) not in found, "one of its keys has no end"
    assert ("gone",) not in found


def test_the_end_of_each_certificate_is_told(tmp_path):
    certificate, key = write_certificate(tmp_path, host="127.0.0.1")
    uri = f"mongodb://db.bank.example/x?tls=true&tlsCAFile={certificate}&tlscertificatekeyfile={key}"
    settings = Settings(mongodb_uri=uri, wrapping_ca_file=tmp_path / "none.pem", wrapping_certificate_file=certificate)

    ends = certificate_ends(settings)

    assert set(ends) == {"database_ca", "wrapping"}, "a key is no certificate, and a file may be missing"
    assert timedelta(hours=23) < ends["wrapping"] - NOW < timedelta(hours=25)
