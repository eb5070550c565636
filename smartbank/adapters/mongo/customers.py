"""Customers in MongoDB: one document a customer, and the versions it replaced."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

import pandas as pd
from pymongo import ReplaceOne

from smartbank.adapters.customer_changes import (
    COMPARED,
    compared,
    consent_of,
    is_same,
    lacks_marks,
    marks_by_id,
    merged_with,
    origin_of,
    with_more_marks,
)
from smartbank.adapters.customer_documents import (
    FIELD_PATH,
    condition,
    contact_frame,
    customer_documents,
    customer_frame,
    in_order,
    sealed_document,
    search_tokens,
    standing_frame,
)
from smartbank.adapters.mongo.barred_customers import BarredCustomers
from smartbank.adapters.mongo.bulk import batches, insert_new
from smartbank.adapters.mongo.connection import MongoDatabase
from smartbank.adapters.mongo.counter import Counter
from smartbank.adapters.mongo.errors import storage_errors
from smartbank.adapters.mongo.mark_claims import MarkClaims
from smartbank.adapters.mongo.schema import SCHEMA_VERSION
from smartbank.adapters.vault import Vault
from smartbank.core.consent import Consent
from smartbank.core.customers import Comparison, CustomerQuery, SaveCounts
from smartbank.errors import StorageError

Document = dict[str, Any]

_IN_AT_MOST: Final = 100
_WRITE_BATCH: Final = 1_000
_ROUNDS: Final = 5
_BUSY: Final = "Others are changing the same customers right now. Try again in a minute."
_READ_ALL_FACTOR: Final = 4
"""A stored customer read in passing costs a quarter of one asked for by id."""
_SORT_PATH: Final = {"customer_id": "_id", "updated_at": "updated_at", **FIELD_PATH}


class MongoCustomerRepository:
    """Keeps the newest version in `customers` and the replaced ones in `customer_versions`, contact details sealed."""

    def __init__(self, database: MongoDatabase, *, vault: Vault) -> None:
        self._vault = vault
        self._customers = database["customers"]
        self._versions = database["customer_versions"]
        self._counter = Counter(database, "customers")
        self._barred = BarredCustomers(database)
        self._claims = MarkClaims(database)
        self._seen_synthetic = ""

    def save_many(self, customers: pd.DataFrame, *, source: Mapping[str, Any], saved_at: datetime) -> SaveCounts:
        origin = {"schema_version": SCHEMA_VERSION, **origin_of(source, saved_at)}
        documents, counts = customer_documents(customers), SaveCounts()
        with storage_errors():
            known = self._all_known() if self._reading_all_pays(len(documents)) else None
        with storage_errors(), self._counter.writing() as added:
            for batch in batches(documents, _WRITE_BATCH):
                self._claims.note(str(source.get("upload_id", "")), {each["_id"]: consent_of(each) for each in batch})
                with self._vault.writing(), self._barred.changing():
                    saved = self._save_batch([{**document, **origin} for document in batch], saved_at, known)
                added.append(saved.added)
                counts += saved
        return counts

    def set_marks(self, marks: pd.DataFrame, *, source: Mapping[str, Any], saved_at: datetime) -> int:
        origin = {"schema_version": SCHEMA_VERSION, **origin_of(source, saved_at)}
        wanted = marks_by_id(marks)
        stored = self._select(list(wanted), {"_id": 1})
        n_marked = 0
        for batch in batches(list(stored), _IN_AT_MOST):
            with storage_errors():  # before the marks are looked at: one that is lifted meanwhile is set again
                self._claims.note(str(source.get("marks_of", "")), {each: wanted[each] for each in batch})
            with storage_errors(), self._vault.writing(), self._barred.changing():
                n_marked += self._mark({each: wanted[each] for each in batch}, origin)
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

    def standing(self, customer_ids: list[str]) -> pd.DataFrame:
        wanted = {"version": 1, "synthetic": 1, "consent": 1, "updated_at": 1}
        return standing_frame(customer_ids, self._select(customer_ids, wanted))

    def contact_details(self, customer_ids: list[str]) -> pd.DataFrame:
        found = self._select(customer_ids, {"contact_details": 1, "synthetic": 1})
        return contact_frame(customer_ids, found, vault=self._vault)

    def load_versions(self, wanted: list[tuple[str, int]]) -> pd.DataFrame:
        found: dict[tuple[str, int], Document] = {}
        with storage_errors():
            for batch in batches(list(dict.fromkeys(customer_id for customer_id, _ in wanted)), _IN_AT_MOST):
                for row in self._customers.find({"_id": {"$in": batch}}):
                    found[row["_id"], row["version"]] = row
                for row in self._versions.find({"customer_id": {"$in": batch}}):
                    found.setdefault((row["customer_id"], row["version"]), {**row, "_id": row["customer_id"]})
        return customer_frame((found[each] for each in wanted if each in found), vault=self._vault)

    def count(self) -> int:
        with storage_errors():
            return self._counter.value()

    def _select(self, customer_ids: list[str], shown: Mapping[str, int]) -> dict[str, Document]:
        """Return documents by id: read in passing where many are asked for, else by id."""
        with storage_errors():
            if not self._reading_all_pays(len(customer_ids)):
                return {row["_id"]: row for row in self._read(customer_ids, shown)}
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

    def _read(self, customer_ids: list[str], shown: Mapping[str, int]) -> Iterator[Document]:
        for batch in batches(customer_ids, _IN_AT_MOST):
            yield from self._customers.find({"_id": {"$in": batch}}, dict(shown) or None)

    def _known(self, documents: list[Document]) -> dict[str, Document]:
        return {row["_id"]: row for row in self._read([document["_id"] for document in documents], COMPARED)}

    def _reading_all_pays(self, rows: int) -> bool:
        return rows > _IN_AT_MOST and self._counter.value() < _READ_ALL_FACTOR * rows

    def _all_known(self) -> dict[str, Document]:
        return {row["_id"]: row for row in self._customers.find({}, COMPARED)}

    def _probably_known(self, documents: list[Document]) -> dict[str, Document]:
        """Return what is stored; nothing if the first customers are all new, since a refused insert is cheap."""
        first, rest = documents[:_IN_AT_MOST], documents[_IN_AT_MOST:]
        known = self._known(first)
        return known | self._known(rest) if known else {}

    def _save_batch(
        self, documents: list[Document], saved_at: datetime, known: dict[str, Document] | None
    ) -> SaveCounts:
        """Save customers; those that somebody else changed in between are looked at again."""
        counts, pending = SaveCounts(), documents
        stored = self._probably_known(documents) if known is None else known
        for _ in range(_ROUNDS):
            new = [each for each in pending if each["_id"] not in stored]
            changed = [each for each in pending if each["_id"] in stored and not self._is_same(stored, each)]
            unchanged = len(pending) - len(new) - len(changed)
            refused, lost = self._insert(new, saved_at), self._replace(changed)
            counts += SaveCounts(len(new) - len(refused), len(changed) - len(lost), unchanged)
            again = {document["_id"] for document in [*refused, *lost]}
            pending = [document for document in pending if document["_id"] in again]
            if not pending:
                return counts
            stored = self._known(pending)
        raise StorageError(_BUSY)

    def _mark(self, wanted: Mapping[str, Consent], origin: Mapping[str, Any]) -> int:
        """Set marks of a few customers, each on the version that is stored when it is written; return of how many."""
        n_marked = 0
        for _ in range(_ROUNDS):
            lacking = [old for old in self._read(list(wanted), {}) if lacks_marks(old, wanted[old["_id"]])]
            if not lacking:
                return n_marked
            insert_new(self._versions, [version_of(old) for old in lacking])
            marked = [with_more_marks(old, wanted[old["_id"]], origin=origin, vault=self._vault) for old in lacking]
            n_marked += self._customers.bulk_write([self._next(each) for each in marked], ordered=False).matched_count
        raise StorageError(_BUSY)

    def _insert(self, documents: list[Document], saved_at: datetime) -> list[Document]:
        """Add customers and return those that somebody else had added."""
        first = {"version": 1, "created_at": saved_at}
        fresh = [sealed_document({**merged_with(None, document), **first}, vault=self._vault) for document in documents]
        refused = {document["_id"] for document in insert_new(self._customers, fresh)}
        return [document for document in documents if document["_id"] in refused]

    def _replace(self, documents: list[Document]) -> list[Document]:
        """Keep the stored version, then replace it; return the customers somebody else changed in between.

        A crash in between leaves a kept version of a customer that has not changed yet: the repeated save keeps
        it once and goes on.
        """
        if not documents:
            return []
        old = {row["_id"]: row for row in self._read([document["_id"] for document in documents], {})}
        kept = [version_of(old[document["_id"]]) for document in documents if document["_id"] in old]
        insert_new(self._versions, kept)
        replacements = [
            self._replacement(old[document["_id"]], document) for document in documents if document["_id"] in old
        ]
        if self._customers.bulk_write(replacements, ordered=False).matched_count == len(documents):
            return []
        stored = self._known(documents)
        return [each for each in documents if each["_id"] not in stored or not self._is_same(stored, each)]

    def _is_same(self, stored: Mapping[str, Document], new: Document) -> bool:
        old = stored[new["_id"]]
        return is_same(old, merged_with(old, new), vault=self._vault)

    def _replacement(self, old: Document, new: Document) -> ReplaceOne[Document]:
        """Merge what a file brought with what is stored now: a mark set or lifted since it was compared counts."""
        return self._next({**merged_with(old, new), "version": old["version"] + 1, "created_at": old["created_at"]})

    def _next(self, document: Document) -> ReplaceOne[Document]:
        before = {"_id": document["_id"], "version": document["version"] - 1}
        return ReplaceOne(before, sealed_document(document, vault=self._vault))


def version_of(old: Document) -> Document:
    """Return a stored customer as it is kept once it is replaced."""
    content = {name: value for name, value in old.items() if name not in ("_id", "name_tokens")}
    return {"customer_id": old["_id"], **content}


def _at(row: Mapping[str, Any], path: str) -> Any:  # noqa: ANN401  any sort key
    value: Any = row
    for name in path.split("."):
        value = value[name]
    return value
