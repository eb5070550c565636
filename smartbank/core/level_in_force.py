"""What level is in force and why: the base rate, the market since it was measured, and the bank's own outcomes."""

from dataclasses import dataclass
from typing import Final

from smartbank.core.level import level_rate
from smartbank.core.level_correction import MAX_CORRECTION, MIN_CALLS, WINDOW, LevelCorrection
from smartbank.core.market.points import MarketPoint, point_words
from smartbank.core.number_format import NUMBER_FORMATS, NumberFormat

_HARDLY: Final = 0.0005
"""Shares that differ by less look the same with one decimal."""


@dataclass(frozen=True)
class LevelInForce:
    """The level a whole run would have now.

    Attributes
    ----------
    base_rate : float
        In (0, 1), as are the other rates.
    base_rate_source : str
        Whose rate that is, for the screen.
    measured_in : MarketPoint
        The market in which it was measured.
    model_shift : float
        Log-odds the level model alone would move it by.
    market_shift : float
        That within the guard.
    follows_outcomes : bool
        Whether the settings let the level follow outcomes.
    correction : LevelCorrection
        What they come to; nothing where they are not followed.
    """

    base_rate: float
    base_rate_source: str
    measured_in: MarketPoint
    model_shift: float
    market_shift: float
    follows_outcomes: bool
    correction: LevelCorrection

    @property
    def market_rate(self) -> float:
        """The base rate, moved by the market alone."""
        return level_rate(self.base_rate, self.market_shift)

    @property
    def rate(self) -> float:
        """What the level says: the mean propensity of a whole run."""
        return level_rate(self.base_rate, self.market_shift + self.correction.shift)

    @property
    def is_at_its_limit(self) -> bool:
        """Whether outcomes would move it further than they may."""
        return abs(self.correction.shift) >= MAX_CORRECTION

    @property
    def is_held_back(self) -> bool:
        """Whether the guard on the market bites."""
        return self.model_shift != self.market_shift


def level_reasons(level: LevelInForce, *, numbers: NumberFormat = NUMBER_FORMATS["en"]) -> list[str]:
    """Return in three sentences or more where the level is from: base rate, market, outcomes."""
    base = (
        f"The base rate is {_percent(level.base_rate, numbers)} ({level.base_rate_source}), "
        f"measured in: {point_words(level.measured_in, numbers=numbers)}."
    )
    return [base, *_market_sentences(level, numbers), *_outcome_sentences(level, numbers)]


def _market_sentences(level: LevelInForce, numbers: NumberFormat) -> list[str]:
    if abs(level.market_rate - level.base_rate) < _HARDLY:
        return ["The market since then leaves it where it is."]
    moved = "up" if level.market_rate > level.base_rate else "down"
    said = [f"The market since then moves it {moved} to {_percent(level.market_rate, numbers)}."]
    if level.is_held_back:
        alone = _percent(level_rate(level.base_rate, level.model_shift), numbers)
        said.append(f"The model alone would say {alone}; a guard holds the market back.")
    return said


def _outcome_sentences(level: LevelInForce, numbers: NumberFormat) -> list[str]:
    correction, in_force = level.correction, f"{_percent(level.base_rate, numbers)} ({level.base_rate_source})"
    if not level.follows_outcomes:
        return ["Outcomes are not followed: the settings say so."]
    if not correction.calls:
        return [f"No outcomes recorded yet: the base rate in force is {in_force}."]
    sold = (
        f"Of {numbers.number(correction.calls)} decided calls in {WINDOW.days} days "
        f"{numbers.number(correction.conversions)} sold"
    )
    if correction.calls < MIN_CALLS:
        return [f"{sold}: too few to move the level, {MIN_CALLS} are needed."]
    expected = numbers.number(correction.calls * correction.expected, digits=1)
    if not correction.shift:
        return [f"{sold} where {expected} were expected: the level stays."]
    moved = "up" if correction.shift > 0 else "down"
    said = [f"{sold} where {expected} were expected: that moves the level {moved} to {_percent(level.rate, numbers)}."]
    return said + (["That is as far as outcomes may move it: say the base rate anew."] if level.is_at_its_limit else [])


def _percent(share: float, numbers: NumberFormat) -> str:
    return f"{numbers.number(100 * share, digits=1)} %"
