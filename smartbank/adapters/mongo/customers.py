"""Customers in MongoDB: one document a customer, and the versions it replaced."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import pandas as pd

from smartbank.adapters.customer_changes import (
    COMPARED,
    compared,
    consent_of,
    marks_by_id,
    sources_of,
)
from smartbank.adapters.customer_documents import (
    FIELD_PATH,
    condition,
    contact_frame,
    customer_document,
    customer_documents,
    customer_frame,
    customer_row,
    in_order,
    opened_document,
    search_tokens,
    standing_frame,
)
from smartbank.adapters.mongo.barred_customers import BarredCustomers
from smartbank.adapters.mongo.bulk import IN_AT_MOST, batches, found_by_id
from smartbank.adapters.mongo.connection import MongoDatabase
from smartbank.adapters.mongo.counter import Counter
from smartbank.adapters.mongo.customer_writer import CustomerWriter, Saved, stored_origin
from smartbank.adapters.mongo.errors import storage_errors
from smartbank.adapters.mongo.mark_claims import MarkClaims
from smartbank.adapters.vault import Vault
from smartbank.core.customers import Comparison, CustomerQuery, SaveCounts
from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.lead_rows import LeadRow
from smartbank.core.moments import to_milliseconds

Document = dict[str, Any]

_WRITE_BATCH: Final = 1_000
_READ_ALL_FACTOR: Final = 4
"""A stored customer read in passing costs a quarter of one asked for by id."""
_SORT_PATH: Final = {"customer_id": "_id", "updated_at": "updated_at", **FIELD_PATH}


class MongoCustomerRepository:
    """Keeps the newest version in `customers` and the replaced ones in `customer_versions`, contact details sealed."""

    def __init__(self, database: MongoDatabase, *, vault: Vault) -> None:
        self._vault = vault
        self._customers = database["customers"]
        self._versions = database["customer_versions"]
        self._writer = CustomerWriter(database, vault=vault)
        self._counter = Counter(database, "customers")
        self._barred = BarredCustomers(database)
        self._claims = MarkClaims(database)
        self._seen_synthetic = ""

    def save_many(self, customers: pd.DataFrame, *, source: Mapping[str, Any], saved_at: datetime) -> SaveCounts:
        counts, documents = SaveCounts(), customer_documents(customers)
        with storage_errors():
            known = self._writer.all_known() if self._reading_all_pays(len(documents)) else None
            for batch in batches(documents, _WRITE_BATCH):
                counts += self._save(batch, source, saved_at, known=known).counts
        return counts

    def save_rows(
        self, customers: Sequence[LeadRow], *, source: Mapping[str, Any], saved_at: datetime
    ) -> list[dict[str, Any]]:
        documents, saved = [customer_document(each) for each in customers], Saved()
        are_new = not any("customer_version" in each for each in customers)
        with storage_errors():
            for batch in batches(documents, _WRITE_BATCH):
                saved += self._save(batch, source, saved_at, are_new=are_new)
        written = {each["_id"]: customer_row(each) for each in saved.written}
        if left := [each["_id"] for each in documents if each["_id"] not in written]:
            written |= {each[CUSTOMER_ID]: each for each in self.load_rows(left)}
        return [written[each["_id"]] for each in documents if each["_id"] in written]

    def set_marks(self, marks: pd.DataFrame, *, source: Mapping[str, Any], saved_at: datetime) -> int:
        origin = stored_origin(source, saved_at)
        wanted = marks_by_id(marks)
        stored = self._select(list(wanted), {"_id": 1})
        n_marked = 0
        for batch in batches(list(stored), IN_AT_MOST):
            with storage_errors():  # before the marks are looked at: one that is lifted meanwhile is set again
                self._claims.note(str(source.get("marks_of", "")), {each: wanted[each] for each in batch})
                n_marked += self._writer.mark({each: wanted[each] for each in batch}, origin)
        return n_marked

    def compare(self, customers: pd.DataFrame) -> Comparison:
        stored = self._select(customers["customer_id"].tolist(), COMPARED) if self.count() else {}
        return compared(customers, stored=stored, documents=customer_documents, load=self.load, vault=self._vault)

    def barred(self, *, require_consent: bool) -> Mapping[str, str]:
        with storage_errors():
            return self._barred.states(require_consent=require_consent)

    def without_number(self) -> set[str]:
        with storage_errors():
            return {row["_id"] for row in self._customers.find({FIELD_PATH["phone"]: None}, {"_id": 1})}

    def has_synthetic(self) -> bool:
        with storage_errors():
            if self._seen_synthetic and self._is_synthetic({"_id": self._seen_synthetic}):
                return True
            return self._is_synthetic({})

    def ids(self, query: CustomerQuery) -> list[str]:
        path, where = _SORT_PATH[query.sort], condition(query)
        text = query.text.strip()
        with storage_errors():
            if not text:
                found = self._keys(where, path)
            else:
                found = self._keys({"_id": text, **where}, path)
                for tokens in search_tokens(text, vault=self._vault):
                    found |= self._keys({"name_tokens": tokens[0], **where}, path, tokens[1:])
        return in_order(found, descending=query.descending)

    def ids_after(self, query: CustomerQuery, after: str, limit: int) -> list[str]:
        later = {"_id": {"$gt": after}, **condition(query)}
        with storage_errors():
            return [row["_id"] for row in self._customers.find(later, {"_id": 1}).sort("_id").limit(limit)]

    def load(self, customer_ids: list[str]) -> pd.DataFrame:
        found = self._select(customer_ids, {"name_tokens": 0, "hash": 0})
        return customer_frame((found[each] for each in customer_ids if each in found), vault=self._vault)

    def load_rows(self, customer_ids: list[str]) -> list[dict[str, Any]]:
        found = self._select(customer_ids, {"name_tokens": 0, "hash": 0})
        here = [found[each] for each in customer_ids if each in found]
        return [customer_row(opened_document(each, vault=self._vault)) for each in here]

    def standing(self, customer_ids: list[str]) -> pd.DataFrame:
        wanted = {"version": 1, "synthetic": 1, "consent": 1, "updated_at": 1, "phone_since": 1}
        return standing_frame(customer_ids, self._select(customer_ids, wanted))

    def contact_details(self, customer_ids: list[str]) -> pd.DataFrame:
        found = self._select(customer_ids, {"contact_details": 1, "synthetic": 1})
        return contact_frame(customer_ids, found, vault=self._vault)

    def load_versions(self, wanted: list[tuple[str, int]]) -> pd.DataFrame:
        found: dict[tuple[str, int], Document] = {}
        with storage_errors():
            for batch in batches(list(dict.fromkeys(customer_id for customer_id, _ in wanted)), IN_AT_MOST):
                for row in self._customers.find({"_id": {"$in": batch}}):
                    found[row["_id"], row["version"]] = row
                for row in self._versions.find({"customer_id": {"$in": batch}}):
                    found.setdefault((row["customer_id"], row["version"]), {**row, "_id": row["customer_id"]})
        return customer_frame((found[each] for each in wanted if each in found), vault=self._vault)

    def sources(self, customer_id: str) -> dict[int, str]:
        shown = {"version": 1, "source": 1}
        with storage_errors():
            versions = [*self._customers.find({"_id": customer_id}, shown)]
            versions += self._versions.find({"customer_id": customer_id}, shown)
        return sources_of(versions)

    def count(self) -> int:
        with storage_errors():
            return self._counter.value()

    def _save(
        self,
        documents: list[Document],
        source: Mapping[str, Any],
        saved_at: datetime,
        *,
        known: dict[str, Document] | None = None,
        are_new: bool = False,
    ) -> Saved:
        at = to_milliseconds(saved_at)
        origin = stored_origin(source, at)
        self._claims.note(str(source.get("upload_id", "")), {each["_id"]: consent_of(each) for each in documents})
        return self._writer.save([{**each, **origin} for each in documents], at, known=known, are_new=are_new)

    def _select(self, customer_ids: list[str], shown: Mapping[str, int]) -> dict[str, Document]:
        """Return documents by id: read in passing where many are asked for, else by id."""
        with storage_errors():
            if not self._reading_all_pays(len(customer_ids)):
                return {row["_id"]: row for row in found_by_id(self._customers, customer_ids, shown)}
            wanted = set(customer_ids)
            return {row["_id"]: row for row in self._customers.find({}, dict(shown)) if row["_id"] in wanted}

    def _is_synthetic(self, where: Mapping[str, Any]) -> bool:
        """Whether one of some customers is synthetic; remembers it, as asking by id is cheap however many there are."""
        found = self._customers.find_one({**where, "synthetic": True}, {"_id": 1})
        self._seen_synthetic = found["_id"] if found is not None else ""
        return found is not None

    def _keys(self, where: Mapping[str, Any], path: str, tokens: list[str] | None = None) -> dict[str, Any]:
        """Return id and sort key of the matches; further tokens are checked here, the index serves the first."""
        shown = {"_id": 1, path: 1} | ({"name_tokens": 1} if tokens else {})
        required = set(tokens or ())
        return {
            row["_id"]: _at(row, path)
            for row in self._customers.find(where, shown)
            if required <= set(row.get("name_tokens", ()))
        }

    def _reading_all_pays(self, rows: int) -> bool:
        return rows > IN_AT_MOST and self._counter.value() < _READ_ALL_FACTOR * rows


def _at(row: Mapping[str, Any], path: str) -> Any:  # noqa: ANN401  any sort key
    value: Any = row
    for name in path.split("."):
        value = value[name]
    return value
