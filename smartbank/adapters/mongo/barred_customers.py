"""Who is barred, remembered in the process for as long as nobody changed a customer."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

from pymongo import UpdateOne

from smartbank.adapters.mongo.connection import MongoDatabase
from smartbank.core.consent import barred_states
from smartbank.errors import SmartBankError

_MINE: Final = {"_id": "consent"}
_FORGOTTEN_AFTER: Final = timedelta(minutes=15)


class BarredCustomers:
    """Reads who is barred, and again only once the note of changes in `counters` says that somebody wrote.

    The note counts changes and writers at work. A writer says so before and after it writes, so that a reader never
    takes what it remembers for true while somebody writes, nor after a writer died half-way. In a transaction both are
    there at once, and it says so once.
    """

    def __init__(self, database: MongoDatabase) -> None:
        self._notes = database["counters"]
        self._customers = database["customers"]
        self._known: dict[bool, tuple[int, Mapping[str, str]]] = {}

    def states(self, *, require_consent: bool) -> Mapping[str, str]:
        """Return the consent state of each customer who is barred, by id."""
        change = self._change()  # read first: what is written from now on counts another change
        known = self._known.get(require_consent)
        if change is not None and known is not None and known[0] == change:
            return known[1]
        states = list(barred_states(require_consent=require_consent))
        found = self._customers.find({"consent_state": {"$in": states}}, {"consent_state": 1})
        barred = MappingProxyType({row["_id"]: row["consent_state"] for row in found})
        if change is not None:
            self._known[require_consent] = (change, barred)
        return barred

    def changed(self, *, at: datetime) -> UpdateOne:
        """Return the note of a change, to be written to `counters` in one transaction with it."""
        once = {"$inc": {"changes": 1, "writers": 0}, "$setOnInsert": {"at": at}}
        return UpdateOne(_MINE, once, upsert=True)

    @contextmanager
    def changing(self) -> Generator[None]:
        """Hold while customers are written; after a fault of the database it counts as not ended."""
        begin = {"$inc": {"changes": 1, "writers": 1}, "$set": {"at": datetime.now(UTC)}}
        self._notes.update_one(_MINE, begin, upsert=True)
        try:
            yield
        except SmartBankError:
            self._end()
            raise
        self._end()

    def _end(self) -> None:
        self._notes.update_one(_MINE, {"$inc": {"changes": 1, "writers": -1}})

    def _change(self) -> int | None:
        """Return the number of changes so far; None while somebody is at work, or has died not long ago."""
        found: Mapping[str, Any] | None = self._notes.find_one(_MINE)
        if found is None:
            return 0
        if not found["writers"]:
            return int(found["changes"])
        if found["at"] < datetime.now(UTC) - _FORGOTTEN_AFTER:
            same = {**_MINE, "at": found["at"], "changes": found["changes"], "writers": found["writers"]}
            self._notes.update_one(same, {"$inc": {"changes": 1}, "$set": {"writers": 0}})
        return None
