"""Data frames in memory, as the Arrow bytes the database would keep."""

import hashlib
from collections.abc import Iterator
from threading import Lock

import pandas as pd

from smartbank.adapters.arrow_frames import frame_chunks, read_frame

_ANY_SIZE = 1 << 40


class MemoryFrameStore:
    """Keeps one entry a part."""

    def __init__(self) -> None:
        self._parts: dict[str, dict[int, bytes]] = {}
        self._lock = Lock()

    def append(self, owner: str, part: int, frame: pd.DataFrame) -> None:
        (data,) = frame_chunks(frame, _ANY_SIZE)
        self._parts.setdefault(owner, {})[part] = data

    def add(self, owner: str, part: int, frame: pd.DataFrame) -> bool:
        (data,) = frame_chunks(frame, _ANY_SIZE)
        with self._lock:
            return self._parts.setdefault(owner, {}).setdefault(part, data) is data

    def parts(self, owner: str, *, columns: list[str] | None = None) -> Iterator[pd.DataFrame]:
        for _, data in sorted(self._parts.get(owner, {}).items()):
            yield read_frame(data, columns)

    def load(self, owner: str, *, columns: list[str] | None = None) -> pd.DataFrame:
        parts = list(self.parts(owner, columns=columns))
        return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()

    def load_marked(self, owner: str) -> tuple[pd.DataFrame, str]:
        with self._lock:
            return self.load(owner), self._mark(owner)

    def replace(self, owner: str, frame: pd.DataFrame, *, mark: str) -> bool:
        (data,) = frame_chunks(frame, _ANY_SIZE)
        with self._lock:
            if self._mark(owner) != mark:
                return False
            self._parts[owner] = {0: data}
            return True

    def _mark(self, owner: str) -> str:
        return hashlib.sha256(b"".join(data for _, data in sorted(self._parts.get(owner, {}).items()))).hexdigest()

    def delete(self, owner: str) -> None:
        self._parts.pop(owner, None)
