"""Columns matched by hand, in MongoDB; the names of columns are sealed, for they could hold anything."""

import json
from typing import Any

from smartbank.adapters.mongo.connection import MongoDatabase
from smartbank.adapters.mongo.errors import storage_errors
from smartbank.adapters.mongo.schema import SCHEMA_VERSION
from smartbank.adapters.vault import Vault
from smartbank.core.fingerprint import canonical_json
from smartbank.core.mappings import SavedMapping


class MongoMappingRepository:
    """Keeps one document a header in `column_mappings`."""

    def __init__(self, database: MongoDatabase, *, vault: Vault) -> None:
        self._mappings = database["column_mappings"]
        self._vault = vault

    def save(self, mapping: SavedMapping) -> None:
        pairs = [list(pair) for pair in mapping.fields.items()]
        with storage_errors(), self._vault.writing():
            document: dict[str, Any] = {
                "_id": mapping.signature,
                "fields": self._vault.seal_text(canonical_json(pairs), about_mapping(mapping.signature)),
                "sealed_with": [self._vault.sealing_key()],
                "by": mapping.by,
                "at": mapping.at,
                "schema_version": SCHEMA_VERSION,
            }
            self._mappings.replace_one({"_id": mapping.signature}, document, upsert=True)

    def find(self, signature: str) -> SavedMapping | None:
        with storage_errors():
            found = self._mappings.find_one({"_id": signature})
        if found is None:
            return None
        fields = json.loads(self._vault.open_text(found["fields"], about_mapping(signature)))
        return SavedMapping(signature, dict(fields), found["by"], found["at"])

    def forget(self, signature: str) -> None:
        with storage_errors():
            self._mappings.delete_one({"_id": signature})


def about_mapping(signature: str) -> str:
    """Return what the names of a header are sealed as."""
    return f"mapping:{signature}"
