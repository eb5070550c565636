"""Corrections to customers in memory."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from smartbank.adapters.customer_changes import origin_of, restored, with_consent
from smartbank.adapters.customer_documents import opened_document
from smartbank.adapters.memory.clock import to_milliseconds
from smartbank.adapters.memory.customers import MemoryCustomerRepository
from smartbank.core.consent import Consent
from smartbank.core.customers import CHANGED_MEANWHILE, NO_SUCH_CUSTOMER
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
            self._replace(old, {**with_consent(opened, consent), **origin, "version": version + 1})
            return version + 1

    def uploaded(self, upload_id: str) -> Uploaded:
        with self._customers.lock:
            mine = {key: kept for key, kept in self._customers.kept.items() if _is_from(kept, upload_id)}
            earlier = {key for (key, _), kept in self._customers.replaced.items() if _is_from(kept, upload_id)}
            return Uploaded(
                sorted(key for key, kept in mine.items() if kept["version"] == 1),
                sorted(key for key, kept in mine.items() if kept["version"] > 1),
                len((earlier & set(self._customers.kept)) - set(mine)),
            )

    def restore(self, customer_ids: list[str], upload_id: str, *, source: Mapping[str, Any], saved_at: datetime) -> int:
        with self._customers.lock:
            kept = [self._customers.kept.get(each) for each in customer_ids]
            mine = [old for old in kept if old is not None and _is_from(old, upload_id) and old["version"] > 1]
            for old in mine:
                earlier = self._customers.replaced[old["_id"], old["version"] - 1]
                origin = origin_of(source, to_milliseconds(saved_at))
                self._replace(old, restored(old, earlier, origin=origin, vault=self._customers.vault))
            return len(mine)

    def synthetic_ids(self) -> list[str]:
        with self._customers.lock:
            return sorted(key for key, kept in self._customers.kept.items() if kept["synthetic"])

    def delete(self, customer_ids: list[str]) -> int:
        with self._customers.lock:
            gone = [each for each in customer_ids if self._customers.kept.pop(each, None) is not None]
            for key in [key for key in self._customers.replaced if key[0] in set(customer_ids)]:
                del self._customers.replaced[key]
            return len(gone)

    def _replace(self, old: Mapping[str, Any], new: dict[str, Any]) -> None:
        self._customers.replaced[old["_id"], old["version"]] = dict(old)
        self._customers.keep(new)


def _is_from(document: Mapping[str, Any], upload_id: str) -> bool:
    return bool(document["source"].get("upload_id") == upload_id)
