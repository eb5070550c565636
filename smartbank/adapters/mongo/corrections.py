"""Corrections to customers in MongoDB."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from smartbank.adapters.customer_changes import origin_of, restored, with_consent
from smartbank.adapters.customer_documents import opened_document, sealed_document
from smartbank.adapters.mongo.bulk import batches, insert_new
from smartbank.adapters.mongo.connection import MongoDatabase
from smartbank.adapters.mongo.counter import Counter
from smartbank.adapters.mongo.customers import version_of
from smartbank.adapters.mongo.errors import storage_errors
from smartbank.adapters.mongo.schema import SCHEMA_VERSION
from smartbank.adapters.vault import Vault
from smartbank.core.consent import Consent
from smartbank.core.customers import CHANGED_MEANWHILE, NO_SUCH_CUSTOMER
from smartbank.core.ports import Uploaded
from smartbank.errors import ConflictError, NotFoundError

Document = dict[str, Any]

_IN_AT_MOST: Final = 100
_SOURCE: Final = "source.upload_id"


class MongoCustomerCorrections:
    """Works on `customers` and `customer_versions`; a replaced version is kept before it is replaced."""

    def __init__(self, database: MongoDatabase, *, vault: Vault) -> None:
        self._vault = vault
        self._customers = database["customers"]
        self._versions = database["customer_versions"]
        self._counter = Counter(database, "customers")

    def record_consent(
        self, customer_id: str, consent: Consent, *, version: int, source: Mapping[str, Any], saved_at: datetime
    ) -> int:
        with storage_errors(), self._vault.writing():
            old = self._customers.find_one({"_id": customer_id})
            if old is None:
                raise NotFoundError(NO_SUCH_CUSTOMER)
            origin = {**_origin(source, saved_at), "synthetic": old["synthetic"]}
            opened = opened_document(old, vault=self._vault)
            new = {**with_consent(opened, consent), **origin, "version": version + 1}
            if old["version"] != version or not self._replace(old, new):
                raise ConflictError(CHANGED_MEANWHILE)
        return version + 1

    def uploaded(self, upload_id: str) -> Uploaded:
        with storage_errors():
            mine = {row["_id"]: row["version"] for row in self._customers.find({_SOURCE: upload_id}, {"version": 1})}
            earlier = {row["customer_id"] for row in self._versions.find({_SOURCE: upload_id}, {"customer_id": 1})}
            since = {row["_id"] for row in self._read(sorted(earlier - set(mine)), {"_id": 1})}
        return Uploaded(
            sorted(key for key, version in mine.items() if version == 1),
            sorted(key for key, version in mine.items() if version > 1),
            len(since),
        )

    def restore(self, customer_ids: list[str], upload_id: str, *, source: Mapping[str, Any], saved_at: datetime) -> int:
        done = 0
        origin = _origin(source, saved_at)
        for batch in batches(customer_ids, _IN_AT_MOST):
            with storage_errors(), self._vault.writing():
                mine = [old for old in self._read(batch) if old["source"].get("upload_id") == upload_id]
                earlier = {
                    (row["customer_id"], row["version"]): row
                    for row in self._versions.find({"customer_id": {"$in": [old["_id"] for old in mine]}})
                }
                pairs = [(old, earlier.get((old["_id"], old["version"] - 1))) for old in mine]
                done += sum(
                    self._replace(old, restored(old, before, origin=origin, vault=self._vault))
                    for old, before in pairs
                    if before is not None
                )
        return done

    def synthetic_ids(self) -> list[str]:
        with storage_errors():
            return sorted(row["_id"] for row in self._customers.find({"synthetic": True}, {"_id": 1}))

    def delete(self, customer_ids: list[str]) -> int:
        deleted = 0
        with storage_errors(), self._counter.writing() as changes:
            for batch in batches(customer_ids, _IN_AT_MOST):
                self._versions.delete_many({"customer_id": {"$in": batch}})
                gone = self._customers.delete_many({"_id": {"$in": batch}}).deleted_count
                changes.append(-gone)
                deleted += gone
        return deleted

    def _replace(self, old: Document, new: Document) -> bool:
        """Keep the stored version, then replace it by a document in clear, sealed; False if it changed meanwhile."""
        insert_new(self._versions, [version_of(old)])
        replaced = self._customers.replace_one(
            {"_id": old["_id"], "version": old["version"]}, sealed_document(new, vault=self._vault)
        )
        return bool(replaced.matched_count)

    def _read(self, customer_ids: list[str], shown: Mapping[str, int] | None = None) -> Iterator[Document]:
        for batch in batches(customer_ids, _IN_AT_MOST):
            yield from self._customers.find({"_id": {"$in": batch}}, dict(shown) if shown else None)


def _origin(source: Mapping[str, Any], saved_at: datetime) -> Document:
    return {"schema_version": SCHEMA_VERSION, **origin_of(source, saved_at)}
