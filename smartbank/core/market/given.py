"""A market that a request for scores brings of its own, on the scale of the level model."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from smartbank.core.market.indicators import FACTS, MARKET_FEATURES, Indicator
from smartbank.core.market.observations import Observation
from smartbank.core.market.periods import Period
from smartbank.core.market.points import MarketPoint, stored_point
from smartbank.core.market.snapshot import MarketSnapshot, Reading
from smartbank.errors import MarketGivenError

ANCHOR_PERIOD: Final = Period.parse("2026-08")
ANCHOR_LEVEL: Final = 128.019
"""Portugal's consumer prices of that month on base 2012 = 100: INE's 103.276 on base 2025 times 1.2395814, the mean
ratio of the training data's index to INE's over the 26 training months (largest deviation 7e-6)."""


def given_market(
    brought: Mapping[str, float],
    snapshot: MarketSnapshot,
    *,
    year_on_year: Callable[[float], float | None],
    observations: Callable[[], Iterable[Observation]],
) -> MarketPoint:
    """Return the market a request means: what it brings, and for the rest what is in force.

    Parameters
    ----------
    brought : mapping
        Some of `euribor3m`, `cpi` and `emp_var_rate`; `cpi` is an index level on base 2012 = 100.
    year_on_year : callable
        Returns consumer prices year on year in percent for the level of a training month; None for any other.
    observations : callable
        Returns those of consumer prices, from which the level twelve months ago is known; asked where it is needed.

    Raises
    ------
    MarketGivenError
        A value nobody believes.
    """
    point = {name: float(brought.get(name, getattr(snapshot, name))) for name in MARKET_FEATURES}
    if "cpi" in brought:
        known = year_on_year(brought["cpi"])
        point["cpi_yoy"] = _since_last_year(brought["cpi"], snapshot, observations()) if known is None else known
    for name, value in point.items():
        facts = FACTS[Indicator(name)]
        if name in brought and not facts.lowest <= value <= facts.highest:
            raise MarketGivenError(name, f"It must be between {facts.lowest:g} and {facts.highest:g} percent.")
    return stored_point([point[name] for name in MARKET_FEATURES])


def level_now(reading: Reading, observations: Iterable[Observation]) -> float | None:
    """Return the index level on base 2012 = 100 that a reading of consumer prices stands for; None if unknown.

    The publisher's own index is on another base by now; it is put on this one by the month whose level is known on
    both.
    """
    if reading.period == ANCHOR_PERIOD:
        return ANCHOR_LEVEL
    mine = [each for each in observations if each.series == reading.series and each.raw_unit == "index"]
    index = {each.period: each.raw_value for each in mine}
    if reading.period not in index or not index.get(ANCHOR_PERIOD):
        return None
    return ANCHOR_LEVEL * index[reading.period] / index[ANCHOR_PERIOD]


def _since_last_year(level: float, snapshot: MarketSnapshot, observations: Iterable[Observation]) -> float:
    reading, facts = snapshot.reading(Indicator.CPI), FACTS[Indicator.CPI]
    now = level_now(reading, observations)
    if now is None:
        raise MarketGivenError("cpi", "It cannot be compared with a year ago at present. Leave it out.")
    found = 100.0 * (level / (now / (1.0 + reading.value / 100.0)) - 1.0)
    if not facts.lowest <= found <= facts.highest:
        raise MarketGivenError(
            "cpi",
            f"It is an index level of consumer prices in Portugal on base 2012 = 100: that of a month from May 2008 to "
            f"November 2010, or one of today. In {reading.period.words} it stood at {now:.1f}.",
        )
    return found
