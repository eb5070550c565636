"""Scores on a grid: counts that add up to the same whatever the order, for a level and for parts of a ranking.

Every score, margin and market together, lies on a step of 1/4096 log-odds. Counts of leads by step are whole numbers,
small whatever the number of leads, and exact: so the level and the parts do not depend on how the work was split.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from smartbank.core.bulk.job import IntArray
from smartbank.core.level import propensity

FloatArray = npt.NDArray[np.float64]

STEPS: Final = 4_096
"""Grid steps in one unit of log-odds."""
_SPAN: Final = 60.0
_BISECTIONS: Final = 200


def steps_of(scores: FloatArray) -> IntArray:
    """Return the grid step each score in log-odds lies on, shape (n_leads,)."""
    return np.floor(scores * STEPS).astype(np.int64)


def counted(steps: IntArray) -> tuple[IntArray, IntArray]:
    """Return the steps that occur, best first, and how many leads lie on each."""
    found, leads = np.unique(steps, return_counts=True)
    return found[::-1], leads[::-1].astype(np.int64)


def summed(counts: Sequence[tuple[IntArray, IntArray]]) -> tuple[IntArray, IntArray]:
    """Return several counts as one; counts may be taken away by negative ones, and steps without leads are left out."""
    if not counts:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    steps, places = np.unique(np.concatenate([steps for steps, _ in counts]), return_inverse=True)
    leads = np.zeros(len(steps), np.int64)
    np.add.at(leads, places, np.concatenate([leads for _, leads in counts]))
    kept = leads != 0
    return steps[kept][::-1], leads[kept][::-1]


def anchored_on_steps(steps: IntArray, leads: IntArray, rate: float) -> float:
    """Return the log-odds that make the mean propensity of leads on these steps a rate in (0, 1).

    A lead counts as in the middle of its step, so the answer is within 1/8192 log-odds of
    `smartbank.core.level.anchored_intercept` of the scores themselves: a hundredth of a percent of the rate at most.

    Raises
    ------
    ValueError
        There is no lead, or the rate is not inside (0, 1).
    """
    if not leads.sum() or not 0 < rate < 1:
        raise ValueError("Anchoring needs leads and a rate between 0 and 1.")
    middles, total = (steps + 0.5) / STEPS, leads.sum()
    low, high = -_SPAN, _SPAN
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        mean = (propensity(middle + middles) * leads).sum() / total
        low, high = (middle, high) if mean < rate else (low, middle)
    return (low + high) / 2


def lowest_steps(steps: IntArray, leads: IntArray, *, rows_per_part: int) -> IntArray:
    """Return the lowest step of each part, best part first, so that a part has about so many leads.

    A step is never divided: leads that score alike lie in one part, however many they are.

    Parameters
    ----------
    steps, leads : int array of shape (n_steps,)
        As `counted` returns them; at least one.
    """
    ends = np.cumsum(leads)
    parts = (ends - 1) // rows_per_part
    last = np.flatnonzero(np.append(parts[1:] != parts[:-1], True))
    return steps[last]
