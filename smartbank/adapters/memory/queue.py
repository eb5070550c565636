"""Queued work in memory."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import RLock
from typing import Any

from smartbank.adapters.work_rules import GAVE_UP, LEASE_S, MOST_RESTARTS, NO_SUCH_WORK, NOT_YOURS, RECENT_KEPT
from smartbank.core.leases import has_run_out
from smartbank.core.moments import to_milliseconds
from smartbank.core.work import Progress, Work, WorkKind, WorkState
from smartbank.errors import NotFoundError, StorageError, WorkCancelledError


@dataclass(frozen=True)
class _Lease:
    worker: str
    until: datetime
    restarts: int


class MemoryWorkQueue:
    """Keeps work in a dictionary.

    Parameters
    ----------
    lease_s : float
        Seconds a worker may be silent before its work goes to another one.
    """

    def __init__(self, *, lease_s: float = LEASE_S) -> None:
        self._works: dict[str, Work] = {}
        self._leases: dict[str, _Lease] = {}
        self._most_kept: dict[str, int] = {}
        self._lease = timedelta(seconds=lease_s)
        self._lock = RLock()

    def add(self, work: Work) -> None:
        with self._lock:
            if work.work_id in self._works:
                raise StorageError("This piece of work is queued already.")
            self._works[work.work_id] = replace(work, created_at=to_milliseconds(work.created_at))

    def find(self, work_id: str) -> Work:
        try:
            return self._works[work_id]
        except KeyError as exc:
            raise NotFoundError(NO_SUCH_WORK) from exc

    def recent(self, kind: WorkKind, *, limit: int = 20) -> list[Work]:
        found = [work for work in self._oldest_first() if work.kind == kind]
        return found[::-1][: min(limit, RECENT_KEPT)]

    def unfinished(self, *, limit: int = 20) -> list[Work]:
        return [work for work in self._oldest_first() if not work.state.is_final][:limit]

    def unexpired(self, kind: WorkKind) -> list[Work]:
        return [work for work in self._oldest_first() if work.kind == kind and work.state != WorkState.EXPIRED]

    def every(self, kind: WorkKind) -> list[Work]:
        return [work for work in self._oldest_first() if work.kind == kind]

    def rewrite(self, work_id: str, request: Mapping[str, Any]) -> None:
        with self._lock:
            self._works[work_id] = replace(self.find(work_id), request=dict(request))

    def mark_handed_out(self, run_id: str, *, by: str, at: datetime) -> bool:
        with self._lock:
            work = self._works.get(run_id)
            if work is None or work.state is not WorkState.DONE:
                return False
            if not work.handed_out_by:
                self._works[run_id] = replace(work, handed_out_by=by, handed_out_at=to_milliseconds(at))
            return True

    def withdraw(self, run_id: str) -> bool:
        with self._lock:
            work = self._works.get(run_id)
            if work is not None and not work.handed_out_by and self.expire(run_id):
                self._works[run_id] = replace(self._works[run_id], withdrawn=True)
            return work is not None and self._works[run_id].state is WorkState.EXPIRED

    def mark_on_record(self, work_id: str) -> None:
        with self._lock:
            if work_id in self._works:
                self._works[work_id] = replace(self._works[work_id], on_record=True)

    def expire(self, work_id: str) -> bool:
        with self._lock:
            work = self._works.get(work_id)
            if work is None or not work.state.is_final or work.state == WorkState.EXPIRED:
                return False
            self._works[work_id] = replace(work, state=WorkState.EXPIRED, result={})
            return True

    def claim(
        self, worker: str, *, now: datetime, work_id: str | None = None, kinds: Collection[WorkKind] = tuple(WorkKind)
    ) -> Work | None:
        with self._lock:
            named = sorted(self._works) if work_id is None else [work_id]
            for name in (name for name in named if name in self._works and self._works[name].kind in kinds):
                restarts = self._restarts_if_claimable(name, now)
                if restarts is None:
                    continue
                if restarts > MOST_RESTARTS:
                    self._end(name, WorkState.FAILED, now, error=GAVE_UP)
                    continue
                self._leases[name] = _Lease(worker, now + self._lease, restarts)
                self._works[name] = replace(self._works[name], state=WorkState.RUNNING)
                return self._works[name]
        return None

    def report(self, work_id: str, worker: str, progress: Progress, *, now: datetime) -> None:
        with self._lock:
            self._require_mine(work_id, worker)
            lease = replace(self._leases[work_id], until=now + self._lease)
            most_kept = self._most_kept.get(work_id, 0)
            self._leases[work_id] = replace(lease, restarts=0) if progress.kept > most_kept else lease
            self._most_kept[work_id] = max(most_kept, progress.kept)
            self._works[work_id] = replace(self._works[work_id], progress=progress)

    def finish(self, work_id: str, worker: str, result: Mapping[str, Any], *, now: datetime) -> None:
        with self._lock:
            self._require_mine(work_id, worker)
            self._end(work_id, WorkState.DONE, now, result=dict(result))

    def fail(self, work_id: str, worker: str, error: str, *, now: datetime) -> None:
        with self._lock:
            if self._is_mine(work_id, worker):
                self._end(work_id, WorkState.FAILED, now, error=error)

    def release(self, work_id: str, worker: str, *, now: datetime) -> None:  # noqa: ARG002  part of the protocol
        with self._lock:
            if self._is_mine(work_id, worker):
                self._works[work_id] = replace(self._works[work_id], state=WorkState.QUEUED)
                self._leases.pop(work_id)

    def cancel(self, work_id: str, *, now: datetime) -> bool:
        with self._lock:
            if work_id not in self._works or self._works[work_id].state.is_final:
                return False
            self._end(work_id, WorkState.CANCELLED, now)
            return True

    def _oldest_first(self) -> list[Work]:
        with self._lock:
            return sorted(self._works.values(), key=lambda work: work.work_id)

    def _restarts_if_claimable(self, work_id: str, now: datetime) -> int | None:
        state, lease = self._works[work_id].state, self._leases.get(work_id)
        if state == WorkState.QUEUED:
            return 0
        if state != WorkState.RUNNING or lease is None or not has_run_out(lease.until, now):
            return None
        return lease.restarts + 1

    def _is_mine(self, work_id: str, worker: str) -> bool:
        lease = self._leases.get(work_id)
        return lease is not None and lease.worker == worker and self._works[work_id].state == WorkState.RUNNING

    def _require_mine(self, work_id: str, worker: str) -> None:
        if not self._is_mine(work_id, worker):
            raise WorkCancelledError(NOT_YOURS)

    def _end(
        self, work_id: str, state: WorkState, now: datetime, *, result: dict[str, Any] | None = None, error: str = ""
    ) -> None:
        ended = replace(self._works[work_id], state=state, finished_at=to_milliseconds(now), error=error)
        self._works[work_id] = ended if result is None else replace(ended, result=result)
        self._leases.pop(work_id, None)
