"""One dated value of an indicator, with where it came from and whether it is believed."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from smartbank.core.market.indicators import Indicator
from smartbank.core.market.periods import Period


class Source(StrEnum):
    """Who publishes a series."""

    ECB = "ecb"
    INE = "ine"
    EUROSTAT = "eurostat"
    BPSTAT = "bpstat"
    BUNDESBANK = "bundesbank"


SOURCE_NAMES: Final = {
    Source.ECB: "ECB",
    Source.INE: "INE",
    Source.EUROSTAT: "Eurostat",
    Source.BPSTAT: "Banco de Portugal",
    Source.BUNDESBANK: "Bundesbank",
}
"""For the reader of the screen."""
_LATELY: Final = timedelta(days=800)
SeriesInUse = Mapping[tuple[Indicator, Source], str]
"""Of a source whose series of an indicator can be set: the one that is, empty for none. All series of others count."""


@dataclass(frozen=True)
class RawPoint:
    """A value as a source published it; `flag` is the source's own mark ("p" provisional, "b" break)."""

    period: Period
    value: float
    flag: str = ""


@dataclass(frozen=True)
class RawSeries:
    """One answer of a source, before anything is made of it.

    Attributes
    ----------
    series : str
        The source's key of the series.
    unit : str
        "percent", "index", "thousand persons" or "balance".
    points : tuple of RawPoint
        By period, each once.
    """

    source: Source
    series: str
    unit: str
    points: tuple[RawPoint, ...]
    fetched_at: datetime


class ObservationStatus(StrEnum):
    """Whether an observation is believed."""

    ACCEPTED = "accepted"
    REFUSED = "refused"


@dataclass(frozen=True)
class Observation:
    """One dated value of an indicator; never changed: a revision is another observation.

    Attributes
    ----------
    value : float
        In the indicator's own unit, unclipped: percent, or a balance.
    transform : str
        What was made of the raw value, for the screen: "as is", "year on year".
    raw_value, raw_unit
        As published: an index level of 103.276, 5,332.1 thousand persons.
    is_proxy : bool
        Whether it stands in for the series the model was trained on.
    reason : str
        Why it was refused, for the reader of the screen; empty if it was not.
    """

    indicator: Indicator
    period: Period
    value: float
    unit: str
    source: Source
    series: str
    fetched_at: datetime
    raw_value: float
    raw_unit: str
    transform: str = "as is"
    flag: str = ""
    is_proxy: bool = False
    status: ObservationStatus = ObservationStatus.ACCEPTED
    reason: str = ""

    @property
    def says(self) -> tuple[object, ...]:
        """Everything but when it was fetched: an observation that says the same again is not kept again."""
        return tuple(getattr(self, field.name) for field in fields(self) if field.name != "fetched_at")

    def to_json(self) -> dict[str, Any]:
        """Return plain values; `fetched_at` stays a moment."""
        return asdict(self) | {"period": self.period.text}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Observation":
        """Return the observation that `to_json` wrote."""
        known = {field.name: values[field.name] for field in fields(cls) if field.name in values}
        return cls(
            **known
            | {
                "indicator": Indicator(values["indicator"]),
                "period": Period.parse(values["period"]),
                "source": Source(values["source"]),
                "status": ObservationStatus(values["status"]),
            }
        )


def latest_of_each(observations: Iterable[Observation]) -> list[Observation]:
    """Return of each source, series and period the observation fetched last, by period, then source."""
    latest = {}
    for each in sorted(observations, key=lambda one: one.fetched_at):
        latest[(each.indicator, each.source, each.series, each.period)] = each
    return sorted(latest.values(), key=lambda one: (one.period, one.source, one.series))


def new_ones(said: Iterable[Observation], known: Iterable[Observation]) -> list[Observation]:
    """Return the observations that say something else than the newest known one of their series and period."""
    latest = {(one.indicator, one.source, one.series, one.period): one.says for one in latest_of_each(known)}
    return [one for one in said if latest.get((one.indicator, one.source, one.series, one.period), ()) != one.says]


def of_series_in_use(observations: Iterable[Observation], series: SeriesInUse) -> list[Observation]:
    """Return the observations of series that are in use: one that is set no more does not count."""
    return [one for one in observations if series.get((one.indicator, one.source), one.series) == one.series]


def lately_since(now: datetime) -> date:
    """Return the day from which on the end of a period counts as lately: two years and some, eight quarters."""
    return (now - _LATELY).date()


def newest_of_each(observations: Iterable[Observation], *, per_source: int) -> list[Observation]:
    """Return the accepted observations of the last periods of each source, newest first; of a period the last said."""
    found: list[Observation] = []
    accepted = latest_of_each(one for one in observations if one.status is ObservationStatus.ACCEPTED)
    for source in Source:
        mine = [one for one in accepted if one.source is source]
        found += mine[: -per_source - 1 : -1]
    return found
