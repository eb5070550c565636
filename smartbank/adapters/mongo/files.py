"""Whole files in MongoDB, in chunks that are read one at a time."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, Final

from smartbank.adapters.mongo.chunks import Chunks
from smartbank.adapters.mongo.connection import MongoDatabase
from smartbank.adapters.mongo.errors import storage_errors
from smartbank.adapters.mongo.schema import SCHEMA_VERSION
from smartbank.adapters.vault import Vault
from smartbank.errors import NotFoundError

FILE_CHUNK_BYTES: Final = 4_000_000
_UNKNOWN: Final = datetime(1970, 1, 1, tzinfo=UTC)
NO_SUCH_FILE: Final = "The file is not there any more. Make or upload it again."


class MongoFileStore:
    """Keeps a head in `files` and the bytes in `file_chunks`.

    A head stands from the start of the saving on, so that the chunks of a process that was killed can be found.
    """

    def __init__(self, database: MongoDatabase, *, vault: Vault) -> None:
        self._files = database["files"]
        self._chunks = Chunks(database, "file_chunks", vault=vault)

    def save(self, file_id: str, chunks: Iterable[bytes]) -> int:
        names: list[str] = []
        size = 0
        began = datetime.now(UTC)
        with storage_errors():
            self._files.update_one({"_id": file_id}, {"$setOnInsert": _head([], 0, began, complete=False)}, upsert=True)
        try:
            for chunk in even_chunks(chunks, FILE_CHUNK_BYTES):
                with storage_errors():
                    names.append(self._chunks.write(file_id, chunk))
                size += len(chunk)
        except BaseException:
            with storage_errors():
                self._chunks.delete(names)
                self._files.delete_one({"_id": file_id, "complete": False})
            raise
        with storage_errors():
            head = _head(names, size, began, complete=True)
            earlier = self._files.find_one_and_replace({"_id": file_id}, head, upsert=True)
            self._chunks.delete(earlier["chunks"] if earlier else [])
        return size

    def open(self, file_id: str) -> Iterator[bytes]:
        with storage_errors():
            head = self._files.find_one({"_id": file_id})
        if head is None or not head.get("complete", True):
            raise NotFoundError(NO_SUCH_FILE)
        return self._stream(head["chunks"])

    def delete(self, file_id: str) -> None:
        with storage_errors():
            self._files.delete_one({"_id": file_id})
            self._chunks.delete_all(file_id)

    def saved_before(self, moment: datetime) -> list[str]:
        with storage_errors():
            heads = list(self._files.find({}, {"saved_at": 1}))
        return sorted(head["_id"] for head in heads if head.get("saved_at", _UNKNOWN) < moment)

    def _stream(self, names: list[str]) -> Iterator[bytes]:
        for name in names:
            with storage_errors():
                data = next(self._chunks.read([name]))
            yield data


def _head(names: list[str], size: int, began: datetime, *, complete: bool) -> dict[str, Any]:
    return {
        "chunks": names,
        "size": size,
        "saved_at": began,
        "complete": complete,
        "schema_version": SCHEMA_VERSION,
    }


def even_chunks(chunks: Iterable[bytes], size: int) -> Iterator[bytes]:
    """Yield the same bytes in pieces of `size`, the last one shorter."""
    waiting = bytearray()
    for chunk in chunks:
        waiting += chunk
        while len(waiting) >= size:
            yield bytes(waiting[:size])
            del waiting[:size]
    if waiting:
        yield bytes(waiting)
