"""Marks by the upload that set them, in memory."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from smartbank.adapters.mark_history import claim_id, counted, is_lifted, judged, lift_origin, said_by, without_marks
from smartbank.adapters.memory.customers import MemoryCustomerRepository
from smartbank.core.marks import SaidByUpload, UploadMarks
from smartbank.core.moments import to_milliseconds


class MemoryMarkedByUploads:
    """Works on the customers another repository in memory keeps."""

    def __init__(self, customers: MemoryCustomerRepository) -> None:
        self._customers = customers

    def uploads(self, upload_ids: Collection[str]) -> set[str]:
        with self._customers.lock:
            return {claim["upload_id"] for claim in self._customers.claims.values()} & set(upload_ids)

    def standing(self, upload_id: str) -> UploadMarks:
        with self._customers.lock:
            claims = list(self._customers.claims.values())
            said = sorted(claim["customer_id"] for claim in claims if claim["upload_id"] == upload_id)
            return counted(self._judged(said, upload_id))

    def said_of(self, customer_id: str) -> list[SaidByUpload]:
        with self._customers.lock:
            return said_by(each for each in self._customers.claims.values() if each["customer_id"] == customer_id)

    def lift(self, customer_ids: list[str], upload_id: str, *, source: Mapping[str, Any], saved_at: datetime) -> int:
        origin = lift_origin(upload_id, source, to_milliseconds(saved_at))
        with self._customers.lock:
            for customer_id, alone, _ in list(self._judged(customer_ids, upload_id)):
                if claim := self._customers.claims.get(claim_id(upload_id, customer_id)):
                    claim["withdrawn"] = True
                if alone:
                    old, vault = self._customers.kept[customer_id], self._customers.vault
                    self._customers.replace(old, without_marks(old, alone, origin=origin, vault=vault))
            kept = (self._customers.kept.get(each) for each in customer_ids)
            return sum(each is not None and is_lifted(each, upload_id) for each in kept)

    def _judged(
        self, customer_ids: list[str], upload_id: str
    ) -> Iterator[tuple[str, dict[str, str | None], list[str]]]:
        """Yield customers with their marks from the upload alone, and with those that stay."""
        for customer_id in customer_ids:
            if customer_id not in self._customers.kept:
                continue
            older = [kept for (key, _), kept in self._customers.replaced.items() if key == customer_id]
            claims = [claim for claim in self._customers.claims.values() if claim["customer_id"] == customer_id]
            versions = [*older, self._customers.kept[customer_id]]
            yield customer_id, *judged(upload_id, versions=versions, claims=claims)
