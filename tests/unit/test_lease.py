import threading
from datetime import UTC, datetime

import pytest

from smartbank.core.work import Progress, Work, WorkKind
from smartbank.errors import StorageError, WorkCancelledError
from smartbank.services.lease import Lease

WORK = Work("w1", WorkKind.RUN, created_by="ana", created_at=datetime(2026, 1, 1, tzinfo=UTC), request={})


class Reports:
    """Keeps what is reported; after `lost_after` reports the work belongs to another worker."""

    def __init__(self, *, lost_after: int = 1_000, error: Exception | None = None) -> None:
        self.steps: list[str] = []
        self.arrived = threading.Semaphore(0)
        self._lost_after = lost_after
        self._error = error

    def report(self, work_id, worker, progress, *, now):  # noqa: ARG002
        self.steps.append(progress.step)
        self.arrived.release()
        if self._error is not None:
            raise self._error
        if len(self.steps) > self._lost_after:
            raise WorkCancelledError("It went to another worker.")


def leased(queue, **timing):
    return Lease(WORK, queue=queue, worker="w", stop=timing.pop("stop", threading.Event()), **timing)


def work_for_ever(lease):
    while True:
        lease.report(Progress("chunk"))


def test_many_reports_within_the_shortest_time_are_passed_on_once():
    queue = Reports()

    with leased(queue, report_every_s=60, heartbeat_s=60) as lease:
        for done in range(1_000):
            lease.report(Progress(f"row {done}", done, 1_000))

    assert queue.steps == ["row 0"]


def test_every_report_is_passed_on_when_there_is_time_between_them():
    queue = Reports()

    with leased(queue, report_every_s=0, heartbeat_s=60) as lease:
        lease.report(Progress("one"))
        lease.report(Progress("two"))

    assert queue.steps == ["one", "two"]


def test_the_heart_beats_with_the_newest_progress_while_the_work_says_nothing():
    queue = Reports()

    with leased(queue, report_every_s=60, heartbeat_s=0.01) as lease:
        lease.report(Progress("reading"))
        lease.report(Progress("ranking"))
        for _ in range(3):
            assert queue.arrived.acquire(timeout=10)

    assert queue.steps[0] == "reading"
    assert set(queue.steps[1:]) == {"ranking"}


def test_the_heart_stops_with_the_work():
    before = threading.active_count()

    with leased(Reports(), heartbeat_s=0.01):
        during = threading.active_count()

    assert (during, threading.active_count()) == (before + 1, before)


def test_a_lease_that_a_heartbeat_finds_lost_stops_the_work_at_its_next_report():
    queue = Reports(lost_after=0)

    with leased(queue, report_every_s=60, heartbeat_s=0.01) as lease:
        assert queue.arrived.acquire(timeout=10)
        with pytest.raises(WorkCancelledError, match="cancelled"):
            work_for_ever(lease)


def test_a_worker_that_is_to_leave_stops_the_work_at_its_next_report():
    stop = threading.Event()

    with leased(Reports(), stop=stop) as lease:
        lease.report(Progress("first chunk"))
        stop.set()
        with pytest.raises(WorkCancelledError, match="stopping"):
            lease.report(Progress("second chunk"))


def test_progress_the_database_does_not_take_does_not_stop_the_work():
    queue = Reports(error=StorageError("The database is away."))

    with leased(queue, report_every_s=0, heartbeat_s=60) as lease:
        lease.report(Progress("one"))
        lease.report(Progress("two"))

    assert queue.steps == ["one", "two"]
