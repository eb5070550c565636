"""Data frames in MongoDB, as Arrow chunks."""

from collections.abc import Iterator

import pandas as pd

from smartbank.adapters.arrow_frames import frame_chunks, read_frame
from smartbank.adapters.mongo.chunks import CHUNK_BYTES, Chunks
from smartbank.adapters.mongo.connection import MongoDatabase
from smartbank.adapters.mongo.errors import storage_errors
from smartbank.adapters.mongo.schema import SCHEMA_VERSION
from smartbank.adapters.vault import SEALED_BYTES_MORE, Vault


class MongoFrameStore:
    """Keeps one head a part in `run_frames` and the Arrow chunks in `run_frame_chunks`."""

    def __init__(self, database: MongoDatabase, *, vault: Vault, chunk_bytes: int = CHUNK_BYTES) -> None:
        self._heads = database["run_frames"]
        self._chunks = Chunks(database, "run_frame_chunks", vault=vault)
        self._chunk_bytes = chunk_bytes

    def append(self, owner: str, part: int, frame: pd.DataFrame) -> None:
        mine = {"_id": f"{owner}:{part:08d}"}
        with storage_errors():
            earlier = self._heads.find_one(mine)
            names = [
                self._chunks.write(owner, data) for data in frame_chunks(frame, self._chunk_bytes - SEALED_BYTES_MORE)
            ]
            head = {"owner": owner, "part": part, "rows": len(frame), "chunks": names, "schema_version": SCHEMA_VERSION}
            self._heads.replace_one(mine, head, upsert=True)
            self._chunks.delete(earlier["chunks"] if earlier else [])

    def parts(self, owner: str, *, columns: list[str] | None = None) -> Iterator[pd.DataFrame]:
        with storage_errors():
            heads = sorted(self._heads.find({"owner": owner}), key=lambda head: int(head["part"]))
        for head in heads:
            with storage_errors():
                chunks = [read_frame(data, columns) for data in self._chunks.read(head["chunks"])]
            yield pd.concat(chunks, ignore_index=True) if len(chunks) > 1 else chunks[0]

    def load(self, owner: str, *, columns: list[str] | None = None) -> pd.DataFrame:
        parts = list(self.parts(owner, columns=columns))
        return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()

    def delete(self, owner: str) -> None:
        with storage_errors():
            self._heads.delete_many({"owner": owner})
            self._chunks.delete_all(owner)
