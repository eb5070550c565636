"""A note that is an aid: written soon, by a thread beside whoever leaves it, and only the newest of those that wait."""

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from threading import Lock
from typing import Generic, TypeVar

from smartbank.adapters.mongo.errors import storage_errors
from smartbank.core.trace import trace_of
from smartbank.errors import StorageError

Note = TypeVar("Note")
logger = logging.getLogger(__name__)


class LateNote(Generic[Note]):
    """Writes notes one after the other; a process that ends writes the last one first.

    Parameters
    ----------
    keep : callable
        Writes a note; where the database does not take it, the log of the process says so, and the next one is as good.
    """

    def __init__(self, keep: Callable[[Note], None]) -> None:
        self._keep = keep
        self._lock = Lock()
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="late-note")
        self._newest: Note | None = None
        self._at_work: Future[None] | None = None

    def write(self, note: Note) -> None:
        """Have a note written soon, in place of one that still waits."""
        with self._lock:
            is_waited_for, self._newest = self._newest is not None, note
            if not is_waited_for:
                with suppress(RuntimeError):  # the process is ending: a note that lags is allowed
                    self._at_work = self._writer.submit(self._write)

    def wait(self) -> None:
        """Wait until what this process left is written."""
        with self._lock:
            at_work = self._at_work
        if at_work is not None:
            wait([at_work])

    def _write(self) -> None:
        with self._lock:
            note, self._newest = self._newest, None
        try:
            with storage_errors():
                if note is not None:
                    self._keep(note)
        except StorageError as exc:
            logger.warning("A note was not written, and the next one will be: %s", trace_of(exc))
