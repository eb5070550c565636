"""What is kept of the market, in memory."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from threading import RLock
from types import MappingProxyType

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
from smartbank.core.market.snapshot import MarketSnapshot
from smartbank.core.moments import to_milliseconds


class MemoryObservationRepository:
    """Keeps observations in a list; `series` says which count as newest."""

    def __init__(self, *, series: SeriesInUse = MappingProxyType({})) -> None:
        self._series = series
        self._observations: list[Observation] = []
        self._lock = RLock()

    def record_many(self, observations: Iterable[Observation]) -> int:
        with self._lock:
            said = [replace(each, fetched_at=to_milliseconds(each.fetched_at)) for each in observations]
            new = new_ones(said, self._observations)
            self._observations += new
        return len(new)

    def newest(self, indicator: Indicator, *, per_source: int = 6) -> list[Observation]:
        accepted = of_series_in_use(self._accepted(indicator), self._series)
        since = lately_since(datetime.now(UTC))
        found = [each for each in accepted if each.period.end >= since] or accepted
        return newest_of_each(found, per_source=per_source)

    def history(self, indicator: Indicator) -> list[Observation]:
        return latest_of_each(self._accepted(indicator))

    def refused(self, *, limit: int = 50) -> list[Observation]:
        with self._lock:
            found = [each for each in self._observations if each.status is ObservationStatus.REFUSED]
        return sorted(found, key=lambda each: (each.fetched_at, each.period), reverse=True)[:limit]

    def _accepted(self, indicator: Indicator) -> list[Observation]:
        with self._lock:
            mine = [each for each in self._observations if each.indicator is indicator]
        return [each for each in mine if each.status is ObservationStatus.ACCEPTED]


class MemorySnapshotRepository:
    """Keeps snapshots in a dictionary."""

    def __init__(self) -> None:
        self._snapshots: dict[str, tuple[datetime, MarketSnapshot]] = {}
        self._lock = RLock()

    def keep(self, snapshot: MarketSnapshot, *, now: datetime) -> MarketSnapshot:
        with self._lock:
            return self._snapshots.setdefault(snapshot.snapshot_id, (to_milliseconds(now), snapshot))[1]

    def find(self, snapshot_id: str) -> MarketSnapshot | None:
        with self._lock:
            found = self._snapshots.get(snapshot_id)
        return None if found is None else found[1]

    def recent(self, *, limit: int = 20) -> list[tuple[datetime, MarketSnapshot]]:
        with self._lock:
            found = list(self._snapshots.values())
        return sorted(found, key=lambda each: (each[0], each[1].snapshot_id), reverse=True)[:limit]


class MemoryOverrideRepository:
    """Keeps values set by hand in a dictionary."""

    def __init__(self) -> None:
        self._overrides: dict[str, Override] = {}
        self._lock = RLock()

    def add(self, override: Override) -> None:
        at, expires_at = to_milliseconds(override.at), to_milliseconds(override.expires_at)
        with self._lock:
            mine = (each for each in self._overrides.values() if each.indicator is override.indicator)
            others = [each for each in mine if each.ended_at is None and each.expires_at > at]
            added = replace(override, at=at, expires_at=expires_at).after(others)
            self._overrides[added.override_id] = added
            for each in others:
                self.end(each.override_id, by=added.by, at=added.at)

    def end(self, override_id: str, *, by: str, at: datetime) -> bool:
        with self._lock:
            found = self._overrides.get(override_id)
            if found is None or found.ended_at is not None:
                return False
            self._overrides[override_id] = replace(found, ended_at=to_milliseconds(at), ended_by=by)
        return True

    def in_force(self, at: datetime) -> list[Override]:
        return [each for each in self._newest_first() if each.is_in_force(at)]

    def recent(self, *, limit: int = 50) -> list[Override]:
        return self._newest_first()[:limit]

    def _newest_first(self) -> list[Override]:
        with self._lock:
            found = list(self._overrides.values())
        return newest_first(found)
