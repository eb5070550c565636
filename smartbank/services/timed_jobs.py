"""Do timed jobs when they are due, each under a lease that a thread keeps alive."""

import logging
import threading
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from smartbank.core.log_context import logged_with
from smartbank.core.ports import JobSchedule
from smartbank.core.trace import traced
from smartbank.errors import SmartBankError, StorageError, WorkCancelledError

HEARTBEAT_S: Final = 5.0
_APOLOGY: Final = "Something went wrong on our side. It is tried again later; the log of the worker says where."

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class TimedJob:
    """Something done every so often.

    Attributes
    ----------
    run : callable
        Does it and returns what came of it, in values MongoDB can keep. It is given a function to call often, which
        raises `WorkCancelledError` when the job is to be broken off; it may be done again and has to come to the same.
    first_after : timedelta
        How long a new database waits for it.
    again_after : timedelta
        When it is tried again after it failed.
    """

    name: str
    every: timedelta
    run: Callable[[Callable[[], None]], Mapping[str, Any]]
    first_after: timedelta = timedelta(0)
    again_after: timedelta = timedelta(minutes=10)


def do_due(jobs: Iterable[TimedJob], *, schedule: JobSchedule, worker: str, stop: threading.Event) -> int:
    """Do each job that is due and that nobody holds, one after another, and return how many were done.

    A job that fails is logged without its message, shown where jobs are shown, and tried again later.

    Raises
    ------
    StorageError
        The database did not answer when it was asked what is due.
    """
    done = 0
    for job in jobs:
        now = datetime.now(UTC)
        if not stop.is_set() and schedule.take(job.name, worker, now=now, first_at=now + job.first_after):
            with logged_with(job=job.name):
                done += _do(job, schedule, worker, stop)
    return done


def _do(job: TimedJob, schedule: JobSchedule, worker: str, stop: threading.Event) -> bool:
    try:
        with held(job.name, schedule, worker, stop) as go_on:
            result = job.run(go_on)
    except WorkCancelledError:
        schedule.release(job.name, worker)
        return False
    except Exception as exc:
        logger.warning("The job %s failed.", job.name, extra=traced(exc))
        said = str(exc) if isinstance(exc, SmartBankError) else _APOLOGY
        now = datetime.now(UTC)
        schedule.fail(job.name, worker, said, now=now, next_at=now + job.again_after)
        return False
    now = datetime.now(UTC)
    schedule.finish(job.name, worker, result, now=now, next_at=now + job.every)
    return True


@contextmanager
def held(name: str, schedule: JobSchedule, worker: str, stop: threading.Event) -> Generator[Callable[[], None]]:
    """Keep the lease alive, and yield a function that raises once it is lost or the worker is to leave."""
    ended, lost = threading.Event(), threading.Event()

    def beat() -> None:
        while not ended.wait(HEARTBEAT_S):
            try:
                schedule.renew(name, worker, now=datetime.now(UTC))
            except WorkCancelledError:
                lost.set()
                return
            except StorageError:  # the database may be back at the next beat; the job itself will notice if not
                logger.warning("The database did not renew the lease of the job %s.", name)

    def go_on() -> None:
        if stop.is_set() or lost.is_set():
            raise WorkCancelledError("The job was broken off; it is done again later.")

    heart = threading.Thread(target=copy_context().run, args=(beat,), name=f"lease of {name}", daemon=True)
    heart.start()
    try:
        yield go_on
    finally:
        ended.set()
        heart.join()
