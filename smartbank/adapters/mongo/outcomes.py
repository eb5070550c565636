"""What came of calls, in MongoDB."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, Final

from pymongo import ASCENDING, DESCENDING

from smartbank.adapters.mongo.bulk import batches, insert_new
from smartbank.adapters.mongo.connection import MongoDatabase
from smartbank.adapters.mongo.errors import storage_errors
from smartbank.adapters.mongo.schema import SCHEMA_VERSION
from smartbank.core.fingerprint import fingerprint
from smartbank.core.market.points import MarketPoint, stored_point
from smartbank.core.outcomes import Outcome, OutcomeCounts, OutcomeKind, counts_of

_WRITE_BATCH: Final = 1_000


class MongoOutcomeRepository:
    """Keeps one document a customer and moment in `outcomes`."""

    def __init__(self, database: MongoDatabase) -> None:
        self._outcomes = database["outcomes"]

    def record_many(self, outcomes: Iterable[Outcome]) -> int:
        documents = {str(each["_id"]): each for each in map(_document, reversed(list(outcomes)))}
        known = 0
        with storage_errors():
            for batch in batches(list(documents.values()), _WRITE_BATCH):
                known += len(insert_new(self._outcomes, batch))
        return len(documents) - known

    def of_customer(self, customer_id: str) -> list[Outcome]:
        with storage_errors():
            found = self._outcomes.find({"customer_id": customer_id}).sort("at", DESCENDING)
            return [_outcome(document) for document in found]

    def decided(self, since: datetime | None = None) -> Iterator[Outcome]:
        kinds = [kind.value for kind in OutcomeKind if kind.is_decided]
        when: dict[str, Any] = {} if since is None else {"at": {"$gte": since}}
        with storage_errors():
            found = self._outcomes.find({"outcome": {"$in": kinds}, **when}).sort("at", ASCENDING)
            for _, at_once in groupby(found, key=lambda document: document["at"]):
                yield from map(_outcome, sorted(at_once, key=lambda document: str(document["customer_id"])))

    def recent(self, since: datetime, *, base_rate: float, base_rate_market: MarketPoint | None) -> OutcomeCounts:
        with storage_errors():
            found = [_outcome(document) for document in self._outcomes.find({"at": {"$gte": since}})]
        return counts_of(found, since=since, base_rate=base_rate, base_rate_market=base_rate_market)


def _document(outcome: Outcome) -> dict[str, Any]:
    moment = outcome.at.astimezone(UTC).isoformat(timespec="milliseconds")
    name = fingerprint([outcome.customer_id, moment], length=24)
    return {**outcome.__dict__, "outcome": outcome.outcome.value, "_id": name, "schema_version": SCHEMA_VERSION}


def _outcome(document: Mapping[str, Any]) -> Outcome:
    values = {field.name: document[field.name] for field in fields(Outcome)}
    point = values["base_rate_market"]
    market = None if point is None else stored_point(point)
    return Outcome(**values | {"outcome": OutcomeKind(values["outcome"]), "base_rate_market": market})
