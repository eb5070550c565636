"""Who was erased, in MongoDB: one document a mark, and one for the secret the marks are made with."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, Final

from smartbank.adapters.erasure_marks import SECRET, about_secret, mark, marks_of, new_secret, opened_secret
from smartbank.adapters.mongo.bulk import IN_AT_MOST, batches, insert_new
from smartbank.adapters.mongo.connection import MongoDatabase
from smartbank.adapters.mongo.errors import storage_errors
from smartbank.adapters.mongo.schema import SCHEMA_VERSION
from smartbank.adapters.vault import Vault
from smartbank.core.erasure import ErasureList, new_salt

_ALL_FROM: Final = 2_000
"""Above so many marks, all there are are read once instead of asked for by the hundred."""
_SECRETS: Final = {"sealed_with": {"$gt": ""}}
"""Nothing else here is sealed. By that index: in a range of `_id` the embedded server reads every mark."""
_TOLD: Final = {"on": 1, "ended": 1}
_ENDED: Final = {"_id": "erasures ended"}


class MongoErasedCustomers:
    """Works on `erased_customers`, in which no customer id is; the secret is sealed.

    What is behind a secret's name never changes, so each is opened once and remembered. Which there are is not: every
    look-up asks for the names first and for the marks then, so that nobody whose erasure was on record before it is
    missed, in whichever process that was and under whichever secret.
    """

    def __init__(self, database: MongoDatabase, *, vault: Vault) -> None:
        self._erased = database["erased_customers"]
        self._counters = database["counters"]
        self._vault = vault
        self._opened: Mapping[str, bytes] = {}

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
            self._counters.update_one(_ENDED, {"$inc": {"value": 1}}, upsert=True)

    def among(self, customer_ids: Collection[str]) -> Mapping[str, date]:
        if not customer_ids:
            return {}
        with storage_errors():
            found, rows = self._looked_up(customer_ids)
        return {found[row["_id"]]: date.fromisoformat(row["on"]) for row in rows}

    def is_under_way(self, customer_id: str) -> bool:
        with storage_errors():
            _, rows = self._looked_up([customer_id])
        return not all(row["ended"] for row in rows)

    def lift(self, customer_id: str) -> str:
        with storage_errors():
            _, rows = self._looked_up([customer_id])
            is_lifted = self._erased.delete_many({"_id": {"$in": [row["_id"] for row in rows]}}).deleted_count > 0
        return _first(rows) if is_lifted else ""

    def ended(self) -> int:
        with storage_errors():
            found: dict[str, Any] | None = self._counters.find_one(_ENDED)
        return 0 if found is None else int(found["value"])

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
            there = sum(len(insert_new(self._erased, batch)) for batch in batches(marks, IN_AT_MOST))
        return len(marks) - there

    def _again(self, name: str, sealed: str) -> tuple[str, str]:
        """Return a secret sealed with the newest key, and that key."""
        clear = opened_secret(name, sealed, vault=self._vault).hex()
        return self._vault.seal_text(clear, about_secret(name)), self._vault.sealing_key()

    def _secret(self, name: str, sealed: str, key: str) -> dict[str, Any]:
        return {"_id": f"{SECRET}{name}", "secret": sealed, "sealed_with": [key], "schema_version": SCHEMA_VERSION}

    def _looked_up(self, customer_ids: Collection[str]) -> tuple[dict[str, str], list[dict[str, Any]]]:
        """Return the ids by each mark they could have, and what is kept under those marks."""
        marks = marks_of(customer_ids, self._secrets())
        if len(marks) > _ALL_FROM:
            return marks, [row for row in self._erased.find({"on": {"$exists": True}}, _TOLD) if row["_id"] in marks]
        parts = batches(list(marks), IN_AT_MOST)
        return marks, [row for part in parts for row in self._erased.find({"_id": {"$in": part}}, _TOLD)]

    def _secrets(self) -> dict[str, bytes]:
        """Return all secrets there are now, by name."""
        opened = self._opened  # another thread may put its own in place meanwhile, without what is found here
        names = [row["_id"] for row in self._erased.find(_SECRETS, {"_id": 1})]
        if new := [name for name in names if name not in opened]:
            opened = {**opened, **{row["_id"]: self._open(row) for row in self._erased.find({"_id": {"$in": new}})}}
            self._opened = opened
        return {name.removeprefix(SECRET): opened[name] for name in names if name in opened}

    def _open(self, row: Mapping[str, Any]) -> bytes:
        return opened_secret(row["_id"].removeprefix(SECRET), row["secret"], vault=self._vault)

    def _mark_of(self, customer_id: str) -> str:
        """Return the mark a customer is known by; empty where none is."""
        return _first(self._looked_up([customer_id])[1])

    def _new_mark(self, customer_id: str) -> str:
        if not self._secrets():
            with self._vault.writing():
                self._erased.insert_one(self._secret(*new_secret(self._vault), self._vault.sealing_key()))
        name, secret = min(self._secrets().items())
        return mark(name, secret, customer_id)


def _first(rows: list[dict[str, Any]]) -> str:
    """Return the mark a customer is known by of those from several databases: that of the erasure under way first."""
    return str(min(rows, key=lambda row: (row["ended"], row["_id"]))["_id"]) if rows else ""
