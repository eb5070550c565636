"""How many more customers have to be called until it can be told what calling brings."""

from math import ceil, sqrt
from statistics import NormalDist
from typing import Final

from smartbank.core.level import WITHIN_95

POWER: Final = 0.8
"""Chance that the calls asked for are enough, if the difference is as large as taken."""
MIN_HELD_OUT: Final = 20
"""Customers held out below which nothing is said of calling: none of five who buys says next to nothing."""
MIN_SALES: Final = 5
"""Sales, with and without a call together, below which nothing is said: two of two against none of two is chance."""
MAX_CALLS_NEEDED: Final = 100_000
"""More than that is no plan but a way to say that there is hardly a difference."""


def calls_needed(called: float, n_called: int, held_out: float, n_held_out: float) -> int | None:
    """Return how many more customers have to be called until the interval of the difference leaves zero out.

    The number of customers is that of J. L. Fleiss, A. Tytun and H. K. Ury, "A simple approximation for calculating
    sample sizes for comparing independent proportions", Biometrics 36, 1980, without their correction for continuity,
    at `POWER`, with as many held out for each customer called as until now. The formula with each share's own variance
    throughout would promise half of the calls that are needed where one in ten is held out.

    The difference seen so far is a lucky one where it is large and calls are few, so it is shrunk towards none as in
    empirical Bayes: `d * t² / (t² + s²)`, with s its standard error and t the share of all customers that bought, as a
    call that does more than to double sales would be a surprise. Towards none, since whoever wants to see that calling
    pays must not be promised it by an assumption that it does.

    Parameters
    ----------
    called, held_out : float
        Shares that bought, in [0, 1].
    n_called : int
        Customers that are on the lists to be called, reached or not, above 0.
    n_held_out : float
        Customers held out, above 0; over several lists the number that tells as much.

    Returns
    -------
    int or None
        Customers beyond `n_called`, 1 at least; None where no difference in favour of calling was seen, or
        `MAX_CALLS_NEEDED` would not do.
    """
    if called <= held_out:
        return None
    ratio = n_called / n_held_out
    rate = (ratio * called + held_out) / (ratio + 1)
    error = rate * (1 - rate) * (1 / n_called + 1 / n_held_out)
    enough = max(
        enough_calls((called - held_out) * rate * rate / (rate * rate + error), rate, ratio),
        MIN_HELD_OUT * ratio,
        MIN_SALES / rate / (1 + 1 / ratio),
    )
    more = max(1, ceil(min(enough - n_called, MAX_CALLS_NEEDED + 1)))
    return more if more <= MAX_CALLS_NEEDED else None


def enough_calls(difference: float, rate: float, ratio: float) -> float:
    """Return how many customers must be called in all for a difference to be told with `POWER`.

    Parameters
    ----------
    difference : float
        Share that buys when called less the share that buys anyway, not 0.
    rate : float
        Share of both together that buys, in (0, 1).
    ratio : float
        Customers called for each one held out, above 0.
    """
    called, held_out = rate + difference / (1 + ratio), rate - difference * ratio / (1 + ratio)
    by_chance = WITHIN_95 * sqrt(rate * (1 - rate) * (1 + ratio))
    by_power = NormalDist().inv_cdf(POWER) * sqrt(called * (1 - called) + ratio * held_out * (1 - held_out))
    return float(((by_chance + by_power) / difference) ** 2)
