"""What came of calls, in MongoDB."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import MISSING, fields, replace
from datetime import datetime
from itertools import groupby
from typing import Any, Final

import pandas as pd
from pymongo import ASCENDING, DESCENDING
from pymongo.errors import DuplicateKeyError

from smartbank.adapters.mongo.bulk import IN_AT_MOST, batches, insert_new
from smartbank.adapters.mongo.connection import MongoDatabase
from smartbank.adapters.mongo.errors import storage_errors
from smartbank.adapters.mongo.schema import SCHEMA_VERSION
from smartbank.core.market.points import MarketPoint, stored_point
from smartbank.core.outcomes import (
    CONTACT_COLUMNS,
    KeptOutcome,
    Outcome,
    OutcomeCounts,
    OutcomeKind,
    OutcomeStanding,
    contact_frame,
    counts_of,
    newest_kept_first,
)

_WRITE_BATCH: Final = 1_000
_COUNTS: Final = {"taken_back": {"$ne": True}}
"""What was taken back stays, and counts for nothing."""


class MongoOutcomeRepository:
    """Keeps one document a call in `outcomes`, with its earlier versions."""

    def __init__(self, database: MongoDatabase) -> None:
        self._outcomes = database["outcomes"]

    def record_many(self, outcomes: Iterable[Outcome]) -> int:
        documents = {str(each["_id"]): each for each in map(_document, reversed(list(outcomes)))}
        known = 0
        with storage_errors():
            for batch in batches(list(documents.values()), _WRITE_BATCH):
                known += len(insert_new(self._outcomes, batch))
        return len(documents) - known

    def record(self, outcome: Outcome) -> Outcome:
        document = _document(outcome)
        with storage_errors():
            try:
                self._outcomes.insert_one(document)
            except DuplicateKeyError:
                return self._in_place_of(outcome)
        return _outcome(document)

    def _in_place_of(self, outcome: Outcome) -> Outcome:
        """Return the outcome of a call that has one, or had one that was taken back: the new one takes its place."""
        named = {"_id": outcome.outcome_id}
        found = self._outcomes.find_one(named) or {}
        if found.get("taken_back"):
            self._replace(found, replace(outcome, version=found.get("version", 1) + 1))
            found = self._outcomes.find_one(named) or {}
        return _outcome(found)

    def correct(self, outcome: Outcome) -> bool:
        with storage_errors():
            found = self._outcomes.find_one({"_id": outcome.outcome_id, **_COUNTS})
            if found is None or found.get("version", 1) != outcome.version - 1:
                return False
            return self._replace(found, outcome)

    def take_back(self, outcome: Outcome) -> bool:
        same = {"_id": outcome.outcome_id, "version": outcome.version, **_COUNTS}
        with storage_errors():
            return self._outcomes.update_one(same, {"$set": {"taken_back": True}}).matched_count == 1

    def _replace(self, found: Mapping[str, Any], outcome: Outcome) -> bool:
        """Put an outcome in the place of a document that is as it was found, which is kept with it."""
        earlier = {name: value for name, value in found.items() if name not in ("_id", "earlier", "schema_version")}
        document = {**_document(outcome), "earlier": [*found.get("earlier", []), earlier]}
        same = {"_id": found["_id"], "version": found.get("version"), "taken_back": found.get("taken_back")}
        return self._outcomes.replace_one(same, document).matched_count == 1

    def of_list(self, list_id: str) -> list[Outcome]:
        with storage_errors():
            found = [_outcome(document) for document in self._outcomes.find({"list_id": list_id, **_COUNTS})]
        return sorted(found, key=lambda each: (each.at, each.customer_id))

    def contacts(self, since: datetime, *, of: Collection[str] | None = None) -> pd.DataFrame:
        return contact_frame(self.contact_rows(since, of=of))

    def contact_rows(self, since: datetime, *, of: Collection[str] | None = None) -> list[dict[str, Any]]:
        when = {"at": {"$gte": since}, "assumed": {"$ne": True}, **_COUNTS}
        asked = [{}] if of is None else [{"customer_id": {"$in": batch}} for batch in batches(sorted(of), IN_AT_MOST)]
        shown = dict.fromkeys(CONTACT_COLUMNS, 1)
        with storage_errors():
            found = [row for who in asked for row in self._outcomes.find({**who, **when}, shown)]
        rows = [{name: each.get(name) for name in CONTACT_COLUMNS} for each in found]
        return sorted(rows, key=lambda each: (each["at"], each["customer_id"]))

    def of_customer(self, customer_id: str) -> list[Outcome]:
        with storage_errors():
            found = self._outcomes.find({"customer_id": customer_id, **_COUNTS}).sort("at", DESCENDING)
            return [_outcome(document) for document in found]

    def every_version(self, customer_id: str) -> list[KeptOutcome]:
        with storage_errors():
            found = list(self._outcomes.find({"customer_id": customer_id}))
        newest = [(document, OutcomeStanding.COUNTS) for document in found]
        earlier = [(each, OutcomeStanding.CORRECTED) for document in found for each in document.get("earlier", [])]
        return newest_kept_first(
            KeptOutcome(_outcome(each), OutcomeStanding.TAKEN_BACK if each.get("taken_back") else standing)
            for each, standing in [*newest, *earlier]
        )

    def forget_customer(self, customer_id: str, *, instead: Iterable[Outcome]) -> int:
        self.record_many(instead)  # first: what breaks off in between is done again
        with storage_errors():
            return self._outcomes.delete_many({"customer_id": customer_id}).deleted_count

    def decided(self, since: datetime | None = None) -> Iterator[Outcome]:
        kinds = [kind.value for kind in OutcomeKind if kind.is_decided]
        when: dict[str, Any] = {} if since is None else {"at": {"$gte": since}}
        with storage_errors():
            found = self._outcomes.find({"outcome": {"$in": kinds}, **when, **_COUNTS}).sort("at", ASCENDING)
            for _, at_once in groupby(found, key=lambda document: document["at"]):
                ordered = sorted(at_once, key=lambda document: str(document["customer_id"]))
                yield from (outcome for outcome in map(_outcome, ordered) if outcome.is_evidence)

    def recent(self, since: datetime, *, base_rate: float, base_rate_market: MarketPoint | None) -> OutcomeCounts:
        with storage_errors():
            found = [_outcome(document) for document in self._outcomes.find({"at": {"$gte": since}, **_COUNTS})]
        return counts_of(found, since=since, base_rate=base_rate, base_rate_market=base_rate_market)


def _document(outcome: Outcome) -> dict[str, Any]:
    kind = outcome.outcome.value
    return {**outcome.__dict__, "outcome": kind, "_id": outcome.outcome_id, "schema_version": SCHEMA_VERSION}


def _outcome(document: Mapping[str, Any]) -> Outcome:
    """Return what a document says; one of an earlier SmartBank has the defaults of what that did not know."""
    defaults = {field.name: field.default for field in fields(Outcome) if field.default is not MISSING}
    values = {field.name: document.get(field.name, defaults.get(field.name)) for field in fields(Outcome)}
    point = values["base_rate_market"]
    market = None if point is None else stored_point(point)
    return Outcome(**values | {"outcome": OutcomeKind(values["outcome"]), "base_rate_market": market})
