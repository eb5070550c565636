"""The level of a run: which share of the leads will say yes now, anchored at the bank's own base rate."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from smartbank.core.fingerprint import fingerprint
from smartbank.core.market.points import MarketPoint, stored_point

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

MAX_MARKET_SHIFT: Final = 0.4
"""Guard on the market: log-odds it may move the level by, about a third of a base rate of 11 % either way."""
WITHIN_95: Final = 1.959964
"""Standard deviations from the mean within which 95 % of a normal distribution lie."""
_LOWEST_RATE: Final = 1e-6
"""A month in which nobody bought has no log-odds to be anchored at."""
_LOGIT_SPAN: Final = 60.0
_BISECTIONS: Final = 200
_LATER: Final = ("rate", "reference_market", "correction")
"""What a level of an earlier version does not have."""


@dataclass(frozen=True)
class Level:
    """What is added to each lead's ranking margin to get its log-odds.

    Attributes
    ----------
    intercept : float
        Log-odds that, with the market shift, make the mean propensity of the anchor equal `rate`; the correction is in
        it. Of a level that was moved on from an earlier run's they once did.
    market_shift : float
        Log-odds the market adds since the base rate was measured, within the guard.
    base_rate : float
        Base rate in force, in (0, 1).
    anchor : str
        Whose mean propensity was anchored: "run" or "reference".
    rate : float
        What the level in force says: base rate, market shift and correction together, in (0, 1).
    reference_market : MarketPoint or None
        The market in which the base rate was measured; None in a run of a version that did not keep it.
    correction : float
        Log-odds by which the bank's own outcomes moved the level.
    """

    intercept: float
    market_shift: float
    base_rate: float
    snapshot_id: str
    model_version: str
    anchor: str
    rate: float
    reference_market: MarketPoint | None = None
    correction: float = 0.0

    @cached_property
    def level_id(self) -> str:
        """Name of exactly these values; of an earlier version's as that version named it."""
        left_out = _LATER if self.reference_market is None else ()
        named = [field.name for field in fields(self) if field.name not in left_out]
        return "level-" + fingerprint({name: getattr(self, name) for name in named})

    @property
    def log_odds(self) -> float:
        """Log-odds added to a margin."""
        return self.intercept + self.market_shift

    @property
    def ground(self) -> tuple[object, ...]:
        """What levels must share for one to be moved on to another: the model, and the base rate with its market."""
        return (self.model_version, self.base_rate, self.reference_market)

    def moved_on(self, today: "Level") -> "Level":
        """Return the level with this one's anchor and the market and correction of today's, on the same ground.

        The log-odds move by as much as market shift and correction do; where neither did, not by a bit.
        """
        since = today.correction - self.correction
        return replace(today, intercept=self.intercept + since, anchor=self.anchor)


def level_from(values: Mapping[str, Any]) -> Level:
    """Return the level a run stored; that of an earlier version says its base rate."""
    point = values.get("reference_market")
    market = None if point is None else stored_point(point)
    return Level(**{"rate": values["base_rate"], **values, "reference_market": market})


def level_rate(base_rate: float, shift: float) -> float:
    """Return the share that a base rate in (0, 1) comes to, moved by log-odds; unmoved it is the same figure."""
    if not shift:
        return base_rate
    return 1.0 / (1.0 + math.exp(-(logit(base_rate) + shift)))


def logit(share: float) -> float:
    """Return the log-odds of a share in (0, 1)."""
    return math.log(share / (1.0 - share))


def moved_by(level: Level) -> str:
    """Return what moved the base rate to the level's rate, to follow it in a sentence; empty if nothing did."""
    market = ["the market since it was measured"] if level.market_shift else []
    movers = market + (["your own outcomes"] if level.correction else [])
    return f", moved by {' and by '.join(movers)}" if movers else ""


def anchored_intercept(margins: FloatArray, base_rate: float) -> float:
    """Return the log-odds `a` for which the mean of `propensity(a + margins)` is `base_rate`.

    The margins are sorted before they are summed, so the answer does not depend on their order.

    Parameters
    ----------
    margins : array of shape (n_leads,)
        Ranking margins in log-odds; at least one.
    base_rate : float
        In (0, 1).

    Raises
    ------
    ValueError
        There is no margin, or the base rate is not inside (0, 1).
    """
    if not len(margins) or not 0 < base_rate < 1:
        raise ValueError("Anchoring needs margins and a base rate between 0 and 1.")
    ordered = np.sort(margins)
    low, high = -_LOGIT_SPAN, _LOGIT_SPAN
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (middle, high) if propensity(middle + ordered).mean() < base_rate else (low, middle)
    return (low + high) / 2


def propensity(log_odds: FloatArray) -> FloatArray:
    """Return the logistic function of log-odds, elementwise, in [0, 1]; one row at a time gives the same bits."""
    return 1.0 / (1.0 + np.exp(-log_odds))


def guarded_shift(shift: float) -> float:
    """Return a market shift in log-odds, no further from zero than the guard allows."""
    return float(np.clip(shift, -MAX_MARKET_SHIFT, MAX_MARKET_SHIFT))


def anchored_by_month(converted: BoolArray, margins: FloatArray, period: npt.NDArray[np.object_]) -> FloatArray:
    """Return propensities of which each month's mean is the month's own rate, so that only the ranking is judged.

    Parameters
    ----------
    converted : bool array of shape (n_rows,)
    margins : array of shape (n_rows,)
        In log-odds.
    period : str array of shape (n_rows,)
    """
    anchored = np.empty(len(margins))
    for month in np.unique(period):
        rows = period == month
        rate = float(np.clip(converted[rows].mean(), _LOWEST_RATE, 1 - _LOWEST_RATE))
        anchored[rows] = propensity(anchored_intercept(margins[rows], rate) + margins[rows])
    return anchored
