"""Make every index while its collection is empty, once, whoever starts first."""

import time
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import uuid4

from pymongo import ASCENDING, IndexModel
from pymongo.errors import DuplicateKeyError

from smartbank.adapters.mongo.connection import MongoDatabase
from smartbank.adapters.mongo.errors import storage_errors
from smartbank.errors import StorageError

SCHEMA_VERSION: Final = 1
"""Stored as `schema_version` on each document."""

INDEXES: Final[dict[str, tuple[IndexModel, ...]]] = {
    "customers": (
        IndexModel([("name_tokens", ASCENDING)], name="name_tokens"),
        IndexModel([("consent_state", ASCENDING)], name="consent_state"),
    ),
    "customer_versions": (
        IndexModel([("customer_id", ASCENDING), ("version", ASCENDING)], name="customer_version", unique=True),
    ),
    "uploads": (IndexModel([("state", ASCENDING)], name="state"),),
    "scoring_runs": (IndexModel([("state", ASCENDING)], name="state"),),
    "exports": (IndexModel([("state", ASCENDING)], name="state"),),
    "run_frames": (IndexModel([("owner", ASCENDING)], name="owner"),),
    "run_frame_chunks": (IndexModel([("owner", ASCENDING)], name="owner"),),
    "files": (),
    "file_chunks": (IndexModel([("owner", ASCENDING)], name="owner"),),
    "predictions": (
        IndexModel([("run_id", ASCENDING), ("rank", ASCENDING)], name="run_rank", unique=True),
        IndexModel([("customer_id", ASCENDING), ("scored_at", ASCENDING)], name="customer_scored"),
    ),
    "users": (),
    "sessions": (IndexModel([("username", ASCENDING)], name="username"),),
    "tickets": (),
    "sign_in_failures": (IndexModel([("key", ASCENDING), ("at", ASCENDING)], name="key_at"),),
    "settings": (),
    "audit_log": (),
    "removals": (IndexModel([("state", ASCENDING)], name="state"),),
    "column_mappings": (),
    "inbox": (IndexModel([("username", ASCENDING)], name="username"),),
    "jobs": (),
    "counters": (),
}
"""Every collection and its indexes; `_id` has one of its own."""

_STALE_AFTER: Final = timedelta(seconds=10)
_PATIENCE_S: Final = 60.0
_PAUSE_S: Final = 0.1


def ensure_schema(database: MongoDatabase) -> None:
    """Make what is missing of the schema; quick when nothing is, safe when several processes start at once.

    Raises
    ------
    StorageError
        The database was made by another version of SmartBank, or does not answer.
    """
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline:
        with storage_errors():
            if _is_ready(database):
                return
            token = _take(database)
            if token is not None:
                _make_indexes(database, token)
                return
        time.sleep(_PAUSE_S)
    raise StorageError("Another SmartBank is preparing the database and has not finished. Start again in a minute.")


def _is_ready(database: MongoDatabase) -> bool:
    mark = database["schema"].find_one({"_id": "schema"})
    if mark is None or mark["state"] != "ready":
        return False
    if mark["version"] != SCHEMA_VERSION:
        raise StorageError(
            f"The database has schema version {mark['version']}, this SmartBank needs {SCHEMA_VERSION}. "
            "Use the SmartBank that made it, or move the data by export and import."
        )
    return True


def _take(database: MongoDatabase) -> str | None:
    """Return a token if the schema is this process's to make; that of a dead process is taken over."""
    schema, token, now = database["schema"], uuid4().hex, datetime.now(UTC)
    mark = {"version": SCHEMA_VERSION, "state": "in progress", "token": token, "at": now}
    try:
        schema.insert_one({"_id": "schema", **mark})
        return token
    except DuplicateKeyError:
        found = schema.find_one({"_id": "schema"})
    if found is None or found["state"] == "ready" or found["at"] > now - _STALE_AFTER:
        return None
    taken = schema.find_one_and_update({"_id": "schema", "token": found["token"]}, {"$set": mark})
    return token if taken is not None else None


def _make_indexes(database: MongoDatabase, token: str) -> None:
    """Drop and make: an index a killed process left behind may be partial, and making it again would not mend it."""
    mine = {"_id": "schema", "token": token}
    existing = set(database.list_collection_names())
    for name, indexes in INDEXES.items():
        if name in existing:
            database[name].drop_indexes()
        else:
            database.create_collection(name)
        if indexes:
            database[name].create_indexes(list(indexes))
        if not database["schema"].update_one(mine, {"$set": {"at": datetime.now(UTC)}}).matched_count:
            raise StorageError("Another SmartBank took over preparing the database. Start again in a minute.")
    database["schema"].update_one(mine, {"$set": {"state": "ready"}})
