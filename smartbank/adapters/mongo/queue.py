"""Queued work in MongoDB, one collection a kind, claimed under leases."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from smartbank.adapters.mongo.connection import MongoDatabase
from smartbank.adapters.mongo.errors import storage_errors
from smartbank.adapters.mongo.holders import is_dead, this_process
from smartbank.adapters.mongo.recent_ids import RecentIds
from smartbank.adapters.mongo.schema import SCHEMA_VERSION
from smartbank.adapters.mongo.sealed_work import opened_work, sealed_update, sealed_values
from smartbank.adapters.vault import Vault
from smartbank.adapters.work_rules import GAVE_UP, LEASE_S, MOST_RESTARTS, NO_SUCH_WORK, NOT_YOURS
from smartbank.core.leases import has_run_out
from smartbank.core.work import Progress, Work, WorkKind, WorkState
from smartbank.errors import NotFoundError, WorkCancelledError

COLLECTIONS: Final = {
    WorkKind.UPLOAD: "uploads",
    WorkKind.RUN: "scoring_runs",
    WorkKind.EXPORT: "exports",
    WorkKind.REMOVAL: "removals",
    WorkKind.MARKET: "market_refreshes",
    WorkKind.TRAINING: "trainings",
    WorkKind.LIST: "list_releases",
}

_CANDIDATES: Final = 10
_NOT_STARTED: Final = -1
_UNFINISHED: Final = (WorkState.QUEUED, WorkState.RUNNING)
_NOT_HANDED_OUT: Final = {"handed_out_by": {"$in": ["", None]}}
_EXPIRED: Final = {"state": WorkState.EXPIRED, "result": {}}
_ENDED: Final = (WorkState.DONE, WorkState.FAILED, WorkState.CANCELLED)


class MongoWorkQueue:
    """Keeps one document a piece of work; what it says of files and values is sealed.

    Parameters
    ----------
    lease_s : float
        Seconds a worker may be silent before its work goes to another one; one that is known to be dead, none.
    """

    def __init__(self, database: MongoDatabase, *, vault: Vault, lease_s: float = LEASE_S) -> None:
        self._works = {kind: database[name] for kind, name in COLLECTIONS.items()}
        self._recent = {kind: RecentIds(database, name) for kind, name in COLLECTIONS.items()}
        self._lease = timedelta(seconds=lease_s)
        self._vault = vault

    def add(self, work: Work) -> None:
        with storage_errors(), self._vault.writing():
            self._recent[work.kind].add(work.work_id)  # first: an id without its work is passed over
            said = sealed_values(work.work_id, _values(work), vault=self._vault)
            mine = {
                "_id": work.work_id,
                "restarts": _NOT_STARTED,
                "kept": 0,
                "sealed_with": [self._vault.sealing_key()],
            }
            self._works[work.kind].insert_one({**said, **mine, "schema_version": SCHEMA_VERSION})

    def find(self, work_id: str) -> Work:
        with storage_errors():
            for kind, works in self._works.items():
                if (found := works.find_one({"_id": work_id})) is not None:
                    return self._work(kind, found)
        raise NotFoundError(NO_SUCH_WORK)

    def recent(self, kind: WorkKind, *, limit: int = 20) -> list[Work]:
        with storage_errors():
            found = list(self._works[kind].find({"_id": {"$in": self._recent[kind].newest(limit)}}))
        return [self._work(kind, document) for document in _oldest_first(found)[::-1]]

    def unfinished(self, *, limit: int = 20) -> list[Work]:
        with storage_errors():
            found = [
                (kind, document)
                for kind, works in self._works.items()
                for document in works.find({"state": {"$in": list(_UNFINISHED)}}).sort("_id", 1).limit(limit)
            ]
        oldest = sorted(found, key=lambda pair: str(pair[1]["_id"]))[:limit]
        return [self._work(kind, document) for kind, document in oldest]

    def unexpired(self, kind: WorkKind) -> list[Work]:
        with storage_errors():
            found = list(self._works[kind].find({"state": {"$in": [*_UNFINISHED, *_ENDED]}}))
        return [self._work(kind, document) for document in _oldest_first(found)]

    def every(self, kind: WorkKind) -> list[Work]:
        with storage_errors():
            found = list(self._works[kind].find())
        return [self._work(kind, document) for document in _oldest_first(found)]

    def rewrite(self, work_id: str, request: Mapping[str, Any]) -> None:
        self._update({"_id": work_id}, {"request": dict(request)})

    def mark_handed_out(self, run_id: str, *, by: str, at: datetime) -> bool:
        kept = {"_id": run_id, "state": WorkState.DONE}
        mark = {"handed_out_by": by, "handed_out_at": at}
        return self._update({**kept, **_NOT_HANDED_OUT}, mark) or self._is(kept)

    def withdraw(self, run_id: str) -> bool:
        where = {"_id": run_id, "state": {"$in": list(_ENDED)}, **_NOT_HANDED_OUT}
        return self._update(where, {**_EXPIRED, "withdrawn": True}) or self._is(
            {"_id": run_id, "state": WorkState.EXPIRED}
        )

    def mark_on_record(self, work_id: str) -> None:
        self._update({"_id": work_id}, {"on_record": True})

    def expire(self, work_id: str) -> bool:
        where = {"_id": work_id, "state": {"$in": list(_ENDED)}}
        return self._update(where, _EXPIRED)

    def claim(
        self, worker: str, *, now: datetime, work_id: str | None = None, kinds: Collection[WorkKind] = tuple(WorkKind)
    ) -> Work | None:
        with storage_errors():
            for kind, found in self._candidates(now, {} if work_id is None else {"_id": work_id}, kinds):
                same = {"_id": found["_id"], "state": found["state"], "restarts": found["restarts"]}
                if found["state"] == WorkState.RUNNING:
                    same["lease_until"] = found["lease_until"]
                if found["restarts"] >= MOST_RESTARTS:
                    self._update(same, _final(WorkState.FAILED, now) | {"error": GAVE_UP})
                    continue
                held = {"worker": worker, "holder": this_process(), "lease_until": now + self._lease}
                taken = {"state": WorkState.RUNNING, **held}
                if self._works[kind].find_one_and_update(same, {"$set": taken, "$inc": {"restarts": 1}}) is not None:
                    return self.find(found["_id"])
        return None

    def report(self, work_id: str, worker: str, progress: Progress, *, now: datetime) -> None:
        values = {"progress": dict(progress.__dict__), "lease_until": now + self._lease}
        less_kept = {
            **_running(work_id, worker),
            "kept": {"$lt": progress.kept},
        }  # beside the progress, which is sealed
        if not (progress.kept and self._update(less_kept, values | {"kept": progress.kept, "restarts": 0})):
            self._change(work_id, worker, values)

    def finish(self, work_id: str, worker: str, result: Mapping[str, Any], *, now: datetime) -> None:
        self._change(work_id, worker, {**_final(WorkState.DONE, now), "result": dict(result)})

    def fail(self, work_id: str, worker: str, error: str, *, now: datetime) -> None:
        self._update(_running(work_id, worker), {**_final(WorkState.FAILED, now), "error": error})

    def release(self, work_id: str, worker: str, *, now: datetime) -> None:  # noqa: ARG002  part of the protocol
        back = {"state": WorkState.QUEUED, "worker": None, "lease_until": None, "restarts": _NOT_STARTED}
        self._update(_running(work_id, worker), back)

    def cancel(self, work_id: str, *, now: datetime) -> bool:
        return self._update({"_id": work_id, "state": {"$in": list(_UNFINISHED)}}, _final(WorkState.CANCELLED, now))

    def _candidates(
        self, now: datetime, meant: Mapping[str, Any], kinds: Collection[WorkKind]
    ) -> Iterator[tuple[WorkKind, dict[str, Any]]]:
        """Yield the oldest pieces of work that wait, whose lease has run out or whose worker is dead, oldest first."""
        shown = {"state": 1, "restarts": 1, "lease_until": 1, "holder": 1}
        found = []
        for kind in kinds:
            waiting = self._works[kind].find({"state": WorkState.QUEUED, **meant}, shown)
            running = self._works[kind].find({"state": WorkState.RUNNING, **meant}, shown)  # as many as workers
            found += [(kind, document) for document in waiting.sort("_id", 1).limit(_CANDIDATES)]
            found += [(kind, document) for document in running if _is_left(document, now)]
        yield from sorted(found, key=lambda pair: str(pair[1]["_id"]))

    def _is(self, where: Mapping[str, Any]) -> bool:
        with storage_errors():
            return any(works.find_one(dict(where), {"_id": 1}) is not None for works in self._works.values())

    def _change(self, work_id: str, worker: str, values: Mapping[str, Any]) -> None:
        if not self._update(_running(work_id, worker), values):
            raise WorkCancelledError(NOT_YOURS)

    def _update(self, where: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
        with storage_errors(), self._vault.writing():
            update = sealed_update(str(where["_id"]), values, vault=self._vault)
            return any(works.update_one(where, update).matched_count for works in self._works.values())

    def _work(self, kind: WorkKind, document: Mapping[str, Any]) -> Work:
        return _work(kind, opened_work(document, vault=self._vault))


def _is_left(running: Mapping[str, Any], now: datetime) -> bool:
    return has_run_out(running["lease_until"], now) or is_dead(running.get("holder", {}))


def _oldest_first(documents: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(documents, key=lambda document: str(document["_id"]))


def _running(work_id: str, worker: str) -> dict[str, Any]:
    return {"_id": work_id, "state": WorkState.RUNNING, "worker": worker}


def _final(state: WorkState, now: datetime) -> dict[str, Any]:
    return {"state": state, "finished_at": now, "worker": None, "lease_until": None}


def _values(work: Work) -> dict[str, Any]:
    values = {name: value for name, value in work.__dict__.items() if name not in ("work_id", "kind")}
    return {**values, "progress": dict(work.progress.__dict__)}


def _work(kind: WorkKind, document: Mapping[str, Any]) -> Work:
    return Work(
        work_id=document["_id"],
        kind=kind,
        created_by=document["created_by"],
        created_at=document["created_at"],
        request=document["request"],
        state=WorkState(document["state"]),
        progress=Progress(**document["progress"]),
        result=document["result"],
        error=document["error"],
        finished_at=document["finished_at"],
        handed_out_by=document.get("handed_out_by", ""),
        handed_out_at=document.get("handed_out_at"),
        withdrawn=document.get("withdrawn", False),
        on_record=document.get("on_record", True),  # what ended before this was noted is not told of again
    )
