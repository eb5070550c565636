"""Fill an empty database from a backup; until it is declared whole, nobody can start on it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from bson.raw_bson import RawBSONDocument
from pymongo.collection import Collection

from smartbank.adapters.backup_files import RAW, documents_in
from smartbank.adapters.mongo.connection import MongoDatabase
from smartbank.adapters.mongo.holders import let_go, seconds_left, this_process
from smartbank.adapters.mongo.schema import INDEXES, MARK, ensure_schema, make_indexes
from smartbank.core.backups import LEFT_OUT, Manifest, require_empty
from smartbank.core.ports.backups import GoOn
from smartbank.core.wording import plural
from smartbank.errors import BackupError, StorageError

_BATCH_DOCUMENTS: Final = 1_000
_BATCH_BYTES: Final = 8_000_000


def contents_of(database: MongoDatabase) -> list[str]:
    """Return the collections that hold anything. See `DataStore.contents`."""
    if _mark(database).get("state") == "importing":
        return []
    return [name for name in INDEXES if database[name].find_one({}, {"_id": 1}) is not None]


def fill_from(database: MongoDatabase, folder: Path, manifest: Manifest, *, go_on: GoOn) -> None:
    """Bring a checked backup into the empty database, under a mark that keeps everybody out until it is released."""
    token = _take(database)
    try:
        for name, kept in manifest.collections.items():
            collection = database[name].with_options(codec_options=RAW)
            for _ in _insert(collection, documents_in(folder, name, kept)):
                _stay(database, token)
                go_on()
            _require_all(name, kept.documents, database[name].count_documents({}))
        _mend_counters(database, manifest)
    except BaseException:
        let_go(database["schema"], {**MARK, "token": token})
        raise


def _require_all(name: str, expected: int, counted: int) -> None:
    if counted != expected:
        raise BackupError(
            f"Of {plural(expected, 'document')} of {name}, {counted:,} arrived in the database. "
            "Check that its disk is not full, then run the import again."
        )


def declare_whole(database: MongoDatabase, *, schema_version: int) -> None:
    """Let SmartBank start on the database that was filled."""
    whole = {"$set": {"state": "ready", "version": schema_version}}
    if not database["schema"].update_one({**MARK, "state": "importing"}, whole).matched_count:
        raise StorageError("Another import took this database over. Look at what it says, and run only one at a time.")


def _take(database: MongoDatabase) -> str:
    """Return the token of this import; what an earlier one that was broken off left behind is deleted."""
    token, now = uuid4().hex, datetime.now(UTC)
    earlier = _mark(database)
    broken_off = earlier.get("state") == "importing"
    if broken_off:
        if left := seconds_left(earlier, now=now):
            raise BackupError(
                f"An import into this database runs, or broke off just now. "
                f"If none runs, try again in {plural(left, 'second')}."
            )
        same = {**MARK, "state": "importing", "token": earlier["token"]}
    else:
        ensure_schema(database)
        require_empty(contents_of(database))
        same = {**MARK, "state": "ready"}
    mark = {"state": "importing", "token": token, "at": now, "holder": this_process()}
    if not database["schema"].update_one(same, {"$set": mark}).matched_count:
        raise BackupError("Another import into this database has just begun. Wait until it has ended.")
    if broken_off:
        _empty(database, token)
    return token


def _empty(database: MongoDatabase, token: str) -> None:
    for name, indexes in INDEXES.items():
        database.drop_collection(name)
        database.create_collection(name)
        make_indexes(database, name, indexes=indexes)
        _stay(database, token)


def known(manifest: Manifest) -> None:
    """Raise `BackupError` for a backup with collections this SmartBank does not keep."""
    strange = sorted(set(manifest.collections) - (set(INDEXES) - set(LEFT_OUT)))
    if strange:
        raise BackupError(f"The backup holds what this SmartBank does not know: {', '.join(strange)}.")


def _insert(collection: Collection[RawBSONDocument], documents: Iterator[RawBSONDocument]) -> Iterator[None]:
    """Insert documents in batches, and yield after each."""
    batch: list[RawBSONDocument] = []
    size = 0
    for document in documents:
        batch.append(document)
        size += len(document.raw)
        if len(batch) == _BATCH_DOCUMENTS or size >= _BATCH_BYTES:
            collection.insert_many(batch, ordered=False)
            yield
            batch, size = [], 0
    if batch:
        collection.insert_many(batch, ordered=False)
        yield


def _stay(database: MongoDatabase, token: str) -> None:
    alive = {"$set": {"at": datetime.now(UTC)}}
    if not database["schema"].update_one({**MARK, "token": token}, alive).matched_count:
        raise BackupError("Another import took this database over. Run only one at a time.")


def _mend_counters(database: MongoDatabase, manifest: Manifest) -> None:
    """Set stored numbers of documents right: writers that were at work during the backup are not at work here."""
    for found in database["counters"].find({"writers": {"$gte": -1_000_000, "$lte": 1_000_000}}):
        kept = manifest.collections.get(str(found["_id"]))
        true = {"writers": 0} if kept is None else {"writers": 0, "value": kept.documents}
        if {name: found[name] for name in true} != true:
            database["counters"].update_one({"_id": found["_id"]}, {"$set": true})


def _mark(database: MongoDatabase) -> dict[str, Any]:
    return database["schema"].find_one(MARK) or {}
