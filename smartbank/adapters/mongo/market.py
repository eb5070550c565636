"""What is kept of the market in MongoDB: observations, snapshots, and values set by hand."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final

from pymongo import ASCENDING

from smartbank.adapters.mongo.bulk import insert_new
from smartbank.adapters.mongo.connection import MongoDatabase
from smartbank.adapters.mongo.errors import storage_errors
from smartbank.adapters.mongo.schema import SCHEMA_VERSION
from smartbank.core.fingerprint import fingerprint
from smartbank.core.market.indicators import Indicator
from smartbank.core.market.observations import (
    Observation,
    ObservationStatus,
    SeriesInUse,
    lately_since,
    latest_of_each,
    new_ones,
    newest_of_each,
    of_series_in_use,
)
from smartbank.core.market.overrides import Override, newest_first
from smartbank.core.market.snapshot import MarketSnapshot, snapshot_from

_BATCH: Final = 500


class MongoObservationRepository:
    """Keeps observations in `market_observations`, one document each, never changed; `series` says which are newest."""

    def __init__(self, database: MongoDatabase, *, series: SeriesInUse = MappingProxyType({})) -> None:
        self._series = series
        self._observations = database["market_observations"]

    def record_many(self, observations: Iterable[Observation]) -> int:
        said = list(observations)
        with storage_errors():
            known = [each for indicator in {one.indicator for one in said} for each in self._of(indicator)]
            new = new_ones(said, known)
            kept_by_another = [
                document
                for start in range(0, len(new), _BATCH)
                for document in insert_new(self._observations, [_document(one) for one in new[start : start + _BATCH]])
            ]
        return len(new) - len(kept_by_another)

    def newest(self, indicator: Indicator, *, per_source: int = 6) -> list[Observation]:
        accepted = {"indicator": indicator.value, "status": ObservationStatus.ACCEPTED.value}
        lately = {"period_end": {"$gte": lately_since(datetime.now(UTC)).isoformat()}}
        with storage_errors():
            found = self._in_use(accepted | lately) or self._in_use(accepted)
        return newest_of_each(found, per_source=per_source)

    def history(self, indicator: Indicator) -> list[Observation]:
        with storage_errors():
            kept = [each for each in self._of(indicator) if each.status is ObservationStatus.ACCEPTED]
        return latest_of_each(kept)

    def refused(self, *, limit: int = 50) -> list[Observation]:
        query = {"status": ObservationStatus.REFUSED.value}
        with storage_errors():
            found = [_observation(each) for each in self._observations.find(query)]
        return sorted(found, key=lambda each: (each.fetched_at, each.period), reverse=True)[:limit]

    def _in_use(self, query: Mapping[str, Any]) -> list[Observation]:
        return of_series_in_use(map(_observation, self._observations.find(query)), self._series)

    def _of(self, indicator: Indicator) -> list[Observation]:
        found = self._observations.find({"indicator": indicator.value}).sort("period_end", ASCENDING)
        return [_observation(document) for document in found]


class MongoSnapshotRepository:
    """Keeps snapshots in `market_snapshots` by their ids."""

    def __init__(self, database: MongoDatabase) -> None:
        self._snapshots = database["market_snapshots"]

    def keep(self, snapshot: MarketSnapshot, *, now: datetime) -> MarketSnapshot:
        values = {name: value for name, value in snapshot.to_json().items() if name != "snapshot_id"}
        document = {"_id": snapshot.snapshot_id, **values, "kept_at": now, "schema_version": SCHEMA_VERSION}
        with storage_errors():
            insert_new(self._snapshots, [document])
        return self.find(snapshot.snapshot_id) or snapshot

    def find(self, snapshot_id: str) -> MarketSnapshot | None:
        with storage_errors():
            found = self._snapshots.find_one({"_id": snapshot_id})
        return None if found is None else snapshot_from({**found, "snapshot_id": snapshot_id})

    def recent(self, *, limit: int = 20) -> list[tuple[datetime, MarketSnapshot]]:
        with storage_errors():
            found = list(self._snapshots.find({}))
        newest = sorted(found, key=lambda each: (each["kept_at"], str(each["_id"])), reverse=True)[:limit]
        return [(each["kept_at"], snapshot_from({**each, "snapshot_id": each["_id"]})) for each in newest]


class MongoOverrideRepository:
    """Keeps values set by hand in `market_overrides`."""

    def __init__(self, database: MongoDatabase) -> None:
        self._overrides = database["market_overrides"]

    def add(self, override: Override) -> None:
        with storage_errors():
            added = override.after(self._open(override))
            values = {name: value for name, value in added.__dict__.items() if name != "override_id"}
            document = {"_id": added.override_id, **values, "indicator": added.indicator.value}
            self._overrides.insert_one({**document, "schema_version": SCHEMA_VERSION})
            # kept before the others end, so that there is always one; of several added at once the newest stays
            newest, *older = self._open(added) or [added]
            for each in older:
                self.end(each.override_id, by=newest.by, at=newest.at)

    def _open(self, beside: Override) -> list[Override]:
        """Return those of an override's indicator that nobody ended and that have not run out when it begins."""
        return self._newest_first(
            {"indicator": beside.indicator.value, "ended_at": None, "expires_at": {"$gt": beside.at}}
        )

    def end(self, override_id: str, *, by: str, at: datetime) -> bool:
        query = {"_id": override_id, "ended_at": None}
        with storage_errors():
            changed = self._overrides.update_one(query, {"$set": {"ended_at": at, "ended_by": by}})
        return bool(changed.matched_count)

    def in_force(self, at: datetime) -> list[Override]:
        return [each for each in self._newest_first({"expires_at": {"$gt": at}}) if each.is_in_force(at)]

    def recent(self, *, limit: int = 50) -> list[Override]:
        return self._newest_first({})[:limit]

    def _newest_first(self, query: Mapping[str, Any]) -> list[Override]:
        with storage_errors():
            return newest_first(_override(document) for document in self._overrides.find(query))


def _document(observation: Observation) -> dict[str, Any]:
    values = observation.to_json() | {"period_end": observation.period.end.isoformat()}
    return {
        "_id": fingerprint([*map(str, observation.says), observation.fetched_at.isoformat()], length=24),
        **values,
        "schema_version": SCHEMA_VERSION,
    }


def _observation(document: Mapping[str, Any]) -> Observation:
    return Observation.from_json(document)


def _override(document: Mapping[str, Any]) -> Override:
    names = ("value", "reason", "by", "at", "expires_at", "ended_at", "ended_by")
    values = {name: document[name] for name in names}
    return Override(override_id=document["_id"], indicator=Indicator(document["indicator"]), **values)
