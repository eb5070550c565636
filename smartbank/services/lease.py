"""Hold a piece of work while it is being done: pass progress on, not too often, and keep the lease alive."""

import logging
import threading
import time
from contextvars import copy_context
from datetime import UTC, datetime
from types import TracebackType
from typing import Final, Self

from smartbank.core.ports import WorkQueue
from smartbank.core.work import Progress, Work
from smartbank.errors import StorageError, WorkCancelledError

REPORT_EVERY_S: Final = 0.5
HEARTBEAT_S: Final = 5.0

logger = logging.getLogger(__name__)


class Lease:
    """A context in which one worker does one piece of work.

    Parameters
    ----------
    work : Work
        What was claimed.
    queue : WorkQueue
        Where it was claimed.
    worker : str
        The name it was claimed under.
    stop : threading.Event
        Set when the worker is to leave; the next report then raises.
    report_every_s, heartbeat_s : float
        Shortest time between two passed-on reports, and how often the lease is renewed without one, in seconds.
    """

    def __init__(
        self,
        work: Work,
        *,
        queue: WorkQueue,
        worker: str,
        stop: threading.Event,
        report_every_s: float = REPORT_EVERY_S,
        heartbeat_s: float = HEARTBEAT_S,
    ) -> None:
        self._work_id = work.work_id
        self._queue = queue
        self._worker = worker
        self._stop = stop
        self._report_every_s = report_every_s
        self._heartbeat_s = heartbeat_s
        self._newest = Progress(step="Starting") if work.progress == Progress() else work.progress
        self._reported_at = float("-inf")
        self._lost = False
        self._sending = threading.Lock()
        self._ended = threading.Event()
        self._heart = threading.Thread(target=copy_context().run, args=(self._beat,), name="lease", daemon=True)

    def __enter__(self) -> Self:
        self._heart.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, at: TracebackType | None) -> None:
        self._ended.set()
        self._heart.join()

    def report(self, progress: Progress) -> None:
        """Tell how far the work is; call it after each chunk, as often as you like.

        Raises
        ------
        WorkCancelledError
            The work was cancelled, went to another worker, or the worker is to leave: stop here.
        """
        self._newest = progress
        if self._stop.is_set():
            raise WorkCancelledError("The worker is stopping; the work goes on later.")
        if not self._lost and time.monotonic() - self._reported_at >= self._report_every_s:
            self._send()
        if self._lost:
            raise WorkCancelledError("The work was cancelled.")

    def _beat(self) -> None:
        while not self._lost and not self._ended.wait(self._heartbeat_s):
            self._send()

    def _send(self) -> None:
        with self._sending:  # so that a heartbeat never overtakes a report with older news
            self._reported_at = time.monotonic()
            try:
                self._queue.report(self._work_id, self._worker, self._newest, now=datetime.now(UTC))
            except WorkCancelledError:
                self._lost = True
            except StorageError:  # the database may be back at the next beat; the work itself will notice if not
                logger.warning("The database did not take the progress of work %s.", self._work_id)
