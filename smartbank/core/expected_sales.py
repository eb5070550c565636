"""How many sales a list will bring: the expected number, and the range it falls into 19 times out of 20."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import Final

import numpy as np
import numpy.typing as npt

from smartbank.core.level import propensity

FloatArray = npt.NDArray[np.float64]

COVERAGE: Final = 0.95
EXACT_UP_TO: Final = 2_000
"""Leads up to which the distribution is computed exactly; above, the normal one differs by less than a sale."""
_LEVELS: Final = 51
"""Equally likely levels that stand for all of them."""
_INSIDE: Final = 1e-12
"""A propensity of exactly 0 or 1 has no log-odds to move."""


@dataclass(frozen=True)
class SalesInterval:
    """Sales of a list.

    Attributes
    ----------
    expected : float
        Sum of the propensities.
    low, high : int
        Ends of the interval, both in it.
    """

    expected: float
    low: int
    high: int


def sales_interval(propensities: FloatArray, *, level_error: float = 0.0, coverage: float = COVERAGE) -> SalesInterval:
    """Return the expected sales of a list with a central interval.

    Each lead buys with its own propensity, independently of the others: the number of sales is Poisson-binomial, with
    mean `sum(p)` and variance `sum(p * (1 - p))` (Y. H. Wang, "On the number of successes in independent trials",
    Statistica Sinica 3, 1993). Up to `EXACT_UP_TO` leads it is computed lead by lead (the recursion of R. E. Barlow
    and K. D. Heidtmann, IEEE Transactions on Reliability R-33, 1984), above by the normal distribution with continuity
    correction.

    Leads of one month are not independent of each other's month: with `level_error` the log-odds of all of them are
    moved together by a normal amount of that standard deviation, and the interval is that of the mixture.

    Parameters
    ----------
    propensities : array of shape (n_leads,)
        In [0, 1].
    level_error : float, default=0.0
        Root mean square error of a month's level, in log-odds.
    coverage : float, default=0.95
        Share of months the interval is to hold; half of the rest lies below it and half above.

    Raises
    ------
    ValueError
        A propensity lies outside [0, 1], or the error is negative.
    """
    if not ((propensities >= 0) & (propensities <= 1)).all() or level_error < 0:
        raise ValueError("Sales need propensities from 0 to 1 and an error from 0 on.")
    if not len(propensities):
        return SalesInterval(0.0, 0, 0)
    levels = _levels(propensities, level_error)
    below = _exact(np.stack(list(levels))) if len(propensities) <= EXACT_UP_TO else _normal(levels)
    low, high = (_quantile(below, share, len(propensities)) for share in ((1 - coverage) / 2, (1 + coverage) / 2))
    return SalesInterval(float(propensities.sum()), low, high)


def _levels(propensities: FloatArray, level_error: float) -> Iterator[FloatArray]:
    """Yield the propensities at equally likely levels, one at a time: a long list takes much room."""
    if not level_error:
        yield propensities
        return
    inside = np.clip(propensities, _INSIDE, 1 - _INSIDE)
    log_odds = np.log(inside / (1 - inside))
    for place in range(_LEVELS):
        yield propensity(log_odds + level_error * NormalDist().inv_cdf((place + 0.5) / _LEVELS))


def _exact(at_levels: FloatArray) -> Callable[[int], float]:
    """Return the share of months with at most so many sales, from the whole distribution."""
    n_levels, n_leads = at_levels.shape
    chances = np.zeros((n_levels, n_leads + 1))
    chances[:, 0] = 1.0
    for lead in range(n_leads):
        buys = at_levels[:, lead, np.newaxis]
        sold = chances[:, : lead + 1] * buys
        chances[:, : lead + 1] *= 1 - buys
        chances[:, 1 : lead + 2] += sold
    at_most = chances.mean(axis=0).cumsum()
    return lambda sales: float(at_most[sales])


def _normal(levels: Iterable[FloatArray]) -> Callable[[int], float]:
    """Return the share of months with at most so many sales, by the normal distribution."""
    months = [NormalDist(float(p.sum()), sqrt(float((p * (1 - p)).sum())) or _INSIDE) for p in levels]
    return lambda sales: sum(month.cdf(sales + 0.5) for month in months) / len(months)


def _quantile(at_most: Callable[[int], float], share: float, n_leads: int) -> int:
    """Return the smallest number of sales that a share of months does not exceed."""
    low, high = 0, n_leads
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if at_most(middle) >= share else (middle + 1, high)
    return low
