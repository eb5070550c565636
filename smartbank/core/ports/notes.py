"""Notes about customers."""

from collections.abc import Collection
from typing import Protocol

from smartbank.core.notes import Note


class NoteRepository(Protocol):
    """Notes about customers, each written once."""

    def add(self, note: Note) -> None:
        """Keep a note."""
        ...

    def find(self, note_id: str) -> Note | None:
        """Return a note; None for one that is not there."""
        ...

    def of_customer(self, customer_id: str) -> list[Note]:
        """Return the notes about a customer, newest first."""
        ...

    def delete(self, note_id: str) -> bool:
        """Delete a note; False where it is gone already."""
        ...

    def delete_of(self, customer_ids: Collection[str]) -> None:
        """Delete every note about some customers."""
        ...
