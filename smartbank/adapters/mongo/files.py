"""Whole files in MongoDB, in chunks that are read one at a time."""

from collections.abc import Iterable, Iterator
from typing import Final

from smartbank.adapters.mongo.chunks import Chunks
from smartbank.adapters.mongo.connection import MongoDatabase
from smartbank.adapters.mongo.errors import storage_errors
from smartbank.adapters.mongo.schema import SCHEMA_VERSION
from smartbank.errors import NotFoundError

FILE_CHUNK_BYTES: Final = 4_000_000
NO_SUCH_FILE: Final = "The file is not there any more. Make or upload it again."


class MongoFileStore:
    """Keeps a head in `files` and the bytes in `file_chunks`."""

    def __init__(self, database: MongoDatabase) -> None:
        self._files = database["files"]
        self._chunks = Chunks(database, "file_chunks")

    def save(self, file_id: str, chunks: Iterable[bytes]) -> int:
        sizes: list[int] = []
        with storage_errors():
            earlier = self._files.find_one({"_id": file_id})
            names = self._chunks.write(file_id, _counted(even_chunks(chunks, FILE_CHUNK_BYTES), sizes))
            head = {"chunks": names, "size": sum(sizes), "schema_version": SCHEMA_VERSION}
            self._files.replace_one({"_id": file_id}, head, upsert=True)
            self._chunks.delete(earlier["chunks"] if earlier else [])
        return sum(sizes)

    def open(self, file_id: str) -> Iterator[bytes]:
        with storage_errors():
            head = self._files.find_one({"_id": file_id})
        if head is None:
            raise NotFoundError(NO_SUCH_FILE)
        return self._stream(head["chunks"])

    def delete(self, file_id: str) -> None:
        with storage_errors():
            self._files.delete_one({"_id": file_id})
            self._chunks.delete_all(file_id)

    def _stream(self, names: list[str]) -> Iterator[bytes]:
        for name in names:
            with storage_errors():
                data = next(self._chunks.read([name]))
            yield data


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


def _counted(chunks: Iterable[bytes], sizes: list[int]) -> Iterator[bytes]:
    for chunk in chunks:
        sizes.append(len(chunk))
        yield chunk
