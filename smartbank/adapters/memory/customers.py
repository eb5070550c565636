"""Customers in memory."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from threading import RLock
from typing import Any

import pandas as pd

from smartbank.adapters.customer_changes import (
    REPLACED_AT,
    compared,
    consent_of,
    is_same,
    lacks_marks,
    marks_by_id,
    merged_with,
    origin_of,
    phone_since,
    sources_of,
    with_more_marks,
)
from smartbank.adapters.customer_documents import (
    FIELD_PATH,
    contact_frame,
    customer_document,
    customer_documents,
    customer_frame,
    customer_row,
    in_order,
    opened_document,
    sealed_document,
    search_tokens,
    standing_frame,
)
from smartbank.adapters.key_file import new_key
from smartbank.adapters.mark_history import claims_of
from smartbank.adapters.vault import Vault
from smartbank.core.consent import Consent, barred_states
from smartbank.core.customers import Comparison, CustomerQuery, SaveCounts
from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.lead_rows import LeadRow
from smartbank.core.moments import to_milliseconds


class MemoryCustomerRepository:
    """Keeps customers by id in `kept`, and the versions they replaced by id and version in `replaced`, sealed.

    In `claims` is what uploads said against calling them.

    Parameters
    ----------
    vault : Vault, optional
        Without one it has a key of its own.
    """

    def __init__(self, *, vault: Vault | None = None) -> None:
        self.vault = vault or Vault([new_key()])
        self.kept: dict[str, dict[str, Any]] = {}
        self.replaced: dict[tuple[str, int], dict[str, Any]] = {}
        self.claims: dict[str, dict[str, Any]] = {}
        self.lock = RLock()

    def save_many(self, customers: pd.DataFrame, *, source: Mapping[str, Any], saved_at: datetime) -> SaveCounts:
        return self._save_all(customer_documents(customers), source, saved_at)

    def save_rows(
        self, customers: Sequence[LeadRow], *, source: Mapping[str, Any], saved_at: datetime
    ) -> list[dict[str, Any]]:
        self._save_all([customer_document(each) for each in customers], source, saved_at)
        return self.load_rows([str(each[CUSTOMER_ID]) for each in customers])

    def set_marks(self, marks: pd.DataFrame, *, source: Mapping[str, Any], saved_at: datetime) -> int:
        origin, wanted = origin_of(source, to_milliseconds(saved_at)), marks_by_id(marks)
        with self.lock:
            stored = {each: wanted[each] for each in wanted if each in self.kept}
            self._note(str(source.get("marks_of", "")), stored)
            lacking = [self.kept[each] for each in wanted if lacks_marks(self.kept.get(each), wanted[each])]
            for old in lacking:
                self.replace(old, with_more_marks(old, wanted[old["_id"]], origin=origin, vault=self.vault))
        return len(lacking)

    def compare(self, customers: pd.DataFrame) -> Comparison:
        with self.lock:
            return compared(customers, stored=self.kept, documents=customer_documents, load=self.load, vault=self.vault)

    def barred(self, *, require_consent: bool) -> Mapping[str, str]:
        states = barred_states(require_consent=require_consent)
        with self.lock:
            return {key: kept["consent_state"] for key, kept in self.kept.items() if kept["consent_state"] in states}

    def without_number(self) -> set[str]:
        with self.lock:
            return {key for key, kept in self.kept.items() if _value(kept, "phone") is None}

    def has_synthetic(self) -> bool:
        return any(kept["synthetic"] for kept in self.kept.values())

    def ids(self, query: CustomerQuery) -> list[str]:
        with self.lock:
            found = {
                customer_id: customer_id if query.sort == "customer_id" else _sort_key(document, query.sort)
                for customer_id, document in self.kept.items()
                if self._matches(document, query)
            }
        return in_order(found, descending=query.descending)

    def ids_after(self, query: CustomerQuery, after: str, limit: int) -> list[str]:
        return [each for each in self.ids(query) if each > after][:limit]

    def load(self, customer_ids: list[str]) -> pd.DataFrame:
        with self.lock:
            return customer_frame((self.kept[each] for each in customer_ids if each in self.kept), vault=self.vault)

    def load_rows(self, customer_ids: list[str]) -> list[dict[str, Any]]:
        with self.lock:
            found = [self.kept[each] for each in customer_ids if each in self.kept]
        return [customer_row(opened_document(each, vault=self.vault)) for each in found]

    def standing(self, customer_ids: list[str]) -> pd.DataFrame:
        with self.lock:
            return standing_frame(customer_ids, self.kept)

    def contact_details(self, customer_ids: list[str]) -> pd.DataFrame:
        with self.lock:
            return contact_frame(customer_ids, self.kept, vault=self.vault)

    def load_versions(self, wanted: list[tuple[str, int]]) -> pd.DataFrame:
        with self.lock:
            current = {(key, document["version"]): document for key, document in self.kept.items()}
            found = self.replaced | current
            return customer_frame((found[each] for each in wanted if each in found), vault=self.vault)

    def sources(self, customer_id: str) -> dict[int, str]:
        with self.lock:
            older = [kept for (key, _), kept in self.replaced.items() if key == customer_id]
            return sources_of([*older, *([self.kept[customer_id]] if customer_id in self.kept else [])])

    def count(self) -> int:
        return len(self.kept)

    def _note(self, upload_id: str, marks: Mapping[str, Consent]) -> None:
        self.claims |= {claim["_id"]: claim for claim in (claims_of(upload_id, marks) if upload_id else [])}

    def _save_all(self, documents: list[dict[str, Any]], source: Mapping[str, Any], saved_at: datetime) -> SaveCounts:
        origin = origin_of(source, to_milliseconds(saved_at))
        with self.lock:
            self._note(str(source.get("upload_id", "")), {each["_id"]: consent_of(each) for each in documents})
            counts = [self._save({**document, **origin}) for document in documents]
        return sum(counts, SaveCounts())

    def _save(self, document: dict[str, Any]) -> SaveCounts:
        old = self.kept.get(document["_id"])
        merged = merged_with(old, document)
        if old is None:
            at = merged["updated_at"]
            self.keep({**merged, "version": 1, "created_at": at, "phone_since": at})
            return SaveCounts(added=1)
        if is_same(old, merged, vault=self.vault):
            return SaveCounts(unchanged=1)
        since = phone_since(old, merged, vault=self.vault)
        kept = {"version": old["version"] + 1, "created_at": old["created_at"], "phone_since": since}
        self.replace(old, {**merged, **kept})
        return SaveCounts(changed=1)

    def replace(self, old: Mapping[str, Any], new: dict[str, Any]) -> None:
        """Keep a customer in place of the version it was, which is kept too."""
        self.replaced[old["_id"], old["version"]] = {**old, REPLACED_AT: new["updated_at"]}
        self.keep(new)

    def keep(self, document: Mapping[str, Any]) -> None:
        """Keep a document in clear as a customer's newest version."""
        self.kept[document["_id"]] = sealed_document(document, vault=self.vault)

    def _matches(self, document: Mapping[str, Any], query: CustomerQuery) -> bool:
        text = query.text.strip()
        if text and document["_id"] != text:
            asked = search_tokens(text, vault=self.vault)
            if not any(set(tokens) <= set(document["name_tokens"]) for tokens in asked):
                return False
        if query.origin != "both" and document["synthetic"] != (query.origin == "demo"):
            return False
        if query.consent and document["consent_state"] not in query.consent:
            return False
        return _has_levels(document, query) and _in_ranges(document, query)


def _value(document: Mapping[str, Any], name: str) -> Any:  # noqa: ANN401  any value of a document
    block, _, key = FIELD_PATH[name].partition(".")
    return document[block][key]


def _sort_key(document: Mapping[str, Any], name: str) -> Any:  # noqa: ANN401  any sort key
    return document[name] if name == "updated_at" else _value(document, name)


def _has_levels(document: Mapping[str, Any], query: CustomerQuery) -> bool:
    words = {True: "yes", False: "no", None: "unknown"}
    return all(
        not wanted or words.get(_value(document, name), _value(document, name)) in wanted
        for name, wanted in (
            ("job", query.jobs),
            ("marital", query.marital),
            ("education", query.education),
            ("housing", query.housing),
            ("loan", query.loan),
        )
    )


def _in_ranges(document: Mapping[str, Any], query: CustomerQuery) -> bool:
    age, days = _value(document, "age"), _value(document, "days_since_contact")
    if query.min_age is not None and (age is None or age < query.min_age):
        return False
    if query.max_age is not None and (age is None or age > query.max_age):
        return False
    if query.never_contacted:
        return days is None and not _value(document, "previous")
    return query.max_days_since_contact is None or (days is not None and days <= query.max_days_since_contact)
