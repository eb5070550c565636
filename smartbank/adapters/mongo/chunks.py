"""Sealed bytes in chunk documents, named by a head document that is written last: a reader never sees half."""

from collections.abc import Iterable, Iterator
from typing import Any, Final
from uuid import uuid4

from smartbank.adapters.mongo.bulk import IN_AT_MOST, batches
from smartbank.adapters.mongo.connection import MongoDatabase
from smartbank.adapters.mongo.schema import SCHEMA_VERSION
from smartbank.adapters.vault import Vault
from smartbank.errors import StorageError

CHUNK_BYTES: Final = 8_000_000
"""Most bytes of one chunk, before it is sealed; MongoDB takes documents of 16 MB."""


class Chunks:
    """Chunk documents of one collection, by owner; each is sealed as the chunk of its name."""

    def __init__(self, database: MongoDatabase, collection: str, *, vault: Vault) -> None:
        self._chunks = database[collection]
        self._vault = vault

    def write(self, owner: str, data: bytes) -> str:
        """Keep one chunk of at most `CHUNK_BYTES` and return its name."""
        name = uuid4().hex
        with self._vault.writing():
            sealed = {"data": self._vault.seal_bytes(data, about_chunk(name)), "sealed_with": self._vault.sealing_key()}
            self._chunks.insert_one({"_id": name, "owner": owner, **sealed, "schema_version": SCHEMA_VERSION})
        return name

    def read(self, names: Iterable[str]) -> Iterator[bytes]:
        """Yield chunks by name, one in memory at a time.

        Raises
        ------
        StorageError
            A chunk was replaced or deleted since its head was read, or cannot be opened.
        """
        for name in names:
            found = self._chunks.find_one({"_id": name})
            if found is None:
                raise StorageError("The data was replaced while it was being read. Try again.")
            yield self._vault.open_bytes(bytes(found["data"]), about_chunk(name))

    def are_there(self, names: list[str]) -> bool:
        """Whether none of some chunks was deleted."""
        found = (self._chunks.count_documents({"_id": {"$in": batch}}) for batch in batches(names, IN_AT_MOST))
        return sum(found) == len(names)

    def delete(self, names: list[str]) -> None:
        """Delete chunks by name."""
        for batch in batches(names, IN_AT_MOST):
            self._chunks.delete_many({"_id": {"$in": batch}})

    def delete_all(self, owner: str) -> None:
        """Delete every chunk of an owner, also those no head names."""
        where: dict[str, Any] = {"owner": owner}
        self._chunks.delete_many(where)


def about_chunk(name: str) -> str:
    """Return what a chunk's bytes are sealed as."""
    return f"chunk:{name}"
