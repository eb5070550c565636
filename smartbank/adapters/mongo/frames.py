"""Data frames in MongoDB, as Arrow chunks."""

from collections.abc import Iterator
from typing import Any

import pandas as pd
from pymongo.errors import DuplicateKeyError

from smartbank.adapters.arrow_frames import frame_chunks, read_frame
from smartbank.adapters.mongo.chunks import CHUNK_BYTES, Chunks
from smartbank.adapters.mongo.connection import MongoDatabase
from smartbank.adapters.mongo.errors import storage_errors
from smartbank.adapters.mongo.schema import SCHEMA_VERSION
from smartbank.adapters.vault import SEALED_BYTES_MORE, Vault
from smartbank.errors import StorageError


class MongoFrameStore:
    """Keeps one head a part in `run_frames` and the Arrow chunks in `run_frame_chunks`."""

    def __init__(self, database: MongoDatabase, *, vault: Vault, chunk_bytes: int = CHUNK_BYTES) -> None:
        self._heads = database["run_frames"]
        self._chunks = Chunks(database, "run_frame_chunks", vault=vault)
        self._chunk_bytes = chunk_bytes

    def append(self, owner: str, part: int, frame: pd.DataFrame) -> None:
        with storage_errors():
            earlier = self._heads.find_one(_named(owner, part))
            head = self._written(owner, part, frame)
            self._heads.replace_one(_named(owner, part), head, upsert=True)
            self._chunks.delete(earlier["chunks"] if earlier else [])

    def add(self, owner: str, part: int, frame: pd.DataFrame) -> bool:
        with storage_errors():
            if self._heads.find_one(_named(owner, part), {"_id": 1}) is not None:
                return False
            return self._insert(self._written(owner, part, frame))

    def parts(self, owner: str, *, columns: list[str] | None = None) -> Iterator[pd.DataFrame]:
        for head in self._heads_of(owner):
            yield self._part(head, columns)

    def load(self, owner: str, *, columns: list[str] | None = None) -> pd.DataFrame:
        parts = list(self.parts(owner, columns=columns))
        return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()

    def load_marked(self, owner: str) -> tuple[pd.DataFrame, str]:
        heads = self._heads_of(owner)
        while True:
            try:
                parts = [self._part(head) for head in heads]
                break
            except StorageError:
                seen, heads = heads, self._heads_of(owner)
                if seen == heads:
                    raise
        return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(), _mark(heads)

    def replace(self, owner: str, frame: pd.DataFrame, *, mark: str) -> bool:
        """Take the place of the first part, which every replacement takes, and delete the others after it."""
        with storage_errors():
            earlier = self._heads_of(owner)
            if _mark(earlier) != mark:
                return False
            if not self._swap(earlier[0] if earlier else None, self._written(owner, 0, frame)):
                return False
            self._heads.delete_many({"_id": {"$in": [other["_id"] for other in earlier if other["part"]]}})
            self._chunks.delete([name for other in earlier for name in other["chunks"]])
            return True

    def _swap(self, earlier: dict[str, Any] | None, head: dict[str, Any]) -> bool:
        """Put a head in the place of an earlier one that is as it was, or where there was none; or drop its chunks."""
        if earlier is not None:
            mine = _named(head["owner"], 0)
            if self._heads.replace_one({**mine, "chunks": earlier["chunks"]}, head).matched_count == 1:
                return True
            self._chunks.delete(head["chunks"])
            return False
        return self._insert(head)

    def _insert(self, head: dict[str, Any]) -> bool:
        """Write a head where there is none, and drop its chunks where there is another one."""
        mine = _named(head["owner"], head["part"])
        try:
            self._heads.insert_one({**mine, **head})
        except DuplicateKeyError:
            if (
                self._heads.find_one({**mine, "chunks": head["chunks"]}) is not None
            ):  # sent twice over a lost connection
                return True
            self._chunks.delete(head["chunks"])
            return False
        if not self._chunks.are_there(head["chunks"]):  # deleted before the head was there to be deleted, too
            self._heads.delete_one({**mine, "chunks": head["chunks"]})
            raise StorageError("The data was deleted while it was being written. Try again.")
        return True

    def _written(self, owner: str, part: int, frame: pd.DataFrame) -> dict[str, Any]:
        """Write the chunks of a part and return its head, without its name, to be written last."""
        most = self._chunk_bytes - SEALED_BYTES_MORE
        names = [self._chunks.write(owner, data) for data in frame_chunks(frame, most)]
        return {"owner": owner, "part": part, "rows": len(frame), "chunks": names, "schema_version": SCHEMA_VERSION}

    def _heads_of(self, owner: str) -> list[dict[str, Any]]:
        with storage_errors():
            return sorted(self._heads.find({"owner": owner}), key=lambda head: int(head["part"]))

    def _part(self, head: dict[str, Any], columns: list[str] | None = None) -> pd.DataFrame:
        with storage_errors():
            chunks = [read_frame(data, columns) for data in self._chunks.read(head["chunks"])]
        return pd.concat(chunks, ignore_index=True) if len(chunks) > 1 else chunks[0]

    def delete(self, owner: str) -> None:
        with storage_errors():
            while True:
                self._heads.delete_many({"owner": owner})
                self._chunks.delete_all(owner)
                if self._heads.find_one({"owner": owner}, {"_id": 1}) is None:  # else written between the two
                    return


def _named(owner: str, part: int) -> dict[str, Any]:
    return {"_id": f"{owner}:{part:08d}"}


def _mark(heads: list[dict[str, Any]]) -> str:
    """Return what changes with every writing: chunks are never named twice."""
    return " ".join(name for head in heads for name in head["chunks"])
