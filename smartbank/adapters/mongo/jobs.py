"""Timed jobs in MongoDB: one document a job, taken by whoever changes it first."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from pymongo.errors import DuplicateKeyError

from smartbank.adapters.mongo.connection import MongoDatabase
from smartbank.adapters.mongo.errors import storage_errors
from smartbank.adapters.mongo.schema import SCHEMA_VERSION
from smartbank.adapters.work_rules import JOB_TAKEN, LEASE_S
from smartbank.core.jobs import JobStanding
from smartbank.errors import WorkCancelledError


class MongoJobSchedule:
    """Keeps jobs in `jobs`; `lease_s` is how long a worker may be silent, in seconds."""

    def __init__(self, database: MongoDatabase, *, lease_s: float = LEASE_S) -> None:
        self._jobs = database["jobs"]
        self.lease = timedelta(seconds=lease_s)

    def take(self, name: str, worker: str, *, now: datetime, first_at: datetime, early: bool = False) -> bool:
        with storage_errors():
            found = self._jobs.find_one({"_id": name}) or self._add(name, first_at)
            if not _standing(found).may_be_taken(now, early=early):
                return False
            same = {"_id": name, "taken": found["taken"], "lease_until": found["lease_until"]}
            mine = {"worker": worker, "lease_until": now + self.lease, "taken": found["taken"] + 1}
            return self._jobs.find_one_and_update(same, {"$set": mine}) is not None

    def renew(self, name: str, worker: str, *, now: datetime) -> None:
        if not self._change(name, worker, {"lease_until": now + self.lease}):
            raise WorkCancelledError(JOB_TAKEN)

    def finish(self, name: str, worker: str, result: Mapping[str, Any], *, now: datetime, next_at: datetime) -> None:
        done = {"done_at": now, "result": dict(result), "failed_at": None, "error": "", "due_at": next_at}
        self._change(name, worker, {**_nobodys(), **done})

    def fail(self, name: str, worker: str, error: str, *, now: datetime, next_at: datetime) -> None:
        self._change(name, worker, {**_nobodys(), "failed_at": now, "error": error, "due_at": next_at})

    def release(self, name: str, worker: str) -> None:
        self._change(name, worker, _nobodys())

    def standings(self) -> list[JobStanding]:
        with storage_errors():
            return sorted(map(_standing, self._jobs.find()), key=lambda standing: standing.name)

    def standing(self, name: str) -> JobStanding | None:
        with storage_errors():
            found = self._jobs.find_one({"_id": name})
        return None if found is None else _standing(found)

    def _add(self, name: str, first_at: datetime) -> dict[str, Any]:
        never: dict[str, Any] = {"done_at": None, "result": {}, "failed_at": None, "error": ""}
        document = {"_id": name, "due_at": first_at, "taken": 0, **_nobodys(), **never}
        try:
            self._jobs.insert_one({**document, "schema_version": SCHEMA_VERSION})
        except DuplicateKeyError:  # another worker looked at the same moment
            return self._jobs.find_one({"_id": name}) or document
        return document

    def _change(self, name: str, worker: str, values: Mapping[str, Any]) -> bool:
        with storage_errors():
            return bool(self._jobs.update_one({"_id": name, "worker": worker}, {"$set": dict(values)}).matched_count)


def _nobodys() -> dict[str, Any]:
    return {"worker": None, "lease_until": None}


def _standing(document: Mapping[str, Any]) -> JobStanding:
    names = ("due_at", "lease_until", "done_at", "result", "failed_at", "error")
    return JobStanding(document["_id"], **{name: document[name] for name in names})
