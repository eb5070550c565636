"""When timed jobs are due, and who does them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

from smartbank.core.jobs import JobStanding


class JobSchedule(Protocol):
    """Timed jobs under leases: of all workers on all computers one does a job; one that dies loses it soon."""

    lease: timedelta
    """For how long a worker may be silent."""

    def take(self, name: str, worker: str, *, now: datetime, first_at: datetime, early: bool = False) -> bool:
        """Take a job if it is due and nobody holds it; return whether it was taken.

        A job nobody ever looked at is due at `first_at`. An `early` one is taken before it is due.
        """
        ...

    def renew(self, name: str, worker: str, *, now: datetime) -> None:
        """Hold a job for longer. Raises `WorkCancelledError` if it is no longer the worker's."""
        ...

    def finish(self, name: str, worker: str, result: Mapping[str, Any], *, now: datetime, next_at: datetime) -> None:
        """Say that a job was done and when the next time is. Does nothing if it is no longer the worker's."""
        ...

    def fail(self, name: str, worker: str, error: str, *, now: datetime, next_at: datetime) -> None:
        """Say that a job failed, for the reader of the screen. Does nothing if it is no longer the worker's."""
        ...

    def release(self, name: str, worker: str) -> None:
        """Give a job back undone; it stays due. Does nothing if it is no longer the worker's."""
        ...

    def standings(self) -> list[JobStanding]:
        """Return how every job stands that somebody ever looked at, by name."""
        ...

    def standing(self, name: str) -> JobStanding | None:
        """Return how a job stands; None if nobody ever looked at it."""
        ...
