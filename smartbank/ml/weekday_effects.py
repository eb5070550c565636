"""What the day of the week of a call goes with, beyond its lead: part of the level of a day, never of the ranking."""

from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

from smartbank.core.level import anchored_intercept, propensity
from smartbank.ml.months import recency_weights

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
TextArray = npt.NDArray[np.object_]

PRIOR_VARIANCE: Final = 0.0075
"""Before any call is seen a weekday is taken to move the log-odds by some 0.09 either way; decision 0166 says why."""
HALF_LIFE_MONTHS: Final = 6.0
"""A month counts half as much as one six months newer, as in the ranking."""
MIN_MONTHS: Final = 3
MIN_CALLS: Final = 10
"""Calls of a month on a weekday, and months with as many, below which nothing is said of it."""


def weekday_effects(
    margins: FloatArray, converted: BoolArray, month: npt.NDArray[np.int64], weekday: TextArray
) -> Mapping[str, float]:
    """Return each weekday's log-odds against a day like any other; they sum to zero.

    Within each month, above the margins of its leads, a weekday's effect is Peto's one-step estimate (S. Yusuf, R. Peto
    and others, "Beta blockade during and after myocardial infarction", Progress in Cardiovascular Diseases 27, 1985).
    Months are joined by random effects, since a weekday that is good in one is not in each (R. DerSimonian and N.
    Laird, "Meta-analysis in clinical trials", Controlled Clinical Trials 7, 1986), newer ones counting more, and the
    mean is held back by `PRIOR_VARIANCE`.

    Parameters
    ----------
    margins : array of shape (n_calls,)
        In log-odds; months may differ in their level.
    converted : bool array of shape (n_calls,)
    month : int array of shape (n_calls,)
    weekday : str array of shape (n_calls,)

    Returns
    -------
    mapping of str to float
        Weekdays with enough calls in enough months, in the order of the alphabet; empty where there are none.
    """
    found: dict[str, list[tuple[float, float, float]]] = {str(name): [] for name in np.unique(weekday.astype(str))}
    months = np.unique(month)
    for each, weight in zip(months, recency_weights(months, half_life=HALF_LIFE_MONTHS), strict=True):
        inside = month == each
        sold = converted[inside]
        if sold.all() or not sold.any():
            continue
        p = propensity(margins[inside] + anchored_intercept(margins[inside], float(sold.mean())))
        for name, estimates in found.items():
            at = weekday[inside] == name
            if MIN_CALLS <= at.sum() < len(at):
                information = float((p[at] * (1 - p[at])).sum() * (1 - at.mean()))
                estimates.append((float((sold[at] - p[at]).sum()) / information, 1 / information, float(weight)))
    joined = {name: _joined(*np.array(known).T) for name, known in found.items() if len(known) >= MIN_MONTHS}
    centre = float(np.mean(list(joined.values()))) if joined else 0.0
    return {name: value - centre for name, value in joined.items()}


def effects_of(weekday: TextArray, effects: Mapping[str, float]) -> FloatArray:
    """Return the log-odds of each call's weekday, shape (n_calls,); 0 for one nothing is known of."""
    return np.array([effects.get(name, 0.0) for name in weekday.tolist()], dtype=np.float64)


def _joined(values: FloatArray, variances: FloatArray, recency: FloatArray) -> float:
    """Return the mean over months, newer ones weighing more and all held back by the prior."""
    weights = 1 / variances
    mean = (recency * weights * values).sum() / (recency * weights).sum()
    spread = float((weights * np.square(values - mean)).sum()) - (len(values) - 1)
    total = variances + max(0.0, spread / float(weights.sum() - np.square(weights).sum() / weights.sum()))
    weights = recency / total
    mean, variance = (weights * values).sum() / weights.sum(), (np.square(weights) * total).sum() / weights.sum() ** 2
    return float(mean * PRIOR_VARIANCE / (PRIOR_VARIANCE + variance))
