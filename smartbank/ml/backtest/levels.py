"""The level SmartBank has in a backtest: what is known of other calls at that time, given each lead's margin.

A propensity is level + margin. In protocol A the level is what the folds fitted on say of calls in the same month, in
the same week and on the same day; in protocol B it follows the outcomes of the window, as the product does when it
follows a bank's own outcomes, and knows what weekdays go with. In protocol C only the order within a month counts: of
the level, weekdays alone are left.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from smartbank.core.level import anchored_intercept, propensity

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.intp]

SHRINKAGE: Final = (1.0, 3.0, 6.0)
"""Ridge on the log-odds of a month's, a week's and a day's offset: few calls say little."""
HALF_LIFE_CALLS: Final = 500
"""In protocol B a call counts half as much as one made 500 calls later; about a week of calls in this file."""
_FOLLOWED_SHRINKAGE: Final = 1.0
_STEPS: Final = 20
_LONGEST_STEP: Final = 1.0


def nested_level(
    margins: FloatArray,
    converted: BoolArray,
    groupings: Sequence[tuple[IntArray, IntArray, float]],
) -> FloatArray:
    """Return the level of each scored lead: that of all calls, moved by its group in each grouping in turn.

    Parameters
    ----------
    margins : array of shape (n_fitted,)
        In log-odds.
    converted : bool array of shape (n_fitted,)
        Both outcomes must occur.
    groupings : sequence of (fitted, scored, shrinkage)
        From coarse to fine: the group of each fitted call, shape (n_fitted,), and of each scored lead, shape
        (n_scored,), counted from 0; and the ridge that holds a group near the one it lies in. A group without a
        fitted call moves nothing.

    Returns
    -------
    array of shape (n_scored,)
    """
    overall = anchored_intercept(margins, float(converted.mean()))
    log_odds, level = margins + overall, np.full(len(groupings[0][1]), overall)
    for fitted, scored, shrinkage in groupings:
        n_groups = 1 + int(max(fitted.max(initial=0), scored.max(initial=0)))
        offsets = group_offsets(log_odds, converted, fitted, n_groups=n_groups, shrinkage=shrinkage)
        log_odds, level = log_odds + offsets[fitted], level + offsets[scored]
    return level


def followed_level(margins: FloatArray, converted: BoolArray, *, half_life_calls: float = HALF_LIFE_CALLS) -> float:
    """Return the level that the calls say, in the order they were made, the newest counting most.

    Parameters
    ----------
    margins : array of shape (n_calls,)
        In log-odds, oldest first.
    converted : bool array of shape (n_calls,)
        Both outcomes must occur.
    """
    overall = anchored_intercept(margins, float(converted.mean()))
    weights = np.power(0.5, np.arange(len(margins))[::-1] / half_life_calls)
    one_group = np.zeros(len(margins), dtype=np.intp)
    moved = group_offsets(
        margins + overall, converted, one_group, n_groups=1, shrinkage=_FOLLOWED_SHRINKAGE, weights=weights
    )
    return float(overall + moved[0])


def group_offsets(
    log_odds: FloatArray,
    converted: BoolArray,
    group: IntArray,
    *,
    n_groups: int,
    shrinkage: float,
    weights: FloatArray | None = None,
) -> FloatArray:
    """Return each group's ridge estimate of what to add to its log-odds, shape (n_groups,); 0 for an empty group."""
    weights = np.ones(len(log_odds)) if weights is None else weights
    offsets = np.zeros(n_groups)
    for _ in range(_STEPS):
        p = propensity(log_odds + offsets[group])
        slope = np.bincount(group, weights * (converted - p), n_groups) - shrinkage * offsets
        curvature = np.bincount(group, weights * p * (1 - p), n_groups) + shrinkage
        offsets = offsets + np.clip(slope / curvature, -_LONGEST_STEP, _LONGEST_STEP)
    return offsets
