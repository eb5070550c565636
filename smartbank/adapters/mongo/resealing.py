"""Move everything sealed from an older key to the newest, in small batches, beside everything else."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from pymongo import UpdateOne

from smartbank.adapters.customer_documents import opened_document, sealed_document
from smartbank.adapters.erasure_marks import SECRET, about_secret
from smartbank.adapters.mongo.answers import about_answer
from smartbank.adapters.mongo.bulk import batches
from smartbank.adapters.mongo.chunks import about_chunk
from smartbank.adapters.mongo.connection import MongoDatabase
from smartbank.adapters.mongo.errors import storage_errors
from smartbank.adapters.mongo.mappings import about_mapping
from smartbank.adapters.mongo.notes import about_note
from smartbank.adapters.mongo.queue import COLLECTIONS
from smartbank.adapters.mongo.sealed_work import SEALED_FIELDS, opened_work, sealed_values
from smartbank.adapters.mongo.token_keys import about_token_key
from smartbank.adapters.vault import Vault
from smartbank.errors import StorageError

Document = Mapping[str, Any]
Resealed = Callable[[Document, Vault], UpdateOne]

_BATCH: Final = 100
_CHUNK_BATCH: Final = 1
_MOST_PASSES: Final = 20
_BUSY: Final = "Others change the same values all the time. Run `python -m smartbank keys rotate` again in a minute."


class MongoSealedData:
    """Works on every collection whose documents name in `sealed_with` the keys that sealed them.

    A document is replaced only as it was read: one that somebody changed meanwhile is met again in the next pass.
    """

    def __init__(self, database: MongoDatabase, *, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    def sealed_with(self, key_id: str) -> dict[str, int]:
        with storage_errors():
            return {name: self._database[name].count_documents({"sealed_with": key_id}) for name in RESEALED}

    def reseal(self, key_id: str, *, report: Callable[[int], None]) -> int:
        left: set[Any] = set()
        done = 0
        for _ in range(_MOST_PASSES):
            found = {name: self._ids(name, key_id, left) for name in RESEALED}
            if not any(found.values()):
                return done
            for name, ids in found.items():
                for batch in batches(ids, _CHUNK_BATCH if name.endswith("_chunks") else _BATCH):
                    moved = self._move(name, batch, left)
                    done += moved
                    report(moved)
        raise StorageError(_BUSY)

    def _ids(self, name: str, key_id: str, left: set[Any]) -> list[Any]:
        with storage_errors():
            found = self._database[name].find({"sealed_with": key_id}, {"_id": 1})
            return [row["_id"] for row in found if row["_id"] not in left]

    def _move(self, name: str, ids: list[Any], left: set[Any]) -> int:
        with storage_errors(), self._vault.writing():
            updates = []
            for document in self._database[name].find({"_id": {"$in": ids}}):  # by id alone, or it reads all of a key
                try:
                    updates.append(RESEALED[name](document, self._vault))
                except StorageError:  # it does not open: its key stays
                    left.add(document["_id"])
            return self._database[name].bulk_write(updates, ordered=False).matched_count if updates else 0


def _customer(document: Document, vault: Vault) -> UpdateOne:
    fresh = sealed_document(opened_document(document, vault=vault), vault=vault)
    same = {"_id": document["_id"], "version": document["version"]}
    return UpdateOne(same, {"$set": _changed(fresh) | {"name_tokens": fresh["name_tokens"]}})


def _customer_version(document: Document, vault: Vault) -> UpdateOne:
    as_customer = {**document, "_id": document["customer_id"]}
    fresh = sealed_document(opened_document(as_customer, vault=vault), vault=vault)
    return UpdateOne({"_id": document["_id"]}, {"$set": _changed(fresh)})


def _changed(fresh: Document) -> dict[str, Any]:
    return {
        "contact_details.name": fresh["contact_details"]["name"],
        "contact_details.phone": fresh["contact_details"]["phone"],
        "source.name": fresh["source"]["name"],
        "hash": fresh["hash"],
        "sealed_with": fresh["sealed_with"],
    }


def _work(document: Document, vault: Vault) -> UpdateOne:
    opened = opened_work(document, vault=vault)
    values = {name: opened[name] for name in SEALED_FIELDS}
    fresh = sealed_values(document["_id"], values, vault=vault) | {"sealed_with": [vault.sealing_key()]}
    return UpdateOne({"_id": document["_id"], **{name: document[name] for name in SEALED_FIELDS}}, {"$set": fresh})


def _text(field: str, about: Callable[[str], str]) -> Resealed:
    """Return what seals a document's one sealed text again, as it was read."""

    def resealed(document: Document, vault: Vault) -> UpdateOne:
        said = about(document["_id"])
        text = vault.seal_text(vault.open_text(document[field], said), said)
        same = {"_id": document["_id"], field: document[field]}
        return UpdateOne(same, {"$set": {field: text, "sealed_with": [vault.sealing_key()]}})

    return resealed


def _secret(document: Document, vault: Vault) -> UpdateOne:
    about = about_secret(str(document["_id"]).removeprefix(SECRET))
    secret = vault.seal_text(vault.open_text(document["secret"], about), about)
    return UpdateOne({"_id": document["_id"]}, {"$set": {"secret": secret, "sealed_with": [vault.sealing_key()]}})


def _chunk(document: Document, vault: Vault) -> UpdateOne:
    about = about_chunk(document["_id"])
    data = vault.seal_bytes(vault.open_bytes(bytes(document["data"]), about), about)
    return UpdateOne({"_id": document["_id"]}, {"$set": {"data": data, "sealed_with": vault.sealing_key()}})


RESEALED: Final[Mapping[str, Resealed]] = {
    "customers": _customer,
    "customer_versions": _customer_version,
    **dict.fromkeys(COLLECTIONS.values(), _work),
    "column_mappings": _text("fields", about_mapping),
    "customer_notes": _text("said", about_note),
    "request_answers": _text("body", about_answer),
    "token_keys": _text("secret", about_token_key),
    "erased_customers": _secret,
    "file_chunks": _chunk,
    "run_frame_chunks": _chunk,
}
"""How a document of each collection is sealed again."""
