"""The worker: takes queued work, does it under a lease, and tells how far it is. `python -m smartbank worker`."""

import logging
import os
import secrets
import threading
from collections import Counter
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from smartbank import bootstrap
from smartbank.core.ports import Inbox, WorkQueue
from smartbank.core.trace import trace_of
from smartbank.core.work import Work, WorkKind
from smartbank.errors import SmartBankError, StorageError, WorkCancelledError
from smartbank.services.housekeeping import forget_old_files
from smartbank.services.inbox import forget_old_messages, tell, tell_late
from smartbank.services.lease import Lease

STORAGE_TRIES: Final = 3
"""How often the same work may end in a database error before it counts as failed."""
LONGEST_WAIT_S: Final = 30.0
HOUSEKEEPING_EVERY_S: Final = 3_600.0
HOUSEKEEPING_ENDS_WITHIN_S: Final = 2.0
"""How long a leaving worker waits for a deletion; one that is broken off is made up for by the next worker."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Worker:
    """One worker: a name, the queue, what to call for each kind of work, whom to tell, and an event that ends it."""

    queue: WorkQueue
    executors: Mapping[WorkKind, bootstrap.Executor]
    stop: threading.Event = field(default_factory=threading.Event)
    name: str = field(default_factory=lambda: f"worker-{os.getpid()}-{secrets.token_hex(4)}")
    storage_errors: Counter[str] = field(default_factory=Counter)
    inbox: Inbox | None = None

    def work_once(self, work_id: str | None = None) -> bool:
        """Do the oldest waiting piece of work, or the one that is meant, whatever comes of it; return whether it was.

        Raises
        ------
        StorageError
            The database did not answer; the work, if any, waits to be tried again.
        """
        work = self.queue.claim(self.name, now=datetime.now(UTC), work_id=work_id)
        if work is None:
            return False
        logger.info("Work %s (%s) begins.", work.work_id, work.kind)
        try:
            self._execute(work)
        except WorkCancelledError:
            if self.stop.is_set():
                self.queue.release(work.work_id, self.name, now=datetime.now(UTC))
            logger.info("Work %s was stopped.", work.work_id)
        except StorageError as exc:
            self._put_back(work, exc)
            raise
        except SmartBankError as exc:
            self._fail(work, str(exc), exc)
        except Exception as exc:
            self._fail(work, _apology(work), exc)
        return True

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
                logger.warning("The database did not answer (%s); next try in %.0f s.", trace_of(exc), wait_s)
            self.stop.wait(wait_s)

    def _execute(self, work: Work) -> None:
        executor = self.executors.get(work.kind)
        if executor is None:
            raise SmartBankError(
                f"This version of SmartBank cannot do work of the kind {work.kind}. Update the worker and try again."
            )
        with Lease(work, queue=self.queue, worker=self.name, stop=self.stop) as lease:
            result = executor(work, lease.report)
        self.queue.finish(work.work_id, self.name, result, now=datetime.now(UTC))
        logger.info("Work %s is done.", work.work_id)
        self._tell(work.work_id)

    def _put_back(self, work: Work, exc: StorageError) -> None:
        self.storage_errors[work.work_id] += 1
        if self.storage_errors[work.work_id] >= STORAGE_TRIES:
            self._fail(work, str(exc), exc)
        else:
            self.queue.release(work.work_id, self.name, now=datetime.now(UTC))

    def _fail(self, work: Work, message: str, exc: Exception) -> None:
        logger.error("Work %s failed: %s", work.work_id, trace_of(exc))
        self.queue.fail(work.work_id, self.name, message, now=datetime.now(UTC))
        self._tell(work.work_id)

    def _tell(self, work_id: str) -> None:
        """Tell whoever queued the work; it has ended as the queue says, whether or not this works."""
        try:
            if self.inbox is not None:
                tell(self.queue.find(work_id), inbox=self.inbox)
        except Exception as exc:
            logger.warning("Nobody could be told how work %s ended: %s", work_id, trace_of(exc))


def run_worker(services: bootstrap.Services, *, stop: threading.Event, poll_s: float = 1.0) -> None:
    """Work until `stop` is set, and clear away old files; the work in hand is given back after its current chunk."""
    worker = Worker(services.queue, bootstrap.executors(services), stop=stop, inbox=services.inbox)
    logger.info("The worker waits for work.")
    with housekeeping(services, stop=stop):
        worker.run(poll_s=poll_s)
    logger.info("The worker has stopped.")


@contextmanager
def housekeeping(
    services: bootstrap.Services, *, stop: threading.Event, every_s: float = HOUSEKEEPING_EVERY_S
) -> Generator[None]:
    """Delete files that are no longer kept, at once and every so many seconds, in a thread, until `stop` is set."""

    def keep_house() -> None:
        while not stop.is_set():
            forget_once(services)
            keep_inbox_once(services)
            stop.wait(every_s)

    thread = threading.Thread(target=keep_house, name="housekeeping", daemon=True)
    thread.start()
    try:
        yield
    finally:
        thread.join(HOUSEKEEPING_ENDS_WITHIN_S if stop.is_set() else 0)


def forget_once(services: bootstrap.Services) -> None:
    """Delete files that are no longer kept; what goes wrong is logged and made up for the next time."""
    try:
        n_expired = forget_old_files(
            datetime.now(UTC), queue=services.queue, files=services.files, frames=services.frames
        )
    except Exception as exc:
        logger.warning("Old files could not be deleted: %s", trace_of(exc))
        return
    if n_expired:
        logger.info("Uploads and exports that are no longer kept: %d.", n_expired)


def keep_inbox_once(services: bootstrap.Services) -> None:
    """Tell what a killed worker left untold, and delete old messages; what goes wrong is logged, to be made up for."""
    try:
        tell_late(datetime.now(UTC), queue=services.queue, inbox=services.inbox)
        forget_old_messages(datetime.now(UTC), inbox=services.inbox)
    except Exception as exc:
        logger.warning("The inbox could not be kept: %s", trace_of(exc))


def run_once(services: bootstrap.Services) -> bool:
    """Do the oldest waiting piece of work and return whether there was one. Raises `StorageError`."""
    return Worker(services.queue, bootstrap.executors(services), inbox=services.inbox).work_once()


def run_this(services: bootstrap.Services, work_id: str, *, poll_s: float = 0.5) -> Work:
    """Do one piece of work and no other, here or by waiting for the worker that has it; return it once it has ended.

    Raises
    ------
    StorageError
        The database did not answer.
    """
    worker = Worker(services.queue, bootstrap.executors(services), inbox=services.inbox)
    while not (work := services.queue.find(work_id)).state.is_final:
        if not worker.work_once(work_id):
            worker.stop.wait(poll_s)
    return work


def _apology(work: Work) -> str:
    return (
        "Something went wrong on our side and the work stopped; nothing you entered is at fault. Try it again. "
        f"If it happens again, tell your administrator this number: {work.work_id}."
    )
