"""Marks by the upload that set them, in MongoDB."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from pymongo import ReplaceOne

from smartbank.adapters.customer_changes import origin_of, with_more_marks
from smartbank.adapters.customer_documents import sealed_document
from smartbank.adapters.mark_history import SHOWN, counted, is_lifted, judged, lift_origin, said_by, without_marks
from smartbank.adapters.mongo.barred_customers import BarredCustomers
from smartbank.adapters.mongo.bulk import IN_AT_MOST, batches, insert_new
from smartbank.adapters.mongo.connection import MongoDatabase
from smartbank.adapters.mongo.customer_writer import version_of
from smartbank.adapters.mongo.errors import storage_errors
from smartbank.adapters.mongo.mark_claims import MarkClaims
from smartbank.adapters.mongo.schema import SCHEMA_VERSION
from smartbank.adapters.vault import Vault
from smartbank.core.consent import BARRING
from smartbank.core.marks import SaidByUpload, UploadMarks

Document = dict[str, Any]


class MongoMarkedByUploads:
    """Works on `customers`, `customer_versions` and what uploads said, a hundred customers at a time."""

    def __init__(self, database: MongoDatabase, *, vault: Vault) -> None:
        self._vault = vault
        self._customers = database["customers"]
        self._versions = database["customer_versions"]
        self._claims = MarkClaims(database)
        self._barred = BarredCustomers(database)

    def uploads(self, upload_ids: Collection[str]) -> set[str]:
        with storage_errors():
            return {each for each in upload_ids if self._claims.exists(each)}

    def standing(self, upload_id: str) -> UploadMarks:
        with storage_errors():
            ids = sorted(self._claims.customers(upload_id))
            found = [each for batch in batches(ids, IN_AT_MOST) for each in self._judged(batch, upload_id, SHOWN)]
        return counted((old["_id"], alone, elsewhere) for old, alone, elsewhere in found)

    def said_of(self, customer_id: str) -> list[SaidByUpload]:
        with storage_errors():
            return said_by(self._claims.of([customer_id])[customer_id])

    def lift(self, customer_ids: list[str], upload_id: str, *, source: Mapping[str, Any], saved_at: datetime) -> int:
        done, origin = 0, lift_origin(upload_id, source, saved_at)
        for batch in batches(customer_ids, IN_AT_MOST):
            with storage_errors(), self._vault.writing(), self._barred.changing():
                self._claims.withdraw(upload_id, batch)
                found = {old["_id"]: (old, alone) for old, alone, _ in self._judged(batch, upload_id) if alone}
                for old, alone in found.values():
                    self._replace(old, without_marks(old, alone, origin=origin, vault=self._vault))
                self._set_again({key: set(alone) for key, (_, alone) in found.items()}, saved_at)
                now = self._customers.find({"_id": {"$in": batch}}, {"source": 1})
                done += sum(is_lifted(row, upload_id) for row in now)
        return done

    def _judged(
        self, customer_ids: list[str], upload_id: str, shown: Mapping[str, int] | None = None
    ) -> Iterator[tuple[Document, dict[str, str | None], list[str]]]:
        """Yield customers with their marks from the upload alone, and with those that stay."""
        claims = self._claims.of(customer_ids)
        current = list(self._customers.find({"_id": {"$in": customer_ids}}, dict(shown) if shown else None))
        versions: dict[str, list[Document]] = {old["_id"]: [old] for old in current}
        for row in self._versions.find({"customer_id": {"$in": list(versions)}}, {"customer_id": 1, **SHOWN}):
            versions[row["customer_id"]].append(row)
        for old in current:
            yield old, *judged(upload_id, versions=versions[old["_id"]], claims=claims[old["_id"]])

    def _set_again(self, lifted: Mapping[str, set[str]], saved_at: datetime) -> None:
        """Set marks again that another upload said at the very moment they were lifted: it saw them standing."""
        claims = [claim for found in self._claims.of(list(lifted)).values() for claim in found]
        for claim in claims:
            names = {name for name in claim["marks"] if name in lifted[claim["customer_id"]]}
            old = self._customers.find_one({"_id": claim["customer_id"]}) if names and not claim["withdrawn"] else None
            if old is not None:
                origin = origin_of({"kind": "marks", "marks_of": claim["upload_id"]}, saved_at)
                marks = {name: BARRING[name] for name in names}
                self._replace(old, with_more_marks(old, marks, origin=origin, vault=self._vault))

    def _replace(self, old: Document, new: Document) -> None:
        """Keep the stored version, then replace it, unless somebody else has done so."""
        insert_new(self._versions, [version_of(old, new["updated_at"])])
        same = {"_id": old["_id"], "version": old["version"]}
        stored = sealed_document({**new, "schema_version": SCHEMA_VERSION}, vault=self._vault)
        self._customers.bulk_write([ReplaceOne(same, stored)])
