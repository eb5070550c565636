"""Notes about customers, in memory."""

from collections.abc import Collection
from dataclasses import replace
from threading import RLock

from smartbank.core.moments import to_milliseconds
from smartbank.core.notes import Note


class MemoryNoteRepository:
    """Keeps notes by their id."""

    def __init__(self) -> None:
        self._notes: dict[str, Note] = {}
        self._lock = RLock()

    def add(self, note: Note) -> None:
        with self._lock:
            self._notes[note.note_id] = replace(note, at=to_milliseconds(note.at), link=dict(note.link))

    def find(self, note_id: str) -> Note | None:
        return self._notes.get(note_id)

    def of_customer(self, customer_id: str) -> list[Note]:
        with self._lock:
            kept = [each for each in self._notes.values() if each.customer_id == customer_id]
        return sorted(kept, key=lambda each: (each.at, each.note_id), reverse=True)

    def delete(self, note_id: str) -> bool:
        with self._lock:
            return self._notes.pop(note_id, None) is not None

    def delete_of(self, customer_ids: Collection[str]) -> None:
        with self._lock:
            self._notes = {name: each for name, each in self._notes.items() if each.customer_id not in customer_ids}
