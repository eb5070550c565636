"""What went with a way of calling within the month: a common odds ratio over months."""

from math import log, sqrt

import numpy as np
import numpy.typing as npt

from smartbank.core.evaluation import Interval
from smartbank.core.level import WITHIN_95

BoolArray = npt.NDArray[np.bool_]


def within_month_effect(converted: BoolArray, treated: BoolArray, month: npt.NDArray[np.object_]) -> Interval:
    """Return the log of the common odds ratio over months, with its 95 % interval.

    N. Mantel and W. Haenszel, "Statistical aspects of the analysis of data from retrospective studies of disease",
    Journal of the National Cancer Institute 22 (1959); variance of J. Robins, N. Breslow and S. Greenland,
    "Estimators of the Mantel-Haenszel variance consistent in both sparse data and large-strata limiting models",
    Biometrics 42 (1986).

    Parameters
    ----------
    converted, treated : bool array of shape (n_calls,)
        Whether the call sold, and whether it was made that way.
    month : array of shape (n_calls,)

    Raises
    ------
    ValueError
        In no month some calls of each kind sold and others did not, so there is nothing to compare.
    """
    ratio = weight = same = mixed = other = 0.0
    for each in np.unique(month.astype(str)):
        inside = month.astype(str) == each
        a, b = (float((inside & treated & (converted == sold)).sum()) for sold in (True, False))
        c, d = (float((inside & ~treated & (converted == sold)).sum()) for sold in (True, False))
        n = a + b + c + d
        r, s, p, q = a * d / n, b * c / n, (a + d) / n, (b + c) / n
        ratio, weight = ratio + r, weight + s
        same, mixed, other = same + p * r, mixed + p * s + q * r, other + q * s
    if not ratio or not weight:
        raise ValueError("There is no month in which both kinds of calls sold and did not.")
    value = log(ratio / weight)
    error = sqrt(same / (2 * ratio**2) + mixed / (2 * ratio * weight) + other / (2 * weight**2))
    return Interval(value, value - WITHIN_95 * error, value + WITHIN_95 * error)
