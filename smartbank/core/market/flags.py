"""What a manager should know of a market before trusting a level made in it: one sentence a warning."""

from dataclasses import dataclass
from typing import Final

from smartbank.core.market.indicators import FACTS, MARKET_FEATURES, Indicator
from smartbank.core.market.points import MarketPoint, point_of
from smartbank.core.market.scale import Place, Standing, joint_place, places
from smartbank.core.market.snapshot import MarketSnapshot
from smartbank.core.market.training import TrainingMarket
from smartbank.core.number_format import NUMBER_FORMATS, NumberFormat

_ENGLISH: Final = NUMBER_FORMATS["en"]


@dataclass(frozen=True)
class Flag:
    """A warning about one indicator, or about the market as a whole.

    Attributes
    ----------
    indicator : Indicator or None
        None for the market as a whole.
    standing : Standing or None
        Where the value lies; None for the market as a whole.
    """

    sentence: str
    indicator: Indicator | None = None
    standing: Standing | None = None

    @property
    def below_title(self) -> str:
        """The sentence as it stands where the indicator is named already: without its title."""
        return self.sentence if self.indicator is None else self.sentence.removeprefix(_titled(self.indicator))


def market_flags(snapshot: MarketSnapshot, training: TrainingMarket, *, numbers: NumberFormat = _ENGLISH) -> list[Flag]:
    """Return the warnings about a market: values outside, in a hole or at the edge, and no month like it."""
    return point_flags(point_of(snapshot), training, numbers=numbers)


def point_flags(market: MarketPoint, training: TrainingMarket, *, numbers: NumberFormat = _ENGLISH) -> list[Flag]:
    """Return the warnings about three figures, as `market_flags` does about a snapshot."""
    flags = []
    for indicator, found in places(market, training).items():
        if said := _sentence(indicator, found, numbers):
            flags.append(Flag(said, indicator, found.standing))
    joint = joint_place(dict(zip(MARKET_FEATURES, market, strict=True)), training)
    if joint.is_far:
        said = (
            f"No training month was like this market as a whole; the most similar one is {joint.nearest.period.words}."
        )
        flags.append(Flag(said))
    return flags


def _sentence(indicator: Indicator, found: Place, numbers: NumberFormat) -> str:
    facts = FACTS[indicator]

    def percent(value: float) -> str:
        return f"{numbers.number(value, digits=facts.decimals)} %"

    if found.standing is Standing.OUTSIDE:
        end = "highest" if found.value > found.high else "lowest"
        return (
            f"{_titled(indicator)}{percent(found.value)} is outside what the model has seen; "
            f"it is scored as {percent(found.used)}, the {end} seen."
        )
    if found.hole is not None:
        low, high = found.hole
        return (
            f"{_titled(indicator)}{percent(found.value)} lies where the model has seen nothing, "
            f"between {percent(low)} and {percent(high)}."
        )
    if found.standing is Standing.EDGE:
        near = found.high if found.high - found.value < found.value - found.low else found.low
        said = f"{_titled(indicator)}{percent(found.value)} is at the edge of what the model has seen, which ends at"
        return f"{said} {percent(near)}."
    return ""


def _titled(indicator: Indicator) -> str:
    return f"{FACTS[indicator].title}: "
