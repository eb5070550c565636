"""Timed jobs in memory."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from threading import RLock
from typing import Any

from smartbank.adapters.work_rules import JOB_TAKEN, LEASE_S
from smartbank.core.jobs import JobStanding
from smartbank.core.moments import to_milliseconds
from smartbank.errors import WorkCancelledError


class MemoryJobSchedule:
    """Keeps jobs in a dictionary; `lease_s` is how long a worker may be silent, in seconds."""

    def __init__(self, *, lease_s: float = LEASE_S) -> None:
        self._jobs: dict[str, JobStanding] = {}
        self._holders: dict[str, str] = {}
        self.lease = timedelta(seconds=lease_s)
        self._lock = RLock()

    def take(self, name: str, worker: str, *, now: datetime, first_at: datetime, early: bool = False) -> bool:
        with self._lock:
            job = self._jobs.setdefault(name, JobStanding(name, to_milliseconds(first_at)))
            if not job.may_be_taken(now, early=early):
                return False
            self._holders[name] = worker
            self._jobs[name] = replace(job, lease_until=to_milliseconds(now + self.lease))
            return True

    def renew(self, name: str, worker: str, *, now: datetime) -> None:
        if not self._change(name, worker, lease_until=to_milliseconds(now + self.lease)):
            raise WorkCancelledError(JOB_TAKEN)

    def finish(self, name: str, worker: str, result: Mapping[str, Any], *, now: datetime, next_at: datetime) -> None:
        done = {"done_at": to_milliseconds(now), "result": dict(result), "failed_at": None, "error": ""}
        self._let_go(name, worker, due_at=to_milliseconds(next_at), **done)

    def fail(self, name: str, worker: str, error: str, *, now: datetime, next_at: datetime) -> None:
        self._let_go(name, worker, due_at=to_milliseconds(next_at), failed_at=to_milliseconds(now), error=error)

    def release(self, name: str, worker: str) -> None:
        self._let_go(name, worker)

    def standings(self) -> list[JobStanding]:
        with self._lock:
            return sorted(self._jobs.values(), key=lambda standing: standing.name)

    def standing(self, name: str) -> JobStanding | None:
        return self._jobs.get(name)

    def _let_go(self, name: str, worker: str, **values: Any) -> None:  # noqa: ANN401  fields of a standing
        with self._lock:
            if self._change(name, worker, lease_until=None, **values):
                self._holders.pop(name)

    def _change(self, name: str, worker: str, **values: Any) -> bool:  # noqa: ANN401
        with self._lock:
            if self._holders.get(name) != worker:
                return False
            self._jobs[name] = replace(self._jobs[name], **values)
            return True
