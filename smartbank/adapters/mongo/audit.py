"""The audit log in MongoDB: one document an entry, its number the key, so that two writers cannot take one place."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from pymongo.errors import DuplicateKeyError

from smartbank.adapters.mongo.bulk import batches
from smartbank.adapters.mongo.connection import MongoDatabase
from smartbank.adapters.mongo.errors import storage_errors
from smartbank.adapters.mongo.schema import SCHEMA_VERSION
from smartbank.core.audit import GENESIS, AuditAction, AuditEntry, AuditEvent, AuditResult, chained
from smartbank.errors import StorageError

_TRIES: Final = 200
_IN_AT_MOST: Final = 100
_HEAD: Final = {"_id": "audit_log"}


class MongoAuditLog:
    """Keeps entries in `audit_log`, and number and hash of the newest one in `counters`.

    The note of the newest entry may lag behind: a writer walks on from it to the true end, and takes the next number,
    which only one writer can.
    """

    def __init__(self, database: MongoDatabase) -> None:
        self._entries = database["audit_log"]
        self._counters = database["counters"]

    def append(self, event: AuditEvent) -> AuditEntry:
        event = replace(event, at=_to_milliseconds(event.at))
        with storage_errors():
            for _ in range(_TRIES):
                number, previous = self._end()
                entry = chained(event, number=number + 1, previous=previous)
                try:
                    self._entries.insert_one(_document(entry))
                except DuplicateKeyError:
                    continue
                self._note(entry)
                return entry
        raise StorageError("The audit log is too busy to take an entry. Try again in a minute.")

    def entries(self) -> Iterator[AuditEntry]:
        with storage_errors():
            for found in self._entries.find().sort("_id", 1):
                yield _entry(found)

    def newest(self, *, limit: int = 100) -> list[AuditEntry]:
        with storage_errors():
            number, _ = self._end()
            numbers = list(range(number, max(0, number - limit), -1))
            found = [
                row for batch in batches(numbers, _IN_AT_MOST) for row in self._entries.find({"_id": {"$in": batch}})
            ]
            return sorted(map(_entry, found), key=lambda entry: -entry.number)

    def head(self) -> tuple[int, str]:
        with storage_errors():
            return self._noted()

    def _end(self) -> tuple[int, str]:
        number, previous = self._noted()
        while (found := self._entries.find_one({"_id": number + 1}, {"hash": 1})) is not None:
            number, previous = number + 1, str(found["hash"])
        return number, previous

    def _noted(self) -> tuple[int, str]:
        found = self._counters.find_one(_HEAD)
        return (0, GENESIS) if found is None else (int(found["number"]), str(found["hash"]))

    def _note(self, entry: AuditEntry) -> None:
        newer = {"number": entry.number, "hash": entry.hash}
        if not self._counters.update_one({**_HEAD, "number": {"$lt": entry.number}}, {"$set": newer}).matched_count:
            try:
                self._counters.update_one(_HEAD, {"$setOnInsert": newer}, upsert=True)
            except DuplicateKeyError:  # another writer was first; the next one walks on from its note
                return


def _document(entry: AuditEntry) -> dict[str, Any]:
    values = {**entry.event.__dict__, "details": dict(entry.event.details)}
    said = {
        name: str(value) if isinstance(value, AuditAction | AuditResult) else value for name, value in values.items()
    }
    return {
        "_id": entry.number,
        **said,
        "previous": entry.previous,
        "hash": entry.hash,
        "schema_version": SCHEMA_VERSION,
    }


def _entry(document: Mapping[str, Any]) -> AuditEntry:
    event = AuditEvent(
        at=document["at"],
        who=document["who"],
        place=document["place"],
        action=document["action"],
        object_kind=document["object_kind"],
        object_id=document["object_id"],
        result=document["result"],
        details=document["details"],
    )
    return AuditEntry(int(document["_id"]), event, document["previous"], document["hash"])


def _to_milliseconds(moment: datetime) -> datetime:
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
