"""Queued work."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Protocol

from smartbank.core.work import Progress, Work, WorkKind


class WorkQueue(Protocol):
    """Queued work under leases: a worker that dies loses its lease, and another one starts the work again."""

    def add(self, work: Work) -> None:
        """Queue work."""
        ...

    def find(self, work_id: str) -> Work:
        """Return a piece of work. Raises `NotFoundError`."""
        ...

    def recent(self, kind: WorkKind, *, limit: int = 20) -> list[Work]:
        """Return the newest pieces of work of a kind, newest first, whatever their state; never more than 100."""
        ...

    def unfinished(self, *, limit: int = 20) -> list[Work]:
        """Return work of every kind that waits or runs, oldest first; quick however much was done before."""
        ...

    def unexpired(self, kind: WorkKind) -> list[Work]:
        """Return the work of a kind that is not expired, oldest first: what waits, runs, or ended and is kept."""
        ...

    def every(self, kind: WorkKind) -> list[Work]:
        """Return all work of a kind that was ever queued, what is expired too, oldest first."""
        ...

    def rewrite(self, work_id: str, request: Mapping[str, Any]) -> None:
        """Put another request in the place of a work's own, so that it names somebody no more."""
        ...

    def mark_handed_out(self, run_id: str, *, by: str, at: datetime) -> bool:
        """Note who took a run's leads out of SmartBank, the first one stays; False where the run is no longer kept."""
        ...

    def withdraw(self, run_id: str) -> bool:
        """Mark a run that has ended as withdrawn and expired, unless it was handed out; whether it is expired now."""
        ...

    def mark_on_record(self, work_id: str) -> None:
        """Note that the audit log says how the work ended."""
        ...

    def expire(self, work_id: str) -> bool:
        """Mark work that has ended as expired and empty its result; return whether it was done by this call."""
        ...

    def claim(
        self, worker: str, *, now: datetime, work_id: str | None = None, kinds: Collection[WorkKind] = tuple(WorkKind)
    ) -> Work | None:
        """Take the oldest piece of work of some kinds that waits or whose lease has run out, and mark it running.

        With a `work_id` it is that piece or none.
        """
        ...

    def report(self, work_id: str, worker: str, progress: Progress, *, now: datetime) -> None:
        """Tell how far the work is and renew the lease. Raises `WorkCancelledError` if it is no longer the worker's.

        Work of which more is kept than ever before may be started again as often as if it were new.
        """
        ...

    def finish(self, work_id: str, worker: str, result: Mapping[str, Any], *, now: datetime) -> None:
        """Mark the work done, with what came of it. Raises `WorkCancelledError` if it is no longer the worker's."""
        ...

    def fail(self, work_id: str, worker: str, error: str, *, now: datetime) -> None:
        """Mark the work failed, with a message for the screen. Does nothing if it is no longer the worker's."""
        ...

    def release(self, work_id: str, worker: str, *, now: datetime) -> None:
        """Give unfinished work back, to wait for the next worker. Does nothing if it is no longer the worker's."""
        ...

    def cancel(self, work_id: str, *, now: datetime) -> bool:
        """Cancel work that is not final; return whether it was cancelled by this call."""
        ...
