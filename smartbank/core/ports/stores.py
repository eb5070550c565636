"""Where data frames and whole files are kept."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Protocol

import pandas as pd


class FrameStore(Protocol):
    """Where data frames are kept as Arrow chunks of at most 8 MB, by owner ("run:ID", "upload:ID:rows")."""

    def append(self, owner: str, part: int, frame: pd.DataFrame) -> None:
        """Keep one part; the same part again replaces it."""
        ...

    def add(self, owner: str, part: int, frame: pd.DataFrame) -> bool:
        """Keep one part for good; False, and nothing is changed, where it is there already."""
        ...

    def parts(self, owner: str, *, columns: list[str] | None = None) -> Iterator[pd.DataFrame]:
        """Yield the parts in order; nothing for an unknown owner."""
        ...

    def load(self, owner: str, *, columns: list[str] | None = None) -> pd.DataFrame:
        """Return all parts as one frame; an empty frame without columns for an unknown owner."""
        ...

    def load_marked(self, owner: str) -> tuple[pd.DataFrame, str]:
        """Return all parts as `load` does, and a mark of them for `replace`; it waits out who writes meanwhile."""
        ...

    def replace(self, owner: str, frame: pd.DataFrame, *, mark: str) -> bool:
        """Keep a frame in place of all parts; False, and nothing is changed, when they are no longer as marked."""
        ...

    def delete(self, owner: str) -> None:
        """Delete every part."""
        ...


class FileStore(Protocol):
    """Where whole files are kept: raw uploads until they are read, exports until they expire."""

    def save(self, file_id: str, chunks: Iterable[bytes]) -> int:
        """Keep a file and return its size in bytes; the same id again replaces it."""
        ...

    def open(self, file_id: str) -> Iterator[bytes]:
        """Yield a file in chunks. Raises `NotFoundError` before the first chunk."""
        ...

    def delete(self, file_id: str) -> None:
        """Delete a file; an unknown one is no error."""
        ...

    def saved_before(self, moment: datetime) -> list[str]:
        """Return the files whose saving began before a moment, also those whose saving was cut short, by id."""
        ...
