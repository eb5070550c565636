"""Corrections to customers in MongoDB."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from pymongo import ASCENDING

from smartbank.adapters.customer_changes import REPLACED_AT, Touched, is_from, restored, touched_by, with_consent
from smartbank.adapters.customer_documents import opened_document, sealed_document
from smartbank.adapters.mongo.barred_customers import BarredCustomers
from smartbank.adapters.mongo.bulk import IN_AT_MOST, batches, found_by_id, insert_new
from smartbank.adapters.mongo.connection import MongoDatabase
from smartbank.adapters.mongo.counter import Counter
from smartbank.adapters.mongo.customer_writer import stored_origin, version_of
from smartbank.adapters.mongo.errors import storage_errors
from smartbank.adapters.mongo.mark_claims import MarkClaims
from smartbank.adapters.mongo.schema import SCHEMA_VERSION
from smartbank.adapters.vault import Vault
from smartbank.core.consent import Consent
from smartbank.core.customers import CHANGED_MEANWHILE, NO_SUCH_CUSTOMER
from smartbank.core.ports import Uploaded
from smartbank.errors import ConflictError, NotFoundError

Document = dict[str, Any]

_SOURCE: Final = "source.upload_id"


class MongoCustomerCorrections:
    """Works on `customers` and `customer_versions`; a replaced version is kept before it is replaced."""

    def __init__(self, database: MongoDatabase, *, vault: Vault) -> None:
        self._vault = vault
        self._customers = database["customers"]
        self._versions = database["customer_versions"]
        self._counter = Counter(database, "customers")
        self._barred = BarredCustomers(database)
        self._claims = MarkClaims(database)

    def record_consent(
        self, customer_id: str, consent: Consent, *, version: int, source: Mapping[str, Any], saved_at: datetime
    ) -> int:
        with storage_errors(), self._vault.writing(), self._barred.changing():
            old = self._customers.find_one({"_id": customer_id})
            if old is None:
                raise NotFoundError(NO_SUCH_CUSTOMER)
            origin = {**stored_origin(source, saved_at), "synthetic": old["synthetic"]}
            opened = opened_document(old, vault=self._vault)
            new = {**with_consent(opened, consent), **origin, "version": version + 1}
            if old["version"] != version or not self._replace(old, new):
                raise ConflictError(CHANGED_MEANWHILE)
        return version + 1

    def uploaded(self, upload_id: str) -> Uploaded:
        with storage_errors():
            shown = {"version": 1, "source": 1}
            mine = {row["_id"]: row for row in self._customers.find({_SOURCE: upload_id}, shown)}
            again = [row for row in mine.values() if row["version"] > 1]
            touched = [(old["_id"], how) for old, how in self._touched(again, upload_id)]
            changed = {key for key, how in touched if how.before is not None}
            stay = {key for key, how in touched if how.before is None and not how.is_added}
            earlier = {row["customer_id"] for row in self._versions.find({_SOURCE: upload_id}, {"customer_id": 1})}
            since = list(found_by_id(self._customers, sorted(earlier - set(mine)), {"undone_upload": 1}))
        kept = sum(row.get("undone_upload") != upload_id for row in since)
        return Uploaded(sorted(set(mine) - changed - stay), sorted(changed), kept + len(stay))

    def restore(self, customer_ids: list[str], upload_id: str, *, saved_at: datetime) -> int:
        done = 0
        for batch in batches(customer_ids, IN_AT_MOST):
            with storage_errors(), self._vault.writing(), self._barred.changing():
                mine = [old for old in found_by_id(self._customers, batch) if is_from(old, upload_id)]
                for old, how in self._touched(mine, upload_id):
                    if how.before is not None:
                        new = restored(old, how.before, upload_id=upload_id, saved_at=saved_at, vault=self._vault)
                        self._replace(old, {**new, "schema_version": SCHEMA_VERSION})
                done += sum(
                    row.get("undone_upload") == upload_id
                    for row in found_by_id(self._customers, batch, {"undone_upload": 1})
                )
        return done

    def synthetic_ids(self) -> list[str]:
        with storage_errors():
            return sorted(row["_id"] for row in self._customers.find({"synthetic": True}, {"_id": 1}))

    def erase(self, customer_id: str) -> bool:
        with storage_errors(), self._barred.changing(), self._counter.writing() as changes:
            gone = self._customers.delete_one({"_id": customer_id}).deleted_count
            changes.append(-gone)
            gone += self._versions.delete_many({"customer_id": customer_id}).deleted_count
            said = bool(self._claims.of([customer_id])[customer_id])
            self._claims.forget([customer_id])
        return gone > 0 or said

    def delete(self, customer_ids: list[str], *, upload_id: str | None = None) -> int:
        meant: Document = {"synthetic": True} if upload_id is None else {_SOURCE: upload_id}
        gone = 0
        with storage_errors(), self._barred.changing(), self._counter.writing() as changes:
            for batch in batches(customer_ids, IN_AT_MOST):
                deleted = self._customers.delete_many({"_id": {"$in": batch}, **meant}).deleted_count
                changes.append(-deleted)
                there = {row["_id"] for row in found_by_id(self._customers, batch, {"_id": 1})}
                away = [customer_id for customer_id in batch if customer_id not in there]
                self._versions.delete_many({"customer_id": {"$in": away}})  # last: a broken-off delete is repeated
                self._claims.forget(away)
                gone += len(away)
        return gone

    def note_replaced(self, at: datetime, *, at_most: int) -> int:
        with storage_errors():
            ids = [row["_id"] for row in self._versions.find({REPLACED_AT: None}, {"_id": 1}).limit(at_most)]
            for batch in batches(ids, IN_AT_MOST):
                self._versions.update_many({"_id": {"$in": batch}}, {"$set": {REPLACED_AT: at}})
        return len(ids)

    def forget_versions(self, before: datetime, *, at_most: int) -> int:
        with storage_errors():
            old = self._versions.find({REPLACED_AT: {"$lte": before}}, {"_id": 1}).sort(REPLACED_AT, ASCENDING)
            ids = [row["_id"] for row in old.limit(at_most)]
            return sum(
                self._versions.delete_many({"_id": {"$in": batch}}).deleted_count for batch in batches(ids, IN_AT_MOST)
            )

    def _touched(self, mine: list[Document], upload_id: str) -> Iterator[tuple[Document, Touched]]:
        """Yield customers whose newest version is an upload's, each with what the upload did to it."""
        for batch in batches(mine, IN_AT_MOST):
            found: dict[str, list[Document]] = {old["_id"]: [] for old in batch}
            for row in self._versions.find({"customer_id": {"$in": list(found)}}):
                found[row["customer_id"]].append(row)
            for old in batch:
                yield old, touched_by(upload_id, old, found[old["_id"]])

    def _replace(self, old: Document, new: Document) -> bool:
        """Keep the stored version, then replace it by a document in clear, sealed; False if it changed meanwhile."""
        insert_new(self._versions, [version_of(old, new["updated_at"])])
        replaced = self._customers.replace_one(
            {"_id": old["_id"], "version": old["version"]}, sealed_document(new, vault=self._vault)
        )
        return bool(replaced.matched_count)
