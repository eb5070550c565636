"""How the bank's own outcomes correct the level: a shift on the logit, held back while there are few."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from smartbank.core.level import logit
from smartbank.core.outcomes import OutcomeCounts

WINDOW: Final = timedelta(days=90)
"""How far back outcomes count: what sold a year ago says little of now."""
MIN_CALLS: Final = 100
"""Decided calls below which the level stays: at 11 % they would hold eleven sales, give or take three."""
PSEUDO_CALLS: Final = 200
"""Calls that what the level model expects counts for; `level_shift` says why so many."""
MAX_CORRECTION: Final = 1.0
"""Guard on the outcomes, in log-odds: 11 % becomes 4 % or 25 % at most. Who is further off should say the base rate."""
_DECIMALS: Final = 2
"""Hundredths of log-odds: less says nothing, and the level would move with every single call."""


@dataclass(frozen=True)
class LevelCorrection:
    """What a run's level took from the outcomes.

    Attributes
    ----------
    calls, conversions : int
        Decided calls of the last `WINDOW`, and sales among them.
    expected : float
        Mean propensity those calls were given, without earlier corrections, in (0, 1); 0 where there is no call.
    shift : float
        Log-odds added to the level.
    """

    calls: int = 0
    conversions: int = 0
    expected: float = 0.0
    shift: float = 0.0


def correction_of(counts: OutcomeCounts) -> LevelCorrection:
    """Return the correction that outcomes ask for."""
    expected = counts.expected / counts.calls if counts.calls else 0.0
    return LevelCorrection(
        counts.calls, counts.conversions, expected, level_shift(counts.calls, counts.conversions, expected)
    )


def correction_from(values: Mapping[str, Any] | None) -> LevelCorrection:
    """Return the correction a run stored, worked out again from its counts; none where it took no outcomes."""
    if values is None:
        return LevelCorrection()
    calls, conversions, expected = values["calls"], values["conversions"], values["expected"]
    return LevelCorrection(calls, conversions, expected, level_shift(calls, conversions, expected))


def level_shift(calls: int, conversions: int, expected: float) -> float:
    """Return the log-odds between the rate outcomes show and the one that was expected of them, held back and guarded.

    The prior shift `logit(rate now) - logit(rate expected)`, added to the logit of every propensity, corrects a model
    whose ranking holds and whose level does not. With few calls it is mostly noise, so the rate now is shrunk towards
    the expected one as in empirical Bayes: the posterior mean `(conversions + m * expected) / (calls + m)` of a beta
    prior worth `m = PSEUDO_CALLS` calls, near `calls / (calls + m)` of the way. Without any sale it stays finite.

    Why 200 calls: the level of a month is off by .86 log-odds when asked from the month before (decision 0002), which
    alone is worth `1 / (.86² * .11 * .89)` = 14 calls. But calls are made from the top of the list, by few people, on
    few days, so they err together, and a base rate somebody said is of some hundred calls as well. With 200 the
    outcomes have half of the say after 200 calls and five sixths after 1,000.

    Parameters
    ----------
    calls, conversions : int
        Decided calls and the sales among them; below `MIN_CALLS` calls the shift is 0.
    expected : float
        Mean propensity, in (0, 1).
    """
    if calls < MIN_CALLS:
        return 0.0
    rate_now = (conversions + PSEUDO_CALLS * expected) / (calls + PSEUDO_CALLS)
    shift = round(logit(rate_now) - logit(expected), _DECIMALS)
    return min(max(shift, -MAX_CORRECTION), MAX_CORRECTION) or 0.0
