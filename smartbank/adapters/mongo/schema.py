"""Make every index while its collection is empty, once, whoever starts first."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import uuid4

from pymongo import ASCENDING, IndexModel
from pymongo.errors import DuplicateKeyError

from smartbank.adapters.customer_documents import FIELD_PATH
from smartbank.adapters.mongo.connection import MongoDatabase
from smartbank.adapters.mongo.errors import storage_errors
from smartbank.errors import StorageError

SCHEMA_VERSION: Final = 3
"""Stored as `schema_version` on each document; `migrations` has the steps between versions."""

_SEALED_WITH: Final = IndexModel([("sealed_with", ASCENDING)], name="sealed_with")
"""Finds what a key still seals, when keys are rotated."""
_UPLOAD: Final = IndexModel([("source.upload_id", ASCENDING)], name="upload")
"""Finds what an upload added and changed, when it is undone."""

_NO_NUMBER: Final = IndexModel(
    [(FIELD_PATH["phone"], ASCENDING)], name="no_number", partialFilterExpression={FIELD_PATH["phone"]: None}
)
"""Finds customers without a phone number; holds no others."""

INDEXES: Final[dict[str, tuple[IndexModel, ...]]] = {
    "customers": (
        IndexModel([("name_tokens", ASCENDING)], name="name_tokens"),
        IndexModel([("consent_state", ASCENDING)], name="consent_state"),
        IndexModel([("synthetic", ASCENDING)], name="synthetic"),
        _NO_NUMBER,
        _UPLOAD,
        _SEALED_WITH,
    ),
    "customer_versions": (
        IndexModel([("customer_id", ASCENDING), ("version", ASCENDING)], name="customer_version", unique=True),
        IndexModel([("replaced_at", ASCENDING)], name="replaced_at"),
        _UPLOAD,
        _SEALED_WITH,
    ),
    "uploads": (IndexModel([("state", ASCENDING)], name="state"), _SEALED_WITH),
    "scoring_runs": (IndexModel([("state", ASCENDING)], name="state"), _SEALED_WITH),
    "exports": (IndexModel([("state", ASCENDING)], name="state"), _SEALED_WITH),
    "run_frames": (IndexModel([("owner", ASCENDING)], name="owner"),),
    "run_frame_chunks": (IndexModel([("owner", ASCENDING)], name="owner"), _SEALED_WITH),
    "files": (),
    "file_chunks": (IndexModel([("owner", ASCENDING)], name="owner"), _SEALED_WITH),
    "mark_claims": (
        IndexModel([("upload_id", ASCENDING)], name="upload"),
        IndexModel([("customer_id", ASCENDING)], name="customer"),
    ),
    "predictions": (
        IndexModel([("run_id", ASCENDING), ("rank", ASCENDING)], name="run_rank", unique=True),
        IndexModel([("customer_id", ASCENDING), ("scored_at", ASCENDING)], name="customer_scored"),
    ),
    "scoring_grounds": (),
    "request_answers": (IndexModel([("begun_at", ASCENDING)], name="begun"), _SEALED_WITH),
    "users": (),
    "sessions": (IndexModel([("username", ASCENDING)], name="username"),),
    "tickets": (),
    "program_keys": (),  # before the programs they name: a backup is read in this order
    "programs": (),
    "token_keys": (_SEALED_WITH,),
    "sign_in_failures": (
        IndexModel([("key", ASCENDING), ("at", ASCENDING)], name="key_at"),
        IndexModel([("at", ASCENDING)], name="at"),
    ),
    "settings": (),
    "audit_log": (),
    "removals": (IndexModel([("state", ASCENDING)], name="state"), _SEALED_WITH),
    "column_mappings": (_SEALED_WITH,),
    "customer_notes": (
        IndexModel([("customer_id", ASCENDING), ("at", ASCENDING)], name="customer_at"),
        _SEALED_WITH,
    ),
    "erased_customers": (_SEALED_WITH,),
    "inbox": (IndexModel([("username", ASCENDING)], name="username"),),
    "jobs": (),
    "market_observations": (
        IndexModel([("indicator", ASCENDING), ("period_end", ASCENDING)], name="indicator_period"),
    ),
    "market_snapshots": (),
    "market_overrides": (),
    "market_scenarios": (),
    "model_registry": (),
    "market_refreshes": (IndexModel([("state", ASCENDING)], name="state"), _SEALED_WITH),
    "trainings": (IndexModel([("state", ASCENDING)], name="state"), _SEALED_WITH),
    "list_releases": (IndexModel([("state", ASCENDING)], name="state"), _SEALED_WITH),
    "call_lists": (IndexModel([("state", ASCENDING)], name="state"),),
    "call_list_claims": (IndexModel([("list_id", ASCENDING)], name="list"),),
    "outcomes": (
        IndexModel([("customer_id", ASCENDING), ("at", ASCENDING)], name="customer_at"),
        IndexModel([("at", ASCENDING)], name="at"),
        IndexModel([("list_id", ASCENDING)], name="list"),
    ),
    "data_keys": (),
    "key_vault": (),
    "counters": (),
}
"""Every collection and its indexes; `_id` has one of its own."""

MARK: Final = {"_id": "schema"}
"""The one document of the collection `schema`: which version the database has, and whether it is whole."""
UNFINISHED: Final = {
    "importing": (
        "An import into this database runs or was broken off, so it holds only part of the data. "
        "Run `python -m smartbank data import` with the same folder again: it begins anew."
    ),
    "migrating": (
        "A migration of this database runs or was broken off. "
        "Run `python -m smartbank migrate` again: it goes on where it stopped."
    ),
}
"""What to do about each state in which nobody may work on the database."""

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
                _add_missing(database)
                return
            token = _take(database)
            if token is not None:
                _prepare(database, token)
                return
        time.sleep(_PAUSE_S)
    raise StorageError("Another SmartBank is preparing the database and has not finished. Start again in a minute.")


def ready_version(database: MongoDatabase) -> int:
    """Return the schema version of a database that is whole, also if it is another than this SmartBank's.

    Raises
    ------
    StorageError
        The database was never prepared, or an import or a migration was broken off in it.
    """
    mark = database["schema"].find_one(MARK)
    if mark is None or mark["state"] == "in progress":
        raise StorageError("The database is not prepared. Start SmartBank on it once, then try again.")
    if mark["state"] != "ready":
        raise StorageError(UNFINISHED[mark["state"]])
    return int(mark["version"])


def make_indexes(database: MongoDatabase, collection: str, *, indexes: Sequence[IndexModel]) -> None:
    """Drop and make: an index a killed process left behind may be partial, and making it again would not mend it."""
    database[collection].drop_indexes()
    if indexes:
        database[collection].create_indexes(list(indexes))


def _is_ready(database: MongoDatabase) -> bool:
    mark = database["schema"].find_one(MARK)
    if mark is None or mark["state"] == "in progress":
        return False
    version = ready_version(database)
    if version > SCHEMA_VERSION:
        raise StorageError(
            f"The database has schema version {version}, this SmartBank knows {SCHEMA_VERSION} at most. "
            "Use a newer SmartBank, or have that one take it back with "
            f"`python -m smartbank migrate --to {SCHEMA_VERSION}`."
        )
    if version < SCHEMA_VERSION:
        raise StorageError(
            f"The database has schema version {version}, this SmartBank needs {SCHEMA_VERSION}. Stop every SmartBank "
            "that works on it, then run `python -m smartbank migrate`; it makes a backup first."
        )
    return True


def _add_missing(database: MongoDatabase) -> None:
    """Make what a newer SmartBank of the same schema version added, as far as it is empty; `migrate` makes the rest."""
    for name, indexes in INDEXES.items():
        wanted = {index.document["name"] for index in indexes}
        if wanted - set(database[name].index_information()) and database[name].find_one({}, {"_id": 1}) is None:
            make_indexes(database, name, indexes=indexes)


def _take(database: MongoDatabase) -> str | None:
    """Return a token if the schema is this process's to make; that of a dead process is taken over."""
    schema, token, now = database["schema"], uuid4().hex, datetime.now(UTC)
    mark = {"version": SCHEMA_VERSION, "state": "in progress", "token": token, "at": now}
    try:
        schema.insert_one({"_id": "schema", **mark})
        return token
    except DuplicateKeyError:
        found = schema.find_one(MARK)
    if found is None or found["state"] != "in progress" or found["at"] > now - _STALE_AFTER:
        return None
    taken = schema.find_one_and_update({"_id": "schema", "token": found["token"]}, {"$set": mark})
    return token if taken is not None else None


def _prepare(database: MongoDatabase, token: str) -> None:
    mine = {"_id": "schema", "token": token}
    existing = set(database.list_collection_names())
    for name, indexes in INDEXES.items():
        if name not in existing:
            database.create_collection(name)
        make_indexes(database, name, indexes=indexes)
        if not database["schema"].update_one(mine, {"$set": {"at": datetime.now(UTC)}}).matched_count:
            raise StorageError("Another SmartBank took over preparing the database. Start again in a minute.")
    database["schema"].update_one(mine, {"$set": {"state": "ready"}})
