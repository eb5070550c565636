"""The audit log in MongoDB: one document an entry, its number the key, so that two writers cannot take one place."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

from bson.codec_options import DatetimeConversion
from prometheus_client import Counter
from pymongo.errors import DuplicateKeyError

from smartbank.adapters.audit_documents import entry_document, read_entry
from smartbank.adapters.mongo.bulk import IN_AT_MOST, batches
from smartbank.adapters.mongo.connection import MongoDatabase
from smartbank.adapters.mongo.errors import storage_errors
from smartbank.adapters.mongo.late_note import LateNote
from smartbank.core.audit import GENESIS, AuditEntry, AuditEvent, BrokenEntry, chained
from smartbank.core.moments import to_milliseconds
from smartbank.errors import StorageError

_TRIES: Final = 200
_BY_NUMBER: Final = 1_000
"""Fewer entries are asked for by their numbers: the embedded server reads the whole log for a range."""
_CHUNK: Final = 1_000
"""Entries held at a time."""
_AHEAD: Final = 20
_SHAPE: Final = 2
"""The schema version that gave an entry its shape: an older SmartBank can check the chain after the way back."""
_HEAD: Final = {"_id": "audit_log"}
WRITTEN: Final = Counter("smartbank_audit_events", "What this process wrote into the audit log.", ("action", "result"))


class MongoAuditLog:
    """Keeps entries in `audit_log`, and number and hash of the newest one in `counters`.

    The note of the newest entry may lag behind, or be lost with the process that was to write it: a writer walks on
    from it, or from the entry it wrote last, to the true end, and takes the next number, which only one writer can.

    Parameters
    ----------
    notes_later : bool
        Whether nobody who appends waits for the note: for a process that goes on after it.
    """

    def __init__(self, database: MongoDatabase, *, notes_later: bool = False) -> None:
        as_stored = database.codec_options.with_options(
            datetime_conversion=DatetimeConversion.DATETIME_AUTO, unicode_decode_error_handler="replace"
        )  # a value that was damaged must be read to be reported
        self._entries = database.get_collection("audit_log", codec_options=as_stored)
        self._counters = database["counters"]
        self._seen: tuple[int, str] | None = None
        self._late = LateNote(self._keep_note) if notes_later else None

    def append(self, event: AuditEvent) -> AuditEntry:
        event = replace(event, at=to_milliseconds(event.at))
        with storage_errors():
            for _ in range(_TRIES):
                number, previous = self._end_since(self._seen) or self._end()
                entry = chained(event, number=number + 1, previous=previous)
                try:
                    self._entries.insert_one(entry_document(entry, schema_version=_SHAPE))
                except DuplicateKeyError:  # another writer took the number
                    continue
                self._seen = entry.number, entry.hash
                self._note(self._seen)
                WRITTEN.labels(event.action, event.result).inc()
                return entry
        raise StorageError("The audit log is too busy to take an entry. Try again in a minute.")

    def entries(self) -> Iterator[AuditEntry | BrokenEntry]:
        with storage_errors():
            for found in self._entries.find().sort("_id", 1).batch_size(_CHUNK):
                yield read_entry(found, schema_version=_SHAPE)

    def newest(self, *, limit: int = 100) -> list[AuditEntry | BrokenEntry]:
        with storage_errors():
            number, _ = self._end()
            return self._numbered(range(number, max(0, number - limit), -1))

    def backwards(self, first: int, last: int) -> Iterator[AuditEntry | BrokenEntry]:
        with storage_errors():
            if last - first < _BY_NUMBER:
                yield from self._numbered(range(last, first - 1, -1))
                return
            for found in self._entries.find({"_id": {"$gte": first, "$lte": last}}).sort("_id", -1).batch_size(_CHUNK):
                yield read_entry(found, schema_version=_SHAPE)

    def end(self) -> tuple[int, str]:
        with storage_errors():
            return self._end()

    def head(self) -> tuple[int, str]:
        self._wait_for_note()
        with storage_errors():
            noted = self._noted()
        if noted is None:
            raise StorageError("The note of the newest audit entry was changed: it is no number and hash.")
        return noted

    def _numbered(self, numbers: range) -> list[AuditEntry | BrokenEntry]:
        found = {
            row["_id"]: row
            for batch in batches(numbers, IN_AT_MOST)
            for row in self._entries.find({"_id": {"$in": batch}})
        }
        return [read_entry(found[key], schema_version=_SHAPE) for key in numbers if key in found]

    def _end(self) -> tuple[int, str]:
        """Return number and hash of the last entry before the first free number, seen from the note."""
        self._wait_for_note()
        number, previous = self._noted() or (0, GENESIS)
        while True:
            last, previous = _followed(number, previous, self._hashes(number + 1))
            if last != number + _AHEAD:
                return last, previous
            number = last

    def _end_since(self, seen: tuple[int, str] | None) -> tuple[int, str] | None:
        """Return the end as seen from an entry of before; None where that is not there any more, or the end is far."""
        if seen is None:
            return None
        number, previous = seen
        found = self._hashes(number)
        if found.get(number) != previous:
            return None
        last, previous = _followed(number, previous, found)
        return (last, previous) if last < number + _AHEAD - 1 else None

    def _hashes(self, first: int) -> dict[int, str]:
        """Return the hashes of the entries from a number on, a few."""
        wanted = list(range(first, first + _AHEAD))
        return {row["_id"]: str(row.get("hash")) for row in self._entries.find({"_id": {"$in": wanted}}, {"hash": 1})}

    def _noted(self) -> tuple[int, str] | None:
        """Return the note of the newest entry; None when it holds something else."""
        found: dict[str, Any] | None = self._counters.find_one(_HEAD)
        if found is None:
            return 0, GENESIS
        number, noted = found.get("number"), found.get("hash")
        return (number, noted) if isinstance(number, int) and number >= 0 and isinstance(noted, str) else None

    def _note(self, entry: tuple[int, str]) -> None:
        if self._late is not None:
            self._late.write(entry)
        else:
            self._keep_note(entry)

    def _wait_for_note(self) -> None:
        if self._late is not None:
            self._late.wait()

    def _keep_note(self, entry: tuple[int, str]) -> None:
        newer = {"number": entry[0], "hash": entry[1]}
        if not self._counters.update_one({**_HEAD, "number": {"$lt": entry[0]}}, {"$set": newer}).matched_count:
            with suppress(DuplicateKeyError):  # another writer was first; the next one walks on from its note
                self._counters.update_one(_HEAD, {"$setOnInsert": newer}, upsert=True)


def _followed(number: int, previous: str, hashes: Mapping[int, str]) -> tuple[int, str]:
    """Return the last of the entries that follow one without a gap, and its hash."""
    while number + 1 in hashes:
        number, previous = number + 1, hashes[number + 1]
    return number, previous
