"""A market as the level model sees it: one figure a feature."""

from collections.abc import Mapping, Sequence
from typing import Final

from smartbank.core.market.indicators import FACTS, MARKET_FEATURES, Indicator
from smartbank.core.market.snapshot import MarketSnapshot
from smartbank.core.number_format import NUMBER_FORMATS, NumberFormat

MarketPoint = tuple[float, float, float]
"""In the order of `MARKET_FEATURES`, in percent, unclipped."""
_SHORT: Final = {"euribor3m": "Euribor", "emp_var_rate": "employment", "cpi_yoy": "consumer prices"}


def point_of(market: MarketSnapshot | Mapping[str, float]) -> MarketPoint:
    """Return the point of a snapshot, or of figures by name of `MARKET_FEATURES`."""
    named = market if isinstance(market, Mapping) else {name: getattr(market, name) for name in MARKET_FEATURES}
    return stored_point([named[name] for name in MARKET_FEATURES])


def stored_point(values: Sequence[float]) -> MarketPoint:
    """Return the point of three figures in the order of `MARKET_FEATURES`."""
    first, second, third = (float(value) for value in values)
    return first, second, third


def point_words(point: MarketPoint, *, numbers: NumberFormat = NUMBER_FORMATS["en"]) -> str:
    """Return a point for the screen: "Euribor 2.64 %, employment 3.7 %, consumer prices 3.30 %"."""
    return ", ".join(
        f"{_SHORT[name]} {numbers.number(value, digits=FACTS[Indicator(name)].decimals)} %"
        for name, value in zip(MARKET_FEATURES, point, strict=True)
    )
