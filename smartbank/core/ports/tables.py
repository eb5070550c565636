"""Whatever was uploaded, as a table."""

from collections.abc import Generator, Iterable
from contextlib import AbstractContextManager
from typing import Protocol

from smartbank.core.tables import TableChunk


class Table(Protocol):
    """An opened file of customers. Every method may raise `LeadValidationError`."""

    columns: list[str]
    notices: list[str]
    content_hash: str
    expected_rows: int
    """Column names, each once; what to tell the user; SHA-256 of the file in hex; rows at most, for progress."""
    picked: bool
    """Whether the file says that its customers were picked from a larger number."""

    def chunks(self, rows: int, columns: list[str]) -> Generator[TableChunk, None, None]:
        """Yield the rows below the header from the first on, so many at a time, with these columns as text."""
        ...


class TableReader(Protocol):
    """Opens whatever was uploaded as a table."""

    def __call__(self, chunks: Iterable[bytes], filename: str) -> AbstractContextManager[Table]:
        """Open a file for as long as the context lasts. Raises `LeadValidationError` for what is not a table."""
        ...
