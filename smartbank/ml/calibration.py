"""Calibration: one slope and one intercept on the log-odds, so that the order of leads stays as it is."""

from typing import Final

import numpy as np
import numpy.typing as npt

from smartbank.core.level import anchored_intercept, propensity

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

_STEPS: Final = 50
_TOLERANCE: Final = 1e-10
_DECIMALS: Final = 6


def within_month_slope(margins: FloatArray, converted: BoolArray, period: npt.NDArray[np.object_]) -> float:
    """Return the slope `b` of a logistic fit `month intercept + b * margin`, rounded to six decimals.

    Every month has an intercept of its own, so the slope says only how far apart the leads of one month really are.

    Parameters
    ----------
    margins : array of shape (n_rows,)
        Margins of models that had not seen the row's month.
    converted : bool array of shape (n_rows,)
    period : str array of shape (n_rows,)
        A month in which all rows or none converted adds nothing and is left out.

    Returns
    -------
    float
        1.0 where no month is left, or where the margins do not vary within a month.
    """
    months, position = np.unique(period, return_inverse=True)
    rates = np.bincount(position, weights=converted) / np.bincount(position)
    usable = ((rates > 0) & (rates < 1))[position]
    margins, converted, position = margins[usable], converted[usable], position[usable]
    if not len(margins):
        return 1.0
    intercepts, slope = np.zeros(len(months)), 1.0
    for _ in range(_STEPS):
        intercepts = _month_intercepts(margins * slope, rates, position, len(months))
        p = propensity(intercepts[position] + slope * margins)
        weight = p * (1 - p)
        counts = np.maximum(np.bincount(position, weights=weight, minlength=len(months)), 1e-300)
        centre = np.bincount(position, weights=weight * margins, minlength=len(months)) / counts
        spread = float((weight * np.square(margins - centre[position])).sum())
        if spread < _TOLERANCE:
            return 1.0
        step = float(((converted - p) * margins).sum()) / spread
        slope += step
        if abs(step) < _TOLERANCE:
            break
    return round(slope, _DECIMALS)


def anchor(margins: FloatArray, base_rate: float) -> float:
    """Return the intercept that makes the mean propensity of these margins the base rate, to six decimals."""
    return round(anchored_intercept(margins, base_rate), _DECIMALS)


def _month_intercepts(
    offset: FloatArray, rates: FloatArray, position: npt.NDArray[np.intp], n_months: int
) -> FloatArray:
    return np.array(
        [
            anchored_intercept(offset[position == month], rates[month]) if (position == month).any() else 0.0
            for month in range(n_months)
        ]
    )
