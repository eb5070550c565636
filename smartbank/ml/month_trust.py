"""When to compare calls within a month only: the rule by which last months' rankings decide it."""

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from smartbank.core.evaluation import auc

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]

FitAndScore = Callable[[BoolArray, BoolArray, float], FloatArray]
"""Fit on the rows of the first mask with a month ridge, return margins of the rows of the second."""

MONTHS_ASKED: Final = 8
"""Newest months that may have a say: the ninth would have an eighth of one."""
HALF_LIFE_MONTHS: Final = 3.0
"""Age at which a month's say is half that of the newest."""
MIN_ROWS: Final = 100
"""Rows a month needs to have a say: its AUC is off by .05 even so."""


def trusted_month_ridge(converted: BoolArray, month: IntArray, candidates: Sequence[float], fit: FitAndScore) -> float:
    """Return the month ridge whose models ranked the last months best, each fitted on what was known before the month.

    In a campaign that goes on as it did, comparing within months alone ranks better; where a campaign is something new,
    such as the spring of 2009, it has learned of the old one only, and comparing between months too is safer. No single
    strength is right in both (decision 0106), and nobody knows beforehand which of the two it is.

    Parameters
    ----------
    converted : bool array of shape (n_rows,)
    month : int array of shape (n_rows,)
        Month of each call, counted from any start.
    candidates : sequence of float
        At least one. The largest, with which months count least, wins ties and where no month can be asked.
    fit : callable
        See `FitAndScore`.
    """
    strongest_first = sorted(candidates, reverse=True)
    asked = _asked(converted, month)
    if len(strongest_first) == 1 or not asked:
        return strongest_first[0]
    scores = [
        sum(
            0.5 ** ((month.max() - each) / HALF_LIFE_MONTHS)
            * auc(converted[month == each], fit(month < each, month == each, ridge))
            for each in asked
        )
        for ridge in strongest_first
    ]
    return strongest_first[int(np.argmax(np.round(scores, 9)))]


def _asked(converted: BoolArray, month: IntArray) -> list[int]:
    """Return the newest months with enough rows, both outcomes, and two months with both outcomes before them."""
    found = []
    for each in np.unique(month)[2:]:
        inside, before = converted[month == each], converted[month < each]
        if len(inside) >= MIN_ROWS and inside.any() and not inside.all() and before.any() and not before.all():
            found.append(int(each))
    return found[-MONTHS_ASKED:]
