"""The market: its sources, and what is kept of what they said."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from smartbank.core.market.indicators import Indicator
from smartbank.core.market.observations import Observation, RawSeries, Source
from smartbank.core.market.overrides import Override
from smartbank.core.market.scenarios import Scenario
from smartbank.core.market.snapshot import MarketSnapshot


class MarketSource(Protocol):
    """One series of one publisher, fetched over the network."""

    @property
    def indicator(self) -> Indicator:
        """What the series is about."""
        ...

    @property
    def source(self) -> Source:
        """Who publishes it."""
        ...

    @property
    def is_proxy(self) -> bool:
        """Whether it stands in for the series the model was trained on."""
        ...

    def fetch(self, *, now: datetime) -> RawSeries:
        """Ask for the series. Raises `MarketSourceError` for anything but a believable answer; nothing is kept."""
        ...


class ObservationRepository(Protocol):
    """Every observation ever made, refused ones too."""

    def record_many(self, observations: Iterable[Observation]) -> int:
        """Keep observations that say something new and return how many did.

        One that says what the newest kept one of the same indicator, source, series and period says is passed over.
        """
        ...

    def newest(self, indicator: Indicator, *, per_source: int = 6) -> list[Observation]:
        """Return the accepted observations of the last periods of each source, of a period the last said.

        Values older than two years are only among them where there is none newer, and of a source whose series can be
        set only those of the one that is.
        """
        ...

    def history(self, indicator: Indicator) -> list[Observation]:
        """Return the accepted observations by period, then source; of a period and source the newest only."""
        ...

    def refused(self, *, limit: int = 50) -> list[Observation]:
        """Return the refused observations fetched last, newest first."""
        ...


class SnapshotRepository(Protocol):
    """The markets scores were made in."""

    def keep(self, snapshot: MarketSnapshot, *, now: datetime) -> MarketSnapshot:
        """Keep a snapshot unless one of its id is kept, and return the kept one."""
        ...

    def find(self, snapshot_id: str) -> MarketSnapshot | None:
        """Return a kept snapshot; None if there is none."""
        ...

    def recent(self, *, limit: int = 20) -> list[tuple[datetime, MarketSnapshot]]:
        """Return the snapshots kept last with when they came into force first, newest first."""
        ...


class OverrideRepository(Protocol):
    """Values set by hand, with who did and why."""

    def add(self, override: Override) -> None:
        """Keep an override, and end every other one of its indicator that is open, in its author's name at its time.

        Of several added at once the newest stays open. It is kept before the others end; where a clock was ahead when
        one of them was kept, it begins just after that one.
        """
        ...

    def end(self, override_id: str, *, by: str, at: datetime) -> bool:
        """Take an override back; return whether it was there and not ended yet."""
        ...

    def in_force(self, at: datetime) -> list[Override]:
        """Return every override in force at a moment, newest first."""
        ...

    def recent(self, *, limit: int = 50) -> list[Override]:
        """Return the overrides set last, newest first; one in force may be older than they are."""
        ...


class ScenarioRepository(Protocol):
    """Scenarios people saved, one a name."""

    def add(self, scenario: Scenario) -> bool:
        """Keep a scenario; return False, and leave it alone, where there is one of its id."""
        ...

    def find(self, scenario_id: str) -> Scenario | None:
        """Return a scenario; None if there is none."""
        ...

    def all(self) -> list[Scenario]:
        """Return every scenario, by name in lower case."""
        ...

    def delete(self, scenario_id: str) -> bool:
        """Delete a scenario; return whether it was there."""
        ...
