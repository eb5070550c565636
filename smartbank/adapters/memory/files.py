"""Whole files in memory."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from smartbank.errors import NotFoundError


class MemoryFileStore:
    """Keeps each file as one piece."""

    def __init__(self) -> None:
        self._files: dict[str, bytes] = {}
        self._saved_at: dict[str, datetime] = {}

    def save(self, file_id: str, chunks: Iterable[bytes]) -> int:
        began = datetime.now(UTC)
        self._files[file_id] = b"".join(chunks)
        self._saved_at[file_id] = began
        return len(self._files[file_id])

    def open(self, file_id: str) -> Iterator[bytes]:
        if file_id not in self._files:
            raise NotFoundError("The file is not there any more. Make or upload it again.")
        return iter([self._files[file_id]] if self._files[file_id] else [])

    def delete(self, file_id: str) -> None:
        self._files.pop(file_id, None)
        self._saved_at.pop(file_id, None)

    def saved_before(self, moment: datetime) -> list[str]:
        return sorted(file_id for file_id, saved_at in self._saved_at.items() if saved_at < moment)
