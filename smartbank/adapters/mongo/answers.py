"""Answers that are kept for a request that comes again, in MongoDB; what they say of customers is sealed."""

from datetime import datetime
from typing import Any

from pymongo.errors import DuplicateKeyError

from smartbank.adapters.mongo.connection import MongoDatabase
from smartbank.adapters.mongo.errors import storage_errors
from smartbank.adapters.mongo.schema import SCHEMA_VERSION
from smartbank.adapters.vault import Vault
from smartbank.core.idempotency import GIVEN_UP_AFTER, KEPT_FOR, KeptAnswer


class MongoAnswerRepository:
    """Keeps one document a request in `request_answers`."""

    def __init__(self, database: MongoDatabase, *, vault: Vault) -> None:
        self._answers = database["request_answers"]
        self._vault = vault

    def begin(self, name: str, asked: str, *, now: datetime) -> KeptAnswer | None:
        fresh = {"asked": self._vault.fingerprint(asked), "begun_at": now, "schema_version": SCHEMA_VERSION}
        with storage_errors():
            try:
                self._answers.insert_one({"_id": name, **fresh})
                return None
            except DuplicateKeyError:
                found = self._answers.find_one({"_id": name})
            if found is None:  # forgotten in the same moment: it is being done anew
                return KeptAnswer(is_same=True)
            if _is_over(found, now) and self._take_over(found, fresh):
                return None
        is_same = self._vault.is_fingerprint_of(found["asked"], asked)
        body = found.get("body")
        return KeptAnswer(is_same, self._vault.open_text(body, about_answer(name)) if body and is_same else None)

    def finish(self, name: str, body: str) -> None:
        with storage_errors(), self._vault.writing():
            sealed = self._vault.seal_text(body, about_answer(name))
            said = {"body": sealed, "sealed_with": [self._vault.sealing_key()]}
            self._answers.update_one({"_id": name}, {"$set": said})

    def forget(self, name: str) -> None:
        with storage_errors():
            self._answers.delete_one({"_id": name})

    def delete_before(self, moment: datetime) -> int:
        with storage_errors():
            return self._answers.delete_many({"begun_at": {"$lt": moment}}).deleted_count

    def _take_over(self, found: dict[str, Any], fresh: dict[str, Any]) -> bool:
        seen = {"_id": found["_id"], "begun_at": found["begun_at"]}
        return self._answers.replace_one(seen, fresh).matched_count == 1


def about_answer(name: str) -> str:
    """Return what an answer is sealed as."""
    return f"answer:{name}"


def _is_over(found: dict[str, Any], now: datetime) -> bool:
    age = now - found["begun_at"]
    return bool(age > KEPT_FOR or ("body" not in found and age > GIVEN_UP_AFTER))
