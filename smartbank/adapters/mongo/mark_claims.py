"""What each upload said against calling stored customers, kept beside them: ids and marks, no names."""

from collections.abc import Collection, Mapping
from typing import Any, Final

from smartbank.adapters.mark_history import claim_id, claims_of
from smartbank.adapters.mongo.bulk import IN_AT_MOST, batches, insert_new
from smartbank.adapters.mongo.connection import MongoDatabase
from smartbank.core.consent import Consent

COLLECTION: Final = "mark_claims"
_WRITE_BATCH: Final = 1_000


class MarkClaims:
    """Works on one collection, whose documents `claims_of` makes; its methods raise what the database raises."""

    def __init__(self, database: MongoDatabase) -> None:
        self._claims = database[COLLECTION]

    def note(self, upload_id: str, marks: Mapping[str, Consent]) -> None:
        """Keep what an upload says; said again, it counts again."""
        said = claims_of(upload_id, marks) if upload_id else []
        for batch in batches(said, _WRITE_BATCH):
            again = [claim["_id"] for claim in insert_new(self._claims, batch)]
            self._mark(again, withdrawn=False)

    def withdraw(self, upload_id: str, customer_ids: Collection[str]) -> None:
        """Note that what an upload said of some customers was a mistake."""
        self._mark([claim_id(upload_id, each) for each in customer_ids], withdrawn=True)

    def customers(self, upload_id: str) -> list[str]:
        """Return of whom an upload said something."""
        return [row["customer_id"] for row in self._claims.find({"upload_id": upload_id}, {"customer_id": 1})]

    def exists(self, upload_id: str) -> bool:
        """Return whether an upload said something of anybody."""
        return self._claims.find_one({"upload_id": upload_id}, {"_id": 1}) is not None

    def of(self, customer_ids: list[str]) -> dict[str, list[dict[str, Any]]]:
        """Return what every upload said, by customer."""
        found: dict[str, list[dict[str, Any]]] = {each: [] for each in customer_ids}
        for batch in batches(customer_ids, IN_AT_MOST):
            for claim in self._claims.find({"customer_id": {"$in": batch}}):
                found[claim["customer_id"]].append(claim)
        return found

    def forget(self, customer_ids: list[str]) -> None:
        """Delete what was said of some customers."""
        for batch in batches(customer_ids, IN_AT_MOST):
            self._claims.delete_many({"customer_id": {"$in": batch}})

    def _mark(self, claim_ids: list[str], *, withdrawn: bool) -> None:
        for batch in batches(claim_ids, IN_AT_MOST):
            self._claims.update_many({"_id": {"$in": batch}}, {"$set": {"withdrawn": withdrawn}})
