"""Columns matched by hand."""

from typing import Protocol

from smartbank.core.mappings import SavedMapping


class MappingRepository(Protocol):
    """What was matched by hand, one mapping a header."""

    def save(self, mapping: SavedMapping) -> None:
        """Keep a mapping; one with the same signature is replaced."""
        ...

    def find(self, signature: str) -> SavedMapping | None:
        """Return the mapping of a header."""
        ...

    def forget(self, signature: str) -> None:
        """Delete the mapping of a header; an unknown one is no error."""
        ...
