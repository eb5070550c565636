import threading
from datetime import UTC, datetime, timedelta

import pytest

from smartbank import bootstrap
from smartbank.core.customers import CustomerQuery
from smartbank.core.inbox import MessageKind
from smartbank.core.work import Progress, WorkKind, WorkState
from smartbank.errors import LeadValidationError, StorageError, WorkCancelledError
from smartbank.services.demo import DEMO_SOURCE
from smartbank.services.runs import RunSource, queue_run
from smartbank.services.uploads import queue_upload
from smartbank.services.work_endings import record_late
from smartbank.services.works import cancel_work
from smartbank.worker import STORAGE_TRIES, Worker, run_once, timed_jobs
from tests.actors import ANA
from tests.one_work import OneWork, raising
from tests.services import memory_services
from tests.stubs import stub_leads

NOW = datetime.now(UTC)


def test_work_is_done_by_the_executor_of_its_kind_and_its_result_is_kept():
    queue = OneWork()

    def double(work, report):
        report(Progress("doubling", 1, 1))
        return {"twice": 2 * work.request["n"]}

    did = Worker(queue, {WorkKind.RUN: double}).work_once()

    assert did
    assert queue.events == [("report", "doubling"), ("finish", {"twice": 6})]


def test_without_waiting_work_nothing_is_done():
    queue = OneWork()
    queue.waits = False

    did = Worker(queue, raising(AssertionError())).work_once()

    assert not did
    assert queue.events == []


def test_an_error_made_for_the_reader_is_shown_as_it_is():
    queue = OneWork()

    Worker(queue, raising(LeadValidationError("The file has no rows."))).work_once()

    assert queue.events == [("fail", "The file has no rows.")]


def test_any_other_error_is_shown_as_a_sentence_with_the_work_id_and_logged_without_its_message(caplog):
    queue = OneWork()

    Worker(queue, raising(KeyError("Maria Silva"))).work_once()

    [(kind, said)] = queue.events
    assert kind == "fail"
    assert "w1" in said
    assert "KeyError at" in caplog.records[-1].exception
    assert "Maria" not in said + caplog.text


def test_cancelled_work_ends_quietly(caplog):
    queue = OneWork()

    Worker(queue, raising(WorkCancelledError("It was cancelled."))).work_once()

    assert queue.events == []
    assert not caplog.records


def test_a_kind_without_executor_fails_with_what_to_do():
    queue = OneWork(WorkKind.EXPORT)

    Worker(queue, raising(AssertionError())).work_once()

    assert queue.events == [
        ("fail", "This version of SmartBank cannot do work of the kind export. Update the worker and try again.")
    ]


def test_a_stopping_worker_gives_its_work_back_after_the_current_chunk():
    queue = OneWork()
    stop = threading.Event()
    chunks = []

    def execute(work, report):
        for chunk in range(10):
            chunks.append(chunk)
            if chunk == 2:
                stop.set()
            report(Progress("scoring", chunk, 10))
        return {}

    worker = Worker(queue, {WorkKind.RUN: execute}, stop=stop)

    worker.run(poll_s=0.01)

    assert chunks == [0, 1, 2]
    assert queue.events[-1] == ("release",)


def test_work_that_meets_an_absent_database_waits_to_be_tried_again():
    queue = OneWork()

    with pytest.raises(StorageError):
        Worker(queue, raising(StorageError("The database is away."))).work_once()

    assert queue.events == [("release",)]


def test_work_the_database_refuses_every_time_fails_in_the_end():
    queue = OneWork()
    worker = Worker(queue, raising(StorageError("The database refused the write.")))

    for _ in range(STORAGE_TRIES):
        with pytest.raises(StorageError):
            worker.work_once()

    assert queue.events == [("release",)] * (STORAGE_TRIES - 1) + [("fail", "The database refused the write.")]


def test_the_worker_goes_on_when_the_database_comes_back():
    queue = OneWork()
    worker = Worker(queue, {})
    claims = []

    def claim(name, *, now, work_id=None, kinds=()):
        claims.append(name)
        if len(claims) == 2:
            worker.stop.set()
            return None
        raise StorageError("The database is away.")

    queue.claim = claim

    worker.run(poll_s=0.01)

    assert len(claims) == 2


@pytest.fixture
def services():
    services = memory_services()
    services.customers.save_many(stub_leads([30, 60]), source=DEMO_SOURCE, saved_at=NOW)
    return services


def queued_run(services, text=""):
    source = RunSource.of_query(CustomerQuery(text=text), "all customers")
    return queue_run(source, market="snapshot", by=ANA, queue=services.queue, audit=services.audit, now=NOW)


def worker_entries(services):
    return [entry.event for entry in services.audit.kept if entry.event.place == "worker"]


def test_a_run_that_was_scored_is_on_record_in_the_name_of_whoever_queued_it(services):
    run_id = queued_run(services)

    run_once(services)

    [event] = worker_entries(services)
    assert (event.who, event.action, event.object_id, event.result) == ("ana", "run", run_id, "done")
    assert event.details["leads"] == 2
    assert event.details["model_version"] == "stub-1"
    assert event.details["settings_version"] == 0


def test_an_upload_is_on_record_with_counts_and_nothing_of_the_file(services):
    file = b"customer_id,age,job,name\nc1,30,student,Ana Silva\nc2,abc,student,Bruno\n"
    queue_upload(
        [file],
        "Ana Silva.csv",
        by=ANA,
        files=services.files,
        queue=services.queue,
        audit=services.audit,
        now=NOW,
    )

    run_once(services)

    [event] = worker_entries(services)
    assert (event.action, event.result) == ("upload", "done")
    assert event.details == {"step": "done", "rows": 2, "clean": 1, "aside": 1, "duplicates": 0}
    assert "Silva" not in str(services.audit.kept)


def test_work_that_failed_is_on_record_without_what_it_said(services):
    run_id = queued_run(services, text="Nobody")

    run_once(services)

    [event] = worker_entries(services)
    assert (event.object_id, event.result, event.details) == (run_id, "failed", {"step": "failed"})


def test_work_that_was_cancelled_while_it_ran_is_on_record(services, monkeypatch):
    run_id = queued_run(services)

    def cancel(*_args, **_kwargs):
        cancel_work(run_id, by=ANA, queue=services.queue, audit=services.audit, now=NOW)
        raise WorkCancelledError("It was cancelled.")

    monkeypatch.setattr("smartbank.bootstrap.work.score_run", cancel)
    run_once(services)

    [event] = worker_entries(services)
    assert (event.object_id, event.result, event.details) == (run_id, "failed", {"step": "cancelled"})


def test_work_given_up_after_too_many_restarts_is_on_record_once_and_in_the_inbox(services):
    run_id = queued_run(services)
    for minutes in (60, 50, 40, 30, 20):
        services.queue.claim("dies", now=NOW - timedelta(minutes=minutes))

    jobs = [job for job in timed_jobs(services) if job.name in ("endings", "inbox")]
    for job in jobs * 2:
        job.run(lambda: None)

    [event] = worker_entries(services)
    assert (event.who, event.object_id, event.result, event.details) == ("ana", run_id, "failed", {"step": "failed"})
    [message] = services.inbox.newest("ana")
    assert message.kind is MessageKind.RUN_FAILED


def test_an_ending_a_worker_put_on_record_is_not_put_there_again(services):
    queued_run(services)
    run_once(services)
    later = datetime.now(UTC) + timedelta(hours=1)

    assert record_late(later, queue=services.queue, audit=services.audit) == 0

    assert len(worker_entries(services)) == 1


def test_an_ending_is_left_to_the_worker_for_some_minutes(services):
    queued_run(services)
    Worker(services.queue, bootstrap.executors(services)).work_once()
    now = datetime.now(UTC)

    at_once = record_late(now, queue=services.queue, audit=services.audit)
    later = record_late(now + timedelta(minutes=3), queue=services.queue, audit=services.audit)

    assert (at_once, later) == (0, 1)


def test_an_audit_log_that_takes_nothing_leaves_the_work_done(services, monkeypatch, caplog):
    run_id = queued_run(services)

    def away(_event):
        raise StorageError("The database is away.")

    monkeypatch.setattr(services.audit, "append", away)
    run_once(services)

    assert services.queue.find(run_id).state is WorkState.DONE
    assert f"could not take how work {run_id} ended" in caplog.text
