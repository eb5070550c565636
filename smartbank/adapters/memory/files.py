"""Whole files in memory."""

from collections.abc import Iterable, Iterator

from smartbank.errors import NotFoundError


class MemoryFileStore:
    """Keeps each file as one piece."""

    def __init__(self) -> None:
        self._files: dict[str, bytes] = {}

    def save(self, file_id: str, chunks: Iterable[bytes]) -> int:
        self._files[file_id] = b"".join(chunks)
        return len(self._files[file_id])

    def open(self, file_id: str) -> Iterator[bytes]:
        if file_id not in self._files:
            raise NotFoundError("The file is not there any more. Make or upload it again.")
        return iter([self._files[file_id]] if self._files[file_id] else [])

    def delete(self, file_id: str) -> None:
        self._files.pop(file_id, None)
