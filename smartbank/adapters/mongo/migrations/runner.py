"""Take a database from one schema version to another, step by step; what was broken off goes on where it stopped."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

from pymongo import DeleteOne, IndexModel, ReplaceOne
from pymongo.collection import Collection

from smartbank.adapters.mongo.connection import MongoDatabase
from smartbank.adapters.mongo.holders import beating, let_go, seconds_left, this_process
from smartbank.adapters.mongo.migrations.step import Document, Step
from smartbank.adapters.mongo.schema import INDEXES, MARK, SCHEMA_VERSION
from smartbank.adapters.vault import Vault
from smartbank.core.ports.backups import GoOn
from smartbank.core.wording import plural
from smartbank.errors import MigrationError

_BATCH_DOCUMENTS: Final = 500
_BATCH_BYTES: Final = 8_000_000


class Migration:
    """One run of `migrate`, which holds the mark of the schema."""

    def __init__(self, database: MongoDatabase, *, steps: Sequence[Step], vault: Vault, go_on: GoOn) -> None:
        self._database = database
        self._steps = steps
        self._vault = vault
        self._go_on = go_on
        self._mine = {**MARK, "token": uuid4().hex}

    def run(self, to: int) -> int:
        """Take the database to a version, and return how many documents were rewritten."""
        version = self._take(to)
        rewritten = 0
        try:
            with beating(self._note):
                while version != to:
                    toward = version + (1 if to > version else -1)
                    self._note(version=version, toward=toward)
                    rewritten += self._walk(version, toward)
                    version = toward
                    self._note(version=version, toward=version)
                self._make_missing(to)
        except BaseException:
            let_go(self._database["schema"], self._mine)
            raise
        self._note(state="ready")
        return rewritten

    def _take(self, to: int) -> int:
        """Take the mark and return the version to begin at: the end of a broken-off step that lies away from `to`."""
        mark, now = self._database["schema"].find_one(MARK) or {}, datetime.now(UTC)
        version = toward = int(mark["version"])
        same, values = {**MARK, "state": mark["state"], "version": version}, {"toward": version}
        if mark["state"] == "migrating":
            if left := seconds_left(mark, now=now):
                raise MigrationError(
                    "A migration of this database runs, or broke off just now. "
                    f"If none runs, try again in {plural(left, 'second')}."
                )
            toward = int(mark["toward"])
            same, values = {**same, "token": mark["token"]}, {"toward": toward}
        mine = {"state": "migrating", "token": self._mine["token"], "at": now, "holder": this_process(), **values}
        if not self._database["schema"].update_one(same, {"$set": mine}).matched_count:
            raise MigrationError("Another migration of this database has just begun. Wait until it has ended.")
        return toward if (to - version) * (toward - version) <= 0 else version

    def _walk(self, version: int, toward: int) -> int:
        step = self._steps[min(version, toward) - 1]
        for name in step.EMPTIED:
            self._database[name].delete_many({})
        count = 0
        for name in step.REWRITTEN:
            self._drop_indexes(name)
            while changed := self._rewrite(step, name, version, toward):
                count += changed
            below: Mapping[str, tuple[IndexModel, ...]] = step.INDEXES_BELOW if toward < version else INDEXES
            self._make_indexes(name, below[name])
        return count

    def _drop_indexes(self, name: str) -> None:
        """Drop one after the other: that of a large collection may take a minute, in which nothing can be broken off.

        An index a killed process left behind may be partial, and making it again would not mend it.
        """
        for each in self._database[name].index_information():
            if each != "_id_":
                self._database[name].drop_index(each)
                self._go_on()

    def _make_indexes(self, name: str, indexes: Sequence[IndexModel]) -> None:
        self._drop_indexes(name)
        for each in indexes:
            self._database[name].create_indexes([each])
            self._go_on()

    def _rewrite(self, step: Step, name: str, version: int, toward: int) -> int:
        """Rewrite the documents of a version, and return how many there were."""
        collection, count = self._database[name], 0
        change = step.forward if toward > version else step.back
        # a document keeps the stamp of the version that wrote it until a step changes the shape of its kind
        stamped = {"$lte": version} if toward > version else {"$gte": version}
        for batch in _batches(collection, stamped):
            with self._vault.writing():
                changes = [(old, change(name, old, vault=self._vault)) for old in batch]
                writes = [ReplaceOne({"_id": new["_id"]}, new, upsert=True) for _, new in changes]
                collection.bulk_write(writes, ordered=False)
            moved = [DeleteOne({"_id": old["_id"]}) for old, new in changes if new["_id"] != old["_id"]]
            if moved:
                collection.bulk_write(moved, ordered=False)
            count += len(batch)
            self._note()
            self._go_on()
        return count

    def _make_missing(self, to: int) -> None:
        """Make the collections that a newer version added, and in this version's database every index that lacks.

        A collection that no step rewrites may have got an index since the database was made.
        """
        existing = set(self._database.list_collection_names())
        for name, indexes in INDEXES.items():
            if name not in existing:
                self._database.create_collection(name)
            if name not in existing or (to == SCHEMA_VERSION and self._lacks(name, indexes)):
                self._make_indexes(name, indexes)

    def _lacks(self, name: str, indexes: Sequence[IndexModel]) -> bool:
        made = self._database[name].index_information()
        return any(index.document["name"] not in made for index in indexes)

    def _note(self, **values: Any) -> None:  # noqa: ANN401  values of the mark
        """Say that the migration is alive, and how far it is."""
        alive = {"$set": {"at": datetime.now(UTC), **values}}
        if not self._database["schema"].update_one(self._mine, alive).matched_count:
            raise MigrationError("Another migration took this database over. Run only one at a time.")


def _batches(collection: Collection[Document], stamped: Mapping[str, int]) -> Iterator[list[Document]]:
    batch: list[Document] = []
    size = 0
    for document in collection.find({"schema_version": stamped}, batch_size=100):
        batch.append(document)
        size += len(document.get("data", b""))
        if len(batch) == _BATCH_DOCUMENTS or size >= _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
