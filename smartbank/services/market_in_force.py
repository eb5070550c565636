"""The market in force: chosen from what is kept, without asking any source; and a quick look at it."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from smartbank.core.market.choice import snapshot_in_force
from smartbank.core.market.indicators import Indicator
from smartbank.core.market.snapshot import BUNDLED_SNAPSHOT, MarketSnapshot
from smartbank.core.ports import ObservationRepository, OverrideRepository, SnapshotRepository
from smartbank.errors import StorageError
from smartbank.services.lately import Lately
from smartbank.services.settings_in_force import SettingsInForce

MAX_AGE_S: Final = 5.0
"""How old what a process knows of the market may be, in seconds."""


class MarketInForce:
    """The market scorings use; every snapshot it hands out for a scoring is kept."""

    def __init__(
        self,
        *,
        observations: ObservationRepository,
        snapshots: SnapshotRepository,
        overrides: OverrideRepository,
        settings: SettingsInForce,
        max_age_s: float = MAX_AGE_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._observations = observations
        self._snapshots = snapshots
        self._overrides = overrides
        self._settings = settings
        self._lately = Lately[MarketSnapshot](max_age_s=max_age_s, clock=clock)

    def look(self) -> MarketSnapshot:
        """Return the market in force as known here, some seconds old at most.

        While the database does not answer: the one known last, or what is bundled.
        """
        known = self._lately.fresh()
        if known is not None:
            return known
        try:
            return self._lately.keep(self._chosen(datetime.now(UTC)))
        except StorageError:
            return self._lately.last() or BUNDLED_SNAPSHOT

    def take(self, *, now: datetime) -> MarketSnapshot:
        """Return the market in force at a moment, kept under its id, for a scoring. Raises `StorageError`."""
        return self._snapshots.keep(self._chosen(now), now=now)

    def forget(self) -> None:
        """Choose again at the next look."""
        self._lately.forget()

    def _chosen(self, now: datetime) -> MarketSnapshot:
        kept = [each for indicator in Indicator for each in self._observations.newest(indicator)]
        return snapshot_in_force(
            kept,
            self._overrides.in_force(now),
            bundled=BUNDLED_SNAPSHOT,
            now=now,
            daily_euribor=self._settings.current().daily_euribor,
        )
