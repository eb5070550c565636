"""The level of a run: which share of the leads will say yes now, anchored at the bank's own base rate."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from smartbank.core.fingerprint import fingerprint

FloatArray = npt.NDArray[np.float64]

MAX_MARKET_SHIFT: Final = 0.4
"""Guard on the market: log-odds it may move the level by, about a third of a base rate of 11 % either way."""
_LOGIT_SPAN: Final = 60.0
_BISECTIONS: Final = 200


@dataclass(frozen=True)
class Level:
    """What is added to each lead's ranking margin to get its log-odds.

    Attributes
    ----------
    intercept : float
        Log-odds that make the mean propensity of the anchor equal `base_rate`.
    market_shift : float
        Log-odds the market adds since the base rate was measured, within the guard.
    base_rate : float
        Base rate in force, in (0, 1).
    anchor : str
        Whose mean propensity was anchored: "run" or "reference".
    """

    intercept: float
    market_shift: float
    base_rate: float
    snapshot_id: str
    model_version: str
    anchor: str

    @property
    def level_id(self) -> str:
        """Name of exactly these values."""
        return "level-" + fingerprint(self.__dict__)

    @property
    def log_odds(self) -> float:
        """Log-odds added to a margin."""
        return self.intercept + self.market_shift


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
