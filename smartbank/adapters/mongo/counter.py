"""Count documents without reading them all."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Final

from pymongo import UpdateOne

from smartbank.adapters.mongo.connection import MongoDatabase

_FORGOTTEN_AFTER: Final = timedelta(minutes=15)


class Counter:
    """A stored number of documents of a collection, mended by counting after a writer died.

    A writer says so before and after it writes; while one is at work or has died, the documents are counted. Who writes
    in a transaction says it there, once.
    """

    def __init__(self, database: MongoDatabase, collection: str) -> None:
        self._counters = database["counters"]
        self._collection = database[collection]
        self._mine = {"_id": collection}

    def value(self) -> int:
        """Return the number of documents."""
        found = self._counters.find_one(self._mine)
        if found is None:
            return self._collection.estimated_document_count()
        if not found["writers"]:
            return int(found["value"])
        counted = self._collection.estimated_document_count()
        if found["at"] < datetime.now(UTC) - _FORGOTTEN_AFTER:
            same = {**self._mine, "at": found["at"], "value": found["value"], "writers": found["writers"]}
            self._counters.update_one(same, {"$set": {"value": counted, "writers": 0}})
        return counted

    def adding(self, number: int, *, at: datetime) -> UpdateOne:
        """Return the note of so many documents more, to be written to `counters` in one transaction with them."""
        start = {"$inc": {"value": number, "writers": 0}, "$setOnInsert": {"at": at}}
        return UpdateOne(self._mine, start, upsert=True)

    @contextmanager
    def writing(self) -> Generator[list[int]]:
        """Append to the list what was added (or taken away, below zero); it counts when the block ends well."""
        changes: list[int] = []
        now = datetime.now(UTC)
        start = {"$inc": {"value": 0, "writers": 1}, "$set": {"at": now}}
        self._counters.update_one(self._mine, start, upsert=True)
        yield changes
        self._counters.update_one(self._mine, {"$inc": {"value": sum(changes), "writers": -1}})
