"""The ids of a collection's newest documents, kept beside it: the embedded server would read all of it to find them."""

from smartbank.adapters.mongo.connection import MongoDatabase
from smartbank.adapters.work_rules import RECENT_KEPT


class RecentIds:
    """Keeps up to `RECENT_KEPT` ids, newest first, in one document; ids sort by time."""

    def __init__(self, database: MongoDatabase, collection: str) -> None:
        self._lists = database["counters"]
        self._collection = database[collection]
        self._mine = {"_id": f"recent:{collection}"}

    def add(self, document_id: str) -> None:
        """Put an id in its place; the oldest one may drop out."""
        newest = {"$push": {"ids": {"$each": [document_id], "$sort": -1, "$slice": RECENT_KEPT}}}
        if not self._lists.update_one(self._mine, newest).matched_count:
            self._lists.update_one(self._mine, {"$setOnInsert": {"ids": self._read_all()}}, upsert=True)
            self._lists.update_one(self._mine, newest)

    def newest(self, limit: int) -> list[str]:
        """Return the newest ids, newest first."""
        found = self._lists.find_one(self._mine)
        ids: list[str] = found["ids"] if found is not None else self._read_all()
        return ids[: max(0, limit)]

    def _read_all(self) -> list[str]:
        """Return the newest ids of a collection filled before there was a list."""
        return [found["_id"] for found in self._collection.find({}, {"_id": 1}).sort("_id", -1).limit(RECENT_KEPT)]
