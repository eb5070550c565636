"""The worker: takes queued work, does it under a lease, and tells how far it is. `python -m smartbank worker`."""

import logging
import os
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from smartbank import bootstrap
from smartbank.core.log_context import logged_with
from smartbank.core.ports import AuditLog, Inbox, JobSchedule, WorkQueue, WorkTallies
from smartbank.core.trace import traced
from smartbank.core.work import Work, WorkKind, WorkState
from smartbank.core.work_tally import WorkTally
from smartbank.errors import SmartBankError, StorageError, WorkCancelledError
from smartbank.services.inbox import tell
from smartbank.services.lease import Lease
from smartbank.services.timed_jobs import TimedJob, do_due
from smartbank.services.work_endings import record_ending
from smartbank.worker_jobs import timed_jobs

STORAGE_TRIES: Final = 3
"""How often the same work may end in a database error, without more of it kept, before it counts as failed."""
LONGEST_WAIT_S: Final = 30.0
LOOK_FOR_JOBS_EVERY_S: Final = 30.0
JOBS_END_WITHIN_S: Final = 2.0
"""How long a leaving worker waits for a timed job; one that is broken off is made up for by the next worker."""
SLOW: Final = (WorkKind.MARKET, WorkKind.TRAINING)
"""Kinds of work no scoring waits for, each in a thread of its own: publishers may be slow, and training is."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Worker:
    """One worker: a name, the queue, what to call for each kind of work, whom to tell, and what ends it."""

    queue: WorkQueue
    executors: Mapping[WorkKind, bootstrap.Executor]
    stop: threading.Event = field(default_factory=threading.Event)
    name: str = field(default_factory=lambda: f"worker-{os.getpid()}-{secrets.token_hex(4)}")
    storage_errors: Counter[str] = field(default_factory=Counter)
    inbox: Inbox | None = None
    audit: AuditLog | None = None
    tallies: WorkTallies | None = None
    kinds: Collection[WorkKind] = tuple(WorkKind)
    tidiers: Mapping[WorkKind, Callable[[Work], None]] = field(default_factory=dict)

    def work_once(self, work_id: str | None = None) -> bool:
        """Do the oldest waiting piece of work, or the one that is meant, whatever comes of it; return whether it was.

        Raises
        ------
        StorageError
            The database did not answer; the work, if any, waits to be tried again.
        """
        work = self.queue.claim(self.name, now=datetime.now(UTC), work_id=work_id, kinds=self.kinds)
        if work is None:
            return False
        with logged_with(work_id=work.work_id, work_kind=work.kind):
            self._do(work)
        return True

    def _do(self, work: Work) -> None:
        logger.info("Work %s (%s) begins.", work.work_id, work.kind)
        begun = time.monotonic()
        try:
            self._execute(work, begun)
        except WorkCancelledError:
            if self.stop.is_set():
                self.queue.release(work.work_id, self.name, now=datetime.now(UTC))
            elif self.audit is not None and self.queue.find(work.work_id).state is WorkState.CANCELLED:
                self._record(work.work_id)  # else another worker holds it, and tells how it ends
            self._tidy(work)
            logger.info("Work %s was stopped.", work.work_id)
        except StorageError as exc:
            self._put_back(work, exc, begun)
            raise
        except SmartBankError as exc:
            self._fail(work, str(exc), exc, begun)
        except Exception as exc:
            self._fail(work, _apology(work), exc, begun)

    def run(self, *, poll_s: float) -> None:
        """Work until `stop` is set, looking every `poll_s` seconds; waits longer while the database is away."""
        wait_s = poll_s
        while not self.stop.is_set():
            try:
                if self.work_once():
                    wait_s = poll_s
                    continue
                wait_s = poll_s
            except StorageError as exc:
                wait_s = min(2 * wait_s, LONGEST_WAIT_S)
                logger.warning("The database did not answer; next try in %.0f s.", wait_s, extra=traced(exc))
            self.stop.wait(wait_s)

    def _execute(self, work: Work, begun: float) -> None:
        executor = self.executors.get(work.kind)
        if executor is None:
            raise SmartBankError(
                f"This version of SmartBank cannot do work of the kind {work.kind}. Update the worker and try again."
            )
        with Lease(work, queue=self.queue, worker=self.name, stop=self.stop) as lease:
            result = executor(work, lease.report)
        self.queue.finish(work.work_id, self.name, result, now=datetime.now(UTC))
        logger.info("Work %s is done.", work.work_id)
        leads = result.get("summary", {}).get("leads", 0) if work.kind is WorkKind.RUN else 0
        self._count(WorkTally(work.kind, done=1, seconds=time.monotonic() - begun, leads=leads))
        self._record(work.work_id)
        self._tell(work.work_id)
        self._tidy(work)

    def _put_back(self, work: Work, exc: StorageError, begun: float) -> None:
        stage = f"{work.work_id}:{work.progress.kept}"
        self.storage_errors[stage] += 1
        if self.storage_errors[stage] >= STORAGE_TRIES:
            self._fail(work, str(exc), exc, begun)
        else:
            self.queue.release(work.work_id, self.name, now=datetime.now(UTC))

    def _fail(self, work: Work, message: str, exc: Exception, begun: float) -> None:
        logger.error("Work %s failed.", work.work_id, extra=traced(exc))
        self.queue.fail(work.work_id, self.name, message, now=datetime.now(UTC))
        self._count(WorkTally(work.kind, failed=1, seconds=time.monotonic() - begun))
        self._record(work.work_id)
        self._tell(work.work_id)
        self._tidy(work)

    def _count(self, more: WorkTally) -> None:
        """Add to the figures of whoever watches; the work has ended, whether or not this works."""
        try:
            if self.tallies is not None:
                self.tallies.add(more)
        except Exception as exc:
            logger.warning("Work that ended is missing in the figures.", extra=traced(exc))

    def _record(self, work_id: str) -> None:
        """Write into the audit log how the work ended; it has, whether or not this works."""
        try:
            if self.audit is not None:
                record_ending(self.queue.find(work_id), queue=self.queue, audit=self.audit, now=datetime.now(UTC))
        except Exception as exc:
            logger.warning("The audit log could not take how work %s ended.", work_id, extra=traced(exc))

    def _tidy(self, work: Work) -> None:
        """Take away what the work leaves that has ended; what stays is found later by a timed job."""
        try:
            if (tidy := self.tidiers.get(work.kind)) is not None:
                tidy(self.queue.find(work.work_id))
        except Exception as exc:
            logger.warning("What work %s leaves could not be taken away.", work.work_id, extra=traced(exc))

    def _tell(self, work_id: str) -> None:
        """Tell whoever queued the work; it has ended as the queue says, whether or not this works."""
        try:
            if self.inbox is not None:
                tell(self.queue.find(work_id), inbox=self.inbox)
        except Exception as exc:
            logger.warning("Nobody could be told how work %s ended.", work_id, extra=traced(exc))


def run_worker(services: bootstrap.Services, *, stop: threading.Event, poll_s: float = 1.0) -> None:
    """Work until `stop` is set, and do the timed jobs; the work in hand is given back after its current chunk."""
    worker = worker_of(services, stop=stop, kinds=[kind for kind in WorkKind if kind not in SLOW])
    logger.info("The worker waits for work.")
    beside = [
        threading.Thread(
            target=worker_of(services, stop=stop, kinds=[kind]).run,
            kwargs={"poll_s": poll_s},
            name=f"{kind} work",
            daemon=True,
        )
        for kind in SLOW
    ]
    for thread in beside:
        thread.start()
    with doing_jobs(timed_jobs(services), schedule=services.jobs, worker=worker.name, stop=stop):
        worker.run(poll_s=poll_s)
    for thread in beside:
        thread.join(JOBS_END_WITHIN_S)
    logger.info("The worker has stopped.")


@contextmanager
def doing_jobs(
    jobs: Sequence[TimedJob],
    *,
    schedule: JobSchedule,
    worker: str,
    stop: threading.Event,
    look_every_s: float = LOOK_FOR_JOBS_EVERY_S,
) -> Generator[None]:
    """Do timed jobs when they are due, in a thread beside the work, until `stop` is set."""

    def look() -> None:
        while not stop.is_set():
            try:
                do_due(jobs, schedule=schedule, worker=worker, stop=stop)
            except Exception as exc:
                logger.warning("The timed jobs wait.", extra=traced(exc))
            stop.wait(look_every_s)

    thread = threading.Thread(target=look, name="timed jobs", daemon=True)
    thread.start()
    try:
        yield
    finally:
        thread.join(JOBS_END_WITHIN_S if stop.is_set() else 0)


def worker_of(
    services: bootstrap.Services, *, stop: threading.Event, kinds: Collection[WorkKind] = tuple(WorkKind)
) -> Worker:
    """Return a worker on the services, for some kinds of work, that ends with an event."""
    return Worker(
        services.queue,
        bootstrap.executors(services),
        stop=stop,
        inbox=services.inbox,
        audit=services.audit,
        tallies=services.tallies,
        kinds=kinds,
        tidiers=bootstrap.tidiers(services),
    )


def run_once(services: bootstrap.Services) -> bool:
    """Do the oldest waiting piece of work and return whether there was one. Raises `StorageError`."""
    return worker_of(services, stop=threading.Event()).work_once()


def run_this(services: bootstrap.Services, work_id: str, *, poll_s: float = 0.5) -> Work:
    """Do one piece of work and no other, here or by waiting for the worker that has it; return it once it has ended.

    Raises
    ------
    StorageError
        The database did not answer.
    """
    worker = worker_of(services, stop=threading.Event())
    while not (work := services.queue.find(work_id)).state.is_final:
        if not worker.work_once(work_id):
            worker.stop.wait(poll_s)
    return work


def _apology(work: Work) -> str:
    return (
        "Something went wrong on our side and the work stopped; nothing you entered is at fault. Try it again. "
        f"If it happens again, tell your administrator this number: {work.work_id}."
    )
