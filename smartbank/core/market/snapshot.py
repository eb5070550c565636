"""The market a score was made in: one reading an indicator, immutable and named."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, Final

from smartbank.core.fingerprint import fingerprint
from smartbank.core.market.indicators import FACTS, MARKET_FEATURES, Indicator
from smartbank.core.market.periods import Period


class Origin(StrEnum):
    """How a reading came to be the one in force."""

    FIRST = "first source"
    SECOND = "second source"
    PROXY = "proxy"
    BUNDLED = "bundled with SmartBank"
    OVERRIDE = "set by hand"


@dataclass(frozen=True)
class Reading:
    """The value of one indicator in a snapshot.

    Attributes
    ----------
    value : float
        In the indicator's unit, unclipped.
    source : str
        For the reader of the screen: "ECB", "INE", a user's name for a value set by hand.
    series : str
        The source's key; empty for a value set by hand.
    fetched_at : datetime
        When it was fetched, bundled or set.
    """

    indicator: Indicator
    value: float
    period: Period
    source: str
    series: str
    origin: Origin
    fetched_at: datetime

    def is_stale(self, *, today: date) -> bool:
        """Whether the value is older than its publisher's calendar explains; one set by hand ends by itself."""
        return self.origin is not Origin.OVERRIDE and FACTS[self.indicator].is_stale(self.period, today=today)


@dataclass(frozen=True)
class MarketSnapshot:
    """Readings one scoring used; immutable, named by `snapshot_id`.

    Attributes
    ----------
    readings : tuple of Reading
        One an indicator; at least the three the level model sees.
    """

    snapshot_id: str
    readings: tuple[Reading, ...]

    def reading(self, indicator: Indicator) -> Reading:
        """Return the reading of an indicator. Raises `KeyError` if there is none."""
        found = next((each for each in self.readings if each.indicator is indicator), None)
        if found is None:
            raise KeyError(indicator)
        return found

    @property
    def euribor3m(self) -> float:
        """Euribor 3M in percent."""
        return self.reading(Indicator.EURIBOR).value

    @property
    def emp_var_rate(self) -> float:
        """Employment year on year in percent, unclipped."""
        return self.reading(Indicator.EMPLOYMENT).value

    @property
    def cpi_yoy(self) -> float:
        """Consumer prices year on year in percent."""
        return self.reading(Indicator.CPI).value

    @property
    def name_again(self) -> str:
        """The id its readings give: another one says that they were changed since."""
        return named_snapshot(self.readings, prefix=self.snapshot_id.rpartition("-")[0]).snapshot_id

    @property
    def as_of(self) -> date:
        """The last day of the newest reading's period."""
        return max(each.period.end for each in self.readings)

    @property
    def label(self) -> str:
        """What the level model saw, in a line: "Euribor 2.64 % (September 2026, ECB), consumer prices ..."."""
        return "; ".join(
            f"{FACTS[each.indicator].title} {each.value:.{FACTS[each.indicator].decimals}f} %"
            f" ({each.period.words}, {each.source})"
            for each in map(self.reading, map(Indicator, MARKET_FEATURES))
        )

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        readings = [
            asdict(each) | {"period": each.period.text, "fetched_at": each.fetched_at.isoformat()}
            for each in self.readings
        ]
        return {"snapshot_id": self.snapshot_id, "readings": readings}


def named_snapshot(readings: tuple[Reading, ...], *, prefix: str = "market") -> MarketSnapshot:
    """Return a snapshot named after what it says: the same readings, fetched again, are the same snapshot."""
    said = [(each.indicator, each.value, each.period.text, each.source, each.series, each.origin) for each in readings]
    return MarketSnapshot(f"{prefix}-{fingerprint(said)}", readings)


def snapshot_from(values: Mapping[str, Any]) -> MarketSnapshot:
    """Return the snapshot that `to_json` wrote, or that a run of an earlier version kept."""
    if "readings" not in values:
        return _earlier(values)
    readings = tuple(
        Reading(
            Indicator(each["indicator"]),
            float(each["value"]),
            Period.parse(each["period"]),
            each["source"],
            each["series"],
            Origin(each["origin"]),
            datetime.fromisoformat(each["fetched_at"]),
        )
        for each in values["readings"]
    )
    return MarketSnapshot(values["snapshot_id"], readings)


def _earlier(values: Mapping[str, Any]) -> MarketSnapshot:
    """Return a snapshot of the time when it was three figures and a date."""
    day = date.fromisoformat(values["as_of"])
    at, month = datetime(day.year, day.month, day.day, tzinfo=UTC), Period.parse(f"{day:%Y-%m}")
    readings = tuple(
        Reading(indicator, float(values[indicator]), month, values["source"], "", Origin.BUNDLED, at)
        for indicator in (Indicator.EURIBOR, Indicator.EMPLOYMENT, Indicator.CPI)
    )
    return MarketSnapshot(values["snapshot_id"], readings)


_BUNDLED_AT: Final = datetime(2026, 10, 8, tzinfo=UTC)


def _bundled(indicator: Indicator, value: float, period: str, source: str, series: str) -> Reading:
    return Reading(indicator, value, Period.parse(period), source, series, Origin.BUNDLED, _BUNDLED_AT)


BUNDLED_SNAPSHOT: Final = named_snapshot(
    (
        _bundled(Indicator.EURIBOR, 2.6350455, "2026-09", "ECB", "FM.M.U2.EUR.RT.MM.EURIBOR3MD_.HSTA"),
        _bundled(Indicator.EMPLOYMENT, 3.7, "2025-Q3", "Eurostat", "lfsi_emp_q"),
        _bundled(Indicator.CPI, 3.30, "2026-08", "INE", "0014639"),
        _bundled(Indicator.CONFIDENCE, -21.9, "2026-06", "Eurostat", "ei_bsco_m"),
    ),
    prefix="bundled-2026-10",
)
"""The last resort: official figures as they stood when SmartBank was released; CPI year on year from the index of INE,
103.276 in August 2026 over 99.980 the year before."""
