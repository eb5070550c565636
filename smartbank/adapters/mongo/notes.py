"""Notes about customers, in MongoDB; what was written is sealed, for it may name people."""

import json
from collections.abc import Collection, Mapping
from typing import Any, Final

from pymongo import DESCENDING

from smartbank.adapters.mongo.bulk import batches
from smartbank.adapters.mongo.connection import MongoDatabase
from smartbank.adapters.mongo.errors import storage_errors
from smartbank.adapters.mongo.schema import SCHEMA_VERSION
from smartbank.adapters.vault import Vault
from smartbank.core.fingerprint import canonical_json
from smartbank.core.notes import Note

_IDS_A_QUERY: Final = 100
"""`$in` is quadratic on the embedded server."""


class MongoNoteRepository:
    """Keeps one document a note in `customer_notes`."""

    def __init__(self, database: MongoDatabase, *, vault: Vault) -> None:
        self._notes = database["customer_notes"]
        self._vault = vault

    def add(self, note: Note) -> None:
        said = canonical_json({"text": note.text, "link": dict(note.link)})
        with storage_errors(), self._vault.writing():
            document: dict[str, Any] = {
                "_id": note.note_id,
                "customer_id": note.customer_id,
                "at": note.at,
                "by": note.by,
                "said": self._vault.seal_text(said, about_note(note.note_id)),
                "sealed_with": [self._vault.sealing_key()],
                "schema_version": SCHEMA_VERSION,
            }
            self._notes.insert_one(document)

    def find(self, note_id: str) -> Note | None:
        with storage_errors():
            found = self._notes.find_one({"_id": note_id})
        return None if found is None else self._note(found)

    def of_customer(self, customer_id: str) -> list[Note]:
        with storage_errors():
            found = list(self._notes.find({"customer_id": customer_id}).sort([("at", DESCENDING), ("_id", DESCENDING)]))
        return [self._note(document) for document in found]

    def delete(self, note_id: str) -> bool:
        with storage_errors():
            return self._notes.delete_one({"_id": note_id}).deleted_count > 0

    def delete_of(self, customer_ids: Collection[str]) -> None:
        with storage_errors():
            for batch in batches(list(customer_ids), _IDS_A_QUERY):
                self._notes.delete_many({"customer_id": {"$in": batch}})

    def _note(self, document: Mapping[str, Any]) -> Note:
        said = json.loads(self._vault.open_text(document["said"], about_note(document["_id"])))
        return Note(
            document["_id"], document["customer_id"], document["at"], document["by"], said["text"], dict(said["link"])
        )


def about_note(note_id: str) -> str:
    """Return what a note is sealed as."""
    return f"note:{note_id}"
