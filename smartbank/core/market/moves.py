"""When the market moved, and between two markets which figures did: only what the level model sees counts."""

from collections.abc import Sequence
from datetime import datetime

from smartbank.core.market.indicators import FACTS, MARKET_FEATURES, Indicator
from smartbank.core.market.points import point_of
from smartbank.core.market.snapshot import MarketSnapshot
from smartbank.core.number_format import NUMBER_FORMATS, NumberFormat


def moved_at(recent: Sequence[tuple[datetime, MarketSnapshot]], now: MarketSnapshot) -> datetime | None:
    """Return when the figures of the market now in force first were what they are.

    Parameters
    ----------
    recent : sequence of (datetime, MarketSnapshot)
        The markets scored in, with since when, newest first.

    Returns
    -------
    datetime or None
        None where no list was ranked in the market of now yet, or none before in another one.
    """
    since = None
    for at, snapshot in recent:
        if point_of(snapshot) != point_of(now):
            return since
        since = at
    return None


def moved_figures(
    then: MarketSnapshot, now: MarketSnapshot, *, numbers: NumberFormat = NUMBER_FORMATS["en"]
) -> list[str]:
    """Return each figure that is another one now: "Euribor 3 months 2.64 % then, 2.31 % now"."""
    said = []
    for indicator in map(Indicator, MARKET_FEATURES):
        facts, before, after = FACTS[indicator], then.reading(indicator).value, now.reading(indicator).value
        if before != after:
            digits = facts.decimals if round(before, facts.decimals) != round(after, facts.decimals) else 4
            earlier, later = (numbers.number(value, digits=digits) for value in (before, after))
            said.append(f"{facts.title} {earlier} % then, {later} % now")
    return said
