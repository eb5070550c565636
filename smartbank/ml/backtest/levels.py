"""The arithmetic of a level: what outcomes of groups of calls say, beyond the margins of their leads."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from smartbank.core.level import anchored_intercept, propensity

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.intp]

_STEPS: Final = 20
_LONGEST_STEP: Final = 1.0


def nested_level(
    margins: FloatArray,
    converted: BoolArray,
    groupings: Sequence[tuple[IntArray, IntArray, float]],
    weights: FloatArray,
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
    weights : array of shape (n_fitted,)
        How much each call says of its groups.

    Returns
    -------
    array of shape (n_scored,)
    """
    overall = anchored_intercept(margins, float(converted.mean()))
    log_odds, level = margins + overall, np.full(len(groupings[0][1]), overall)
    for fitted, scored, shrinkage in groupings:
        n_groups = 1 + int(max(fitted.max(initial=0), scored.max(initial=0)))
        offsets = group_offsets(log_odds, converted, fitted, n_groups=n_groups, shrinkage=shrinkage, weights=weights)
        log_odds, level = log_odds + offsets[fitted], level + offsets[scored]
    return level


def group_offsets(
    log_odds: FloatArray,
    converted: BoolArray,
    group: IntArray,
    *,
    n_groups: int,
    shrinkage: float,
    weights: FloatArray,
) -> FloatArray:
    """Return each group's ridge estimate of what to add to its log-odds, shape (n_groups,); 0 for an empty group."""
    offsets = np.zeros(n_groups)
    for _ in range(_STEPS):
        p = propensity(log_odds + offsets[group])
        slope = np.bincount(group, weights * (converted - p), n_groups) - shrinkage * offsets
        curvature = np.bincount(group, weights * p * (1 - p), n_groups) + shrinkage
        offsets = offsets + np.clip(slope / curvature, -_LONGEST_STEP, _LONGEST_STEP)
    return offsets
