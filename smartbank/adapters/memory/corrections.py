"""Corrections to customers in memory."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from smartbank.adapters.customer_changes import (
    REPLACED_AT,
    Touched,
    is_from,
    origin_of,
    restored,
    touched_by,
    with_consent,
)
from smartbank.adapters.customer_documents import opened_document
from smartbank.adapters.memory.customers import MemoryCustomerRepository
from smartbank.core.consent import Consent
from smartbank.core.customers import CHANGED_MEANWHILE, NO_SUCH_CUSTOMER
from smartbank.core.moments import to_milliseconds
from smartbank.core.ports import Uploaded
from smartbank.errors import ConflictError, NotFoundError


class MemoryCustomerCorrections:
    """Works on the customers another repository in memory keeps."""

    def __init__(self, customers: MemoryCustomerRepository) -> None:
        self._customers = customers

    def record_consent(
        self, customer_id: str, consent: Consent, *, version: int, source: Mapping[str, Any], saved_at: datetime
    ) -> int:
        with self._customers.lock:
            old = self._customers.kept.get(customer_id)
            if old is None:
                raise NotFoundError(NO_SUCH_CUSTOMER)
            if old["version"] != version:
                raise ConflictError(CHANGED_MEANWHILE)
            origin = {**origin_of(source, to_milliseconds(saved_at)), "synthetic": old["synthetic"]}
            opened = opened_document(old, vault=self._customers.vault)
            self._customers.replace(old, {**with_consent(opened, consent), **origin, "version": version + 1})
            return version + 1

    def uploaded(self, upload_id: str) -> Uploaded:
        with self._customers.lock:
            mine = {key: kept for key, kept in self._customers.kept.items() if is_from(kept, upload_id)}
            earlier = {key for (key, _), kept in self._customers.replaced.items() if is_from(kept, upload_id)}
            touched = {key: self._touched(kept, upload_id) for key, kept in mine.items()}
            added = {key for key, how in touched.items() if how.is_added}
            changed = {key for key, how in touched.items() if how.before is not None}
            since = (earlier & set(self._customers.kept)) - set(mine)
            undone = {key for key in since if self._customers.kept[key].get("undone_upload") == upload_id}
            stay = set(mine) - added - changed
            return Uploaded(sorted(added), sorted(changed), len(since - undone) + len(stay))

    def restore(self, customer_ids: list[str], upload_id: str, *, saved_at: datetime) -> int:
        at = to_milliseconds(saved_at)
        with self._customers.lock:
            kept = [self._customers.kept[each] for each in customer_ids if each in self._customers.kept]
            for old in kept:
                earlier = self._touched(old, upload_id).before if is_from(old, upload_id) else None
                if earlier is not None:
                    vault = self._customers.vault
                    self._customers.replace(old, restored(old, earlier, upload_id=upload_id, saved_at=at, vault=vault))
            return sum(self._customers.kept[old["_id"]].get("undone_upload") == upload_id for old in kept)

    def synthetic_ids(self) -> list[str]:
        with self._customers.lock:
            return sorted(key for key, kept in self._customers.kept.items() if kept["synthetic"])

    def erase(self, customer_id: str) -> bool:
        with self._customers.lock:
            was_there = self._customers.kept.pop(customer_id, None) is not None
            return self._forget({customer_id}) or was_there

    def _forget(self, gone: set[str]) -> bool:
        """Delete the versions of customers who are gone, and what uploads said of them; whether there was any."""
        replaced, claims = self._customers.replaced, self._customers.claims
        self._customers.replaced = {key: each for key, each in replaced.items() if key[0] not in gone}
        self._customers.claims = {key: each for key, each in claims.items() if each["customer_id"] not in gone}
        return len(replaced) + len(claims) > len(self._customers.replaced) + len(self._customers.claims)

    def delete(self, customer_ids: list[str], *, upload_id: str | None = None) -> int:
        with self._customers.lock:
            for each in customer_ids:
                kept = self._customers.kept.get(each)
                if kept is not None and (kept["synthetic"] if upload_id is None else is_from(kept, upload_id)):
                    del self._customers.kept[each]
            gone = {each for each in customer_ids if each not in self._customers.kept}
            self._forget(gone)
            return len(gone)

    def note_replaced(self, at: datetime, *, at_most: int) -> int:  # noqa: ARG002  it is on all of them
        return 0

    def forget_versions(self, before: datetime, *, at_most: int) -> int:
        with self._customers.lock:
            replaced = self._customers.replaced
            old = sorted((each[REPLACED_AT], key) for key, each in replaced.items() if each[REPLACED_AT] <= before)
            for _, key in old[:at_most]:
                del replaced[key]
        return len(old[:at_most])

    def _touched(self, current: Mapping[str, Any], upload_id: str) -> Touched:
        versions = [kept for (key, _), kept in self._customers.replaced.items() if key == current["_id"]]
        return touched_by(upload_id, current, versions)
