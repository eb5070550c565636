"""The keys of the data in the database, wrapped: every process that may use the wrapping key shares them."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from pymongo.errors import DuplicateKeyError

from smartbank.adapters.backup_files import documents_in
from smartbank.adapters.key_file import new_key
from smartbank.adapters.mongo.connection import MongoDatabase
from smartbank.adapters.mongo.errors import storage_errors
from smartbank.adapters.mongo.key_wrapper import KEY_VAULT, MongoKeyWrapper
from smartbank.adapters.mongo.schema import SCHEMA_VERSION
from smartbank.adapters.vault import key_id
from smartbank.core.backups import Manifest
from smartbank.core.wrapping import WrappingKey
from smartbank.errors import StartUpError

DATA_KEYS: Final = "data_keys"
SETTLED_AFTER: Final = timedelta(minutes=10)
"""How long a replaced key stays in force: longer than any process seals and writes without looking for a newer one."""


class WrappedKeys:
    """Keeps one document a key in `data_keys`, numbered by age. No lock: a replaced key stays until it has settled.

    Parameters
    ----------
    given : sequence of bytes
        Keys from outside, newest first: older than all that are kept here, until a rotation has moved what they seal.
    """

    def __init__(self, database: MongoDatabase, *, wrapper: MongoKeyWrapper, given: Sequence[bytes] = ()) -> None:
        self._keys = database[DATA_KEYS]
        self._wrapper = wrapper
        self._opened: dict[str, bytes] = {}
        self.given = tuple(given)

    def load(self) -> list[bytes]:
        return [*map(self._unwrapped, reversed(self._documents(retired=False))), *self.given]

    def load_or_make(self) -> list[bytes]:
        """Return the keys in force; the first of several processes makes one where there is none."""
        if not self._documents(retired=False):
            self.add(new_key())
        return self.load()

    def state(self) -> tuple[int, ...]:
        with storage_errors():
            found = self._keys.find({}, {"retired_at": 1})
            return tuple(sorted(int(each["_id"]) for each in found if each.get("retired_at") is None))

    def add(self, key: bytes) -> None:
        before = [int(each["_id"]) for each in self._documents()]
        document: dict[str, Any] = {
            "_id": max(before, default=0) + 1,
            "key_id": key_id(key),
            "wrapped": self._wrapper.wrap(key),
            "made_at": datetime.now(UTC),
            "retired_at": None,
            "schema_version": SCHEMA_VERSION,
        }
        with storage_errors():
            try:
                self._keys.insert_one(document)
            except DuplicateKeyError:  # another process has just made one, which is as good
                return

    def retire(self, keys: Sequence[bytes], *, at: datetime) -> list[bytes]:
        newest = max(self._documents(retired=False), key=lambda each: int(each["_id"]))
        if at - newest["made_at"] < SETTLED_AFTER:
            return []
        leaving = [key for key in keys if key not in self.given and key_id(key) != newest["key_id"]]
        for key in leaving:
            with storage_errors():
                self._keys.update_one({"key_id": key_id(key), "retired_at": None}, {"$set": {"retired_at": at}})
        return leaving

    def retired(self) -> Mapping[bytes, str]:
        return {self._unwrapped(each): "" for each in self._documents(retired=True)}

    def shared(self) -> AbstractContextManager[None]:
        return nullcontext()

    def alone(self) -> AbstractContextManager[None]:
        return nullcontext()

    def _documents(self, *, retired: bool | None = None) -> list[Mapping[str, Any]]:
        with storage_errors():
            found = sorted(self._keys.find({}), key=lambda each: int(each["_id"]))
        return [each for each in found if retired is None or (each.get("retired_at") is not None) is retired]

    def _unwrapped(self, document: Mapping[str, Any]) -> bytes:
        name = str(document["key_id"])
        if name not in self._opened:
            key = self._wrapper.unwrap(document["wrapped"])
            if key_id(key) != name:
                raise StartUpError(
                    f"The key {name} of the data was changed in the database, so it is not used. Restore the database "
                    "from a backup."
                )
            self._opened[name] = key
        return self._opened[name]


def has_wrapped_keys(database: MongoDatabase) -> bool:
    """Whether the keys of a database are wrapped in it."""
    with storage_errors():
        return database[DATA_KEYS].find_one({}, {"_id": 1}) is not None


def keys_in_backup(database: MongoDatabase, folder: Path, manifest: Manifest, wrapping: WrappingKey) -> list[str]:
    """Return the ids of the wrapped keys in a backup once the wrapping key has opened them; nothing stays behind.

    Raises
    ------
    StartUpError
        The wrapping key does not open them.
    """
    found = {name: _documents_of(name, folder, manifest) for name in (DATA_KEYS, KEY_VAULT)}
    scratch = f"{KEY_VAULT}_{uuid4().hex[:8]}"
    try:
        with storage_errors():
            if found[KEY_VAULT]:
                database[scratch].insert_many(found[KEY_VAULT])
        wrapper = MongoKeyWrapper(database, wrapping, key_vault=scratch)
        return [key_id(wrapper.unwrap(each["wrapped"])) for each in found[DATA_KEYS]]
    finally:
        with storage_errors():
            database.drop_collection(scratch)


def _documents_of(name: str, folder: Path, manifest: Manifest) -> list[dict[str, Any]]:
    kept = manifest.collections.get(name)
    return [] if kept is None else [dict(each) for each in documents_in(folder, name, kept)]
