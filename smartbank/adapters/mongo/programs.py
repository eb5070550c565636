"""Programs and their keys in MongoDB; of a key the hash of its secret alone."""

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

from pymongo import DESCENDING
from pymongo.errors import DuplicateKeyError

from smartbank.adapters.mongo.connection import MongoDatabase
from smartbank.adapters.mongo.errors import storage_errors
from smartbank.adapters.mongo.schema import SCHEMA_VERSION
from smartbank.core.people import Right, Role
from smartbank.core.programs import Program, ProgramKey, is_another_minute

BELIEVED_FOR_S: Final = 1.0
"""How long a key and its program are believed as they were read; what this process changes is read at once."""
_WITH_PROGRAM: Final = {"$lookup": {"from": "programs", "localField": "program", "foreignField": "_id", "as": "of"}}


class MongoProgramRepository:
    """Keeps one document a program in `programs`, and one a key in `program_keys`."""

    def __init__(self, database: MongoDatabase, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._programs = database["programs"]
        self._keys = database["program_keys"]
        self._clock = clock
        self._held: dict[str, tuple[float, tuple[Program, ProgramKey]]] = {}

    def find(self, name: str) -> Program | None:
        with storage_errors():
            found = self._programs.find_one({"_id": name})
        return None if found is None else _program(found)

    def all(self) -> list[Program]:
        with storage_errors():
            return sorted((_program(found) for found in self._programs.find()), key=lambda program: program.name)

    def add(self, program: Program) -> bool:
        with storage_errors():
            try:
                self._programs.insert_one({"_id": program.name, **_document(program)})
            except DuplicateKeyError:
                return False
        return True

    def change(self, before: Program, after: Program) -> bool:
        as_before = {"_id": before.name, **_document(before)}
        del as_before["schema_version"]  # an older version may have written it
        with storage_errors(), self._held_no_longer():
            return self._programs.replace_one(as_before, _document(after)).matched_count == 1

    def add_key(self, key: ProgramKey) -> None:
        values = {name: value for name, value in key.__dict__.items() if name != "key_id"}
        with storage_errors():
            self._keys.insert_one({"_id": key.key_id, **values, "schema_version": SCHEMA_VERSION})

    def find_key(self, key_id: str) -> ProgramKey | None:
        with storage_errors():
            found = self._keys.find_one({"_id": key_id})
        return None if found is None else _key(found)

    def holder(self, key_id: str) -> tuple[Program, ProgramKey] | None:
        """One command at most, as every request of a program waits for it; who is not there is looked for each time."""
        held, now = self._held, self._clock()
        read_at, holder = held.get(key_id, (0.0, None))
        if holder is not None and now - read_at < BELIEVED_FOR_S:
            return holder
        with storage_errors():
            found = next(self._keys.aggregate([{"$match": {"_id": key_id}}, _WITH_PROGRAM]), None)
        if found is None or not found["of"]:
            return None
        holder = _program(found["of"][0]), _key(found)
        held[key_id] = now, holder
        return holder

    @contextmanager
    def _held_no_longer(self) -> Generator[None]:
        """Have what is remembered read again, also what is being read meanwhile."""
        try:
            yield
        finally:
            self._held = {}

    def keys(self) -> list[ProgramKey]:
        with storage_errors():
            return [_key(found) for found in self._keys.find().sort([("created_at", DESCENDING), ("_id", DESCENDING)])]

    def revoke_key(self, key_id: str, *, at: datetime) -> bool:
        with storage_errors(), self._held_no_longer():
            done = self._keys.update_one({"_id": key_id, "revoked_at": None}, {"$set": {"revoked_at": at}})
            return done.modified_count == 1

    def note_use(self, key: ProgramKey, *, at: datetime) -> None:
        if is_another_minute(key.last_used_at, at):
            with storage_errors(), self._held_no_longer():
                self._keys.update_one({"_id": key.key_id}, {"$set": {"last_used_at": at}})


def _document(program: Program) -> dict[str, Any]:
    values = {name: value for name, value in program.__dict__.items() if name != "name"}
    rights = sorted(right.value for right in program.rights)
    return {**values, "role": program.role.value, "rights": rights, "schema_version": SCHEMA_VERSION}


def _program(document: dict[str, Any]) -> Program:
    known = [right for right in document["rights"] if right in list(Right)]  # a right may have gone since
    return Program(
        name=document["_id"],
        role=Role(document["role"]),
        rights=frozenset(map(Right, known)),
        purpose=document["purpose"],
        created_at=document["created_at"],
        created_by=document["created_by"],
        disabled=document["disabled"],
    )


def _key(document: dict[str, Any]) -> ProgramKey:
    names = ("program", "secret_hash", "created_at", "created_by", "expires_at", "revoked_at", "last_used_at")
    return ProgramKey(document["_id"], **{name: document[name] for name in names})
