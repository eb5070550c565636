"""Columns matched by hand, in memory."""

from dataclasses import replace

from smartbank.core.mappings import SavedMapping
from smartbank.core.moments import to_milliseconds


class MemoryMappingRepository:
    """Keeps mappings by signature."""

    def __init__(self) -> None:
        self._mappings: dict[str, SavedMapping] = {}

    def save(self, mapping: SavedMapping) -> None:
        self._mappings[mapping.signature] = replace(mapping, at=to_milliseconds(mapping.at))

    def find(self, signature: str) -> SavedMapping | None:
        return self._mappings.get(signature)

    def forget(self, signature: str) -> None:
        self._mappings.pop(signature, None)
