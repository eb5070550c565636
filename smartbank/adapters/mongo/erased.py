"""Who was erased, in MongoDB: one document a mark, and one for the secret the marks are made with."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, Final

from smartbank.adapters.erasure_marks import SECRET, about_secret, mark, marks_of, new_secret, opened_secret
from smartbank.adapters.mongo.bulk import batches, insert_new
from smartbank.adapters.mongo.connection import MongoDatabase
from smartbank.adapters.mongo.errors import storage_errors
from smartbank.adapters.mongo.schema import SCHEMA_VERSION
from smartbank.adapters.vault import Vault
from smartbank.core.erasure import ErasureList, new_salt

_IN_AT_MOST: Final = 100
_SECRETS: Final = {"_id": {"$gte": SECRET, "$lt": f"{SECRET[:-1]};"}}


class MongoErasedCustomers:
    """Works on `erased_customers`, in which no customer id is; the secret is sealed."""

    def __init__(self, database: MongoDatabase, *, vault: Vault) -> None:
        self._erased = database["erased_customers"]
        self._vault = vault

    def begin(self, customer_id: str, *, on: date) -> str:
        with storage_errors():
            known = self._mark_of(customer_id) or self._new_mark(customer_id)
            first = {"on": on.isoformat(), "salt": "", "schema_version": SCHEMA_VERSION}
            self._erased.update_one({"_id": known}, {"$setOnInsert": first, "$set": {"ended": False}}, upsert=True)
        return known

    def salt(self, customer_id: str) -> str:
        with storage_errors():
            known = self._mark_of(customer_id)
            self._erased.update_one({"_id": known, "salt": ""}, {"$set": {"salt": new_salt()}})
            found: dict[str, Any] = self._erased.find_one({"_id": known}) or {}
        return str(found["salt"])

    def finish(self, customer_id: str) -> None:
        with storage_errors():
            self._erased.update_one({"_id": self._mark_of(customer_id)}, {"$set": {"salt": "", "ended": True}})

    def among(self, customer_ids: Collection[str]) -> Mapping[str, date]:
        with storage_errors():
            found = marks_of(customer_ids, self._secrets())
            if len(found) > _IN_AT_MOST:
                rows = [row for row in self._erased.find({"on": {"$exists": True}}, {"on": 1}) if row["_id"] in found]
            else:
                rows = list(self._erased.find({"_id": {"$in": list(found)}}, {"on": 1})) if found else []
        return {found[row["_id"]]: date.fromisoformat(row["on"]) for row in rows}

    def is_under_way(self, customer_id: str) -> bool:
        with storage_errors():
            found = self._erased.find_one({"_id": self._mark_of(customer_id)}, {"ended": 1})
        return found is not None and not found["ended"]

    def lift(self, customer_id: str) -> bool:
        with storage_errors():
            return self._erased.delete_one({"_id": self._mark_of(customer_id)}).deleted_count > 0

    def ended(self) -> int:
        with storage_errors():
            return self._erased.count_documents({"ended": True})

    def to_list(self) -> ErasureList:
        with storage_errors():
            rows = list(self._erased.find())
        sealed = {row["_id"].removeprefix(SECRET): row["secret"] for row in rows if "secret" in row}
        return ErasureList(sealed, {row["_id"]: date.fromisoformat(row["on"]) for row in rows if "on" in row})

    def take_over(self, known: ErasureList) -> int:
        with storage_errors(), self._vault.writing():
            new = known.secrets.keys() - self._secrets().keys()
            secrets = [self._secret(name, *self._again(name, known.secrets[name])) for name in sorted(new)]
            insert_new(self._erased, secrets)
            ended = {"salt": "", "ended": True, "schema_version": SCHEMA_VERSION}
            marks = [{"_id": each, "on": on.isoformat(), **ended} for each, on in known.erased.items()]
            there = sum(len(insert_new(self._erased, batch)) for batch in batches(marks, _IN_AT_MOST))
        return len(marks) - there

    def _again(self, name: str, sealed: str) -> tuple[str, str]:
        """Return a secret sealed with the newest key, and that key."""
        clear = opened_secret(name, sealed, vault=self._vault).hex()
        return self._vault.seal_text(clear, about_secret(name)), self._vault.sealing_key()

    def _secret(self, name: str, sealed: str, key: str) -> dict[str, Any]:
        return {"_id": f"{SECRET}{name}", "secret": sealed, "sealed_with": [key], "schema_version": SCHEMA_VERSION}

    def _secrets(self) -> dict[str, bytes]:
        rows = {row["_id"].removeprefix(SECRET): row["secret"] for row in self._erased.find(_SECRETS)}
        return {name: opened_secret(name, sealed, vault=self._vault) for name, sealed in rows.items()}

    def _mark_of(self, customer_id: str) -> str:
        """Return the mark a customer is known by; empty where none is."""
        found = list(marks_of([customer_id], self._secrets()))
        row = self._erased.find_one({"_id": {"$in": found}}, {"_id": 1}) if found else None
        return "" if row is None else str(row["_id"])

    def _new_mark(self, customer_id: str) -> str:
        if not self._secrets():
            with self._vault.writing():
                self._erased.insert_one(self._secret(*new_secret(self._vault), self._vault.sealing_key()))
        name, secret = min(self._secrets().items())
        return mark(name, secret, customer_id)
