"""Bytes in chunk documents, named by a head document: the head is written last, so a reader never sees half."""

from collections.abc import Iterable, Iterator
from typing import Any, Final
from uuid import uuid4

from smartbank.adapters.mongo.bulk import batches
from smartbank.adapters.mongo.connection import MongoDatabase
from smartbank.adapters.mongo.schema import SCHEMA_VERSION
from smartbank.errors import StorageError

CHUNK_BYTES: Final = 8_000_000
"""Most bytes of one chunk; MongoDB takes documents of 16 MB."""

_IN_AT_MOST: Final = 100


class Chunks:
    """Chunk documents of one collection, by owner."""

    def __init__(self, database: MongoDatabase, collection: str) -> None:
        self._chunks = database[collection]

    def write(self, owner: str, data: bytes) -> str:
        """Keep one chunk of at most `CHUNK_BYTES` and return its name."""
        name = uuid4().hex
        self._chunks.insert_one({"_id": name, "owner": owner, "data": data, "schema_version": SCHEMA_VERSION})
        return name

    def read(self, names: Iterable[str]) -> Iterator[bytes]:
        """Yield chunks by name, one in memory at a time.

        Raises
        ------
        StorageError
            A chunk was replaced or deleted since its head was read.
        """
        for name in names:
            found = self._chunks.find_one({"_id": name})
            if found is None:
                raise StorageError("The data was replaced while it was being read. Try again.")
            yield bytes(found["data"])

    def delete(self, names: list[str]) -> None:
        """Delete chunks by name."""
        for batch in batches(names, _IN_AT_MOST):
            self._chunks.delete_many({"_id": {"$in": batch}})

    def delete_all(self, owner: str) -> None:
        """Delete every chunk of an owner, also those no head names."""
        where: dict[str, Any] = {"owner": owner}
        self._chunks.delete_many(where)
