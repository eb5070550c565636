import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from smartbank.adapters.memory import MemoryBackupShelf, MemoryJobSchedule
from smartbank.cli.data import how_it_stands
from smartbank.core.audit import AuditAction, AuditResult
from smartbank.core.backups import Backup, backup_name
from smartbank.core.jobs import JobStanding
from smartbank.core.people import WORKER
from smartbank.errors import BackupError, WorkCancelledError
from smartbank.services import timed_jobs
from smartbank.services.backups import BACKUP_JOB, last_backup
from smartbank.services.timed_jobs import TimedJob, do_due
from smartbank.worker import doing_jobs
from smartbank.worker import timed_jobs as jobs_of
from tests.services import memory_services

DAY = timedelta(days=1)


@pytest.fixture
def schedule():
    return MemoryJobSchedule()


@pytest.fixture
def stop():
    return threading.Event()


def job(run, **options):
    return TimedJob("sweep", DAY, run, **options)


def test_a_job_is_done_once_and_then_waits_for_its_next_time(schedule, stop):
    calls = []
    sweep = job(lambda go_on: calls.append(go_on()) or {"swept": 3})

    assert do_due([sweep], schedule=schedule, worker="a", stop=stop) == 1
    assert do_due([sweep], schedule=schedule, worker="b", stop=stop) == 0

    standing = schedule.standing("sweep")
    assert calls == [None]
    assert standing.result == {"swept": 3}
    assert standing.due_at - standing.done_at == DAY


def test_a_job_that_fails_is_logged_without_its_message_and_tried_again_later(schedule, stop, caplog):
    def fail(go_on):
        raise KeyError("Ana Silva")

    assert do_due([job(fail, again_after=timedelta(hours=1))], schedule=schedule, worker="a", stop=stop) == 0

    standing = schedule.standing("sweep")
    assert standing.due_at - standing.failed_at == timedelta(hours=1)
    assert standing.error.startswith("Something went wrong on our side.")
    [logged] = caplog.records
    assert logged.getMessage() == "The job sweep failed."
    assert logged.exception.startswith("KeyError at")
    assert "Ana" not in caplog.text + logged.exception + standing.error


def test_an_error_made_for_the_reader_is_kept_as_it_is(schedule, stop):
    def fail(go_on):
        raise BackupError("The disk is full.")

    do_due([job(fail)], schedule=schedule, worker="a", stop=stop)

    assert schedule.standing("sweep").error == "The disk is full."


def test_a_leaving_worker_gives_its_job_back(schedule, stop):
    def leave(go_on):
        stop.set()
        go_on()

    assert do_due([job(leave)], schedule=schedule, worker="a", stop=stop) == 0

    assert schedule.standing("sweep").lease_until is None
    assert do_due([job(lambda _: {})], schedule=schedule, worker="b", stop=threading.Event()) == 1


def test_a_job_whose_lease_is_lost_is_broken_off(schedule, stop, monkeypatch):
    monkeypatch.setattr(timed_jobs, "HEARTBEAT_S", 0.001)
    lost = threading.Event()

    def renew(name, worker, *, now):
        lost.set()
        raise WorkCancelledError("Another worker does this job now.")

    def work(go_on):
        assert lost.wait(10)
        while True:
            go_on()

    monkeypatch.setattr(schedule, "renew", renew)

    assert do_due([job(work)], schedule=schedule, worker="a", stop=stop) == 0
    assert schedule.standing("sweep").done_at is None


def test_the_worker_looks_for_jobs_until_it_stops(schedule, stop):
    looks = []

    class Busy:
        def take(self, name, *_, **__):
            looks.append(name)
            if len(looks) == 3:
                stop.set()
            raise RuntimeError("away")

    with doing_jobs([job(lambda _: {})], schedule=Busy(), worker="a", stop=stop, look_every_s=0.001):
        assert stop.wait(10)

    assert looks == ["sweep"] * 3


def test_the_backup_of_the_day_is_made_once_by_all_workers_and_is_on_record(stop):
    services = memory_services()
    jobs = [each for each in jobs_of(services) if each.name == BACKUP_JOB]
    soon = datetime.now(UTC) - timedelta(minutes=1)
    for worker in ("here", "there"):
        services.jobs.take(BACKUP_JOB, "first look", now=soon, first_at=soon)
        services.jobs.release(BACKUP_JOB, "first look")
        do_due(jobs, schedule=services.jobs, worker=worker, stop=stop)

    [backup] = services.backups.all()
    [entry] = services.audit.entries()
    assert last_backup(by=WORKER, jobs=services.jobs).result["name"] == backup.name
    assert (entry.event.action, entry.event.place, entry.event.object_id) == (
        AuditAction.EXPORT_DATA,
        "worker",
        backup.name,
    )


def test_a_backup_that_fails_is_on_record_and_to_be_seen(stop):
    class Full(MemoryBackupShelf):
        def make(self, *_, **__):
            raise BackupError("The disk of var/backups is full, so no backup was made.")

    services = memory_services(backups=Full())
    jobs = [each for each in jobs_of(services) if each.name == BACKUP_JOB]
    soon = datetime.now(UTC) - timedelta(minutes=1)
    services.jobs.take(BACKUP_JOB, "first look", now=soon, first_at=soon)
    services.jobs.release(BACKUP_JOB, "first look")

    do_due(jobs, schedule=services.jobs, worker="here", stop=stop)

    [entry] = services.audit.entries()
    assert entry.event.result == AuditResult.FAILED
    assert "The disk of var/backups is full" in how_it_stands(last_backup(by=WORKER, jobs=services.jobs))


def test_where_the_settings_ask_for_none_no_backup_is_made_and_none_is_deleted(stop):
    services = memory_services()
    earlier = services.backups.make("smartbank-20260601T030000Z", made_at=datetime(2026, 6, 1, tzinfo=UTC), go_on=print)
    services.settings.save(replace(services.settings.current(), keep_backups=0), by="ada", at=datetime.now(UTC))
    jobs = [each for each in jobs_of(services) if each.name == BACKUP_JOB]
    soon = datetime.now(UTC) - timedelta(minutes=1)
    services.jobs.take(BACKUP_JOB, "first look", now=soon, first_at=soon)
    services.jobs.release(BACKUP_JOB, "first look")

    assert do_due(jobs, schedule=services.jobs, worker="here", stop=stop) == 1

    assert [backup.name for backup in services.backups.all()] == [earlier.name]
    assert list(services.audit.entries()) == []
    said = how_it_stands(last_backup(by=WORKER, jobs=services.jobs))
    assert said.startswith("No backup is made: keep_backups of the settings is 0.")


def test_only_the_newest_backups_are_kept():
    shelf = MemoryBackupShelf()
    for day in (1, 2, 3):
        made_at = datetime(2026, 6, day, tzinfo=UTC)
        shelf.make(backup_name(made_at), made_at=made_at, go_on=lambda: None)

    assert shelf.keep(2) == 1

    assert [backup.name for backup in shelf.all()] == ["smartbank-20260603T000000Z", "smartbank-20260602T000000Z"]
    assert isinstance(shelf.all()[0], Backup)


@pytest.mark.parametrize(
    ("standing", "said"),
    [
        (None, "No worker has made a backup yet"),
        (JobStanding("x", datetime(2026, 6, 1, tzinfo=UTC)), "No worker has made a backup yet"),
        (
            JobStanding(
                "x",
                datetime(2026, 6, 2, 3, tzinfo=UTC),
                done_at=datetime(2026, 6, 1, 3, tzinfo=UTC),
                result={"name": "smartbank-20260601T030000Z"},
            ),
            "The last backup was made at 2026-06-01 03:00 UTC.",
        ),
    ],
)
def test_how_the_backup_stands_is_said_in_words(standing, said):
    assert said in how_it_stands(standing)
