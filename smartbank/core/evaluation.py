"""How good is a ranking? AUC pooled and within the month, lift, calibration, and the decile table."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
MonthArray = npt.NDArray[np.str_] | npt.NDArray[np.object_] | npt.NDArray[np.intp]

Figures = Callable[[npt.NDArray[np.intp]], dict[str, float]]
"""Figures of the leads at these places; a place that was drawn twice counts twice."""

BEST_SHARE: Final = 0.2
TWO_SIDED_95: Final = (0.025, 0.975)
"""Shares of the draws below the ends of an interval of 95 %."""


@dataclass(frozen=True)
class Interval:
    """A figure with its bootstrap interval."""

    value: float
    low: float
    high: float


def auc(converted: BoolArray, scores: FloatArray) -> float:
    """Return the share of (converted, not converted) pairs in the right order, in [0, 1]; a tie counts half.

    Parameters
    ----------
    converted : bool array of shape (n_leads,)
    scores : array of shape (n_leads,)
        Higher is better; margins or propensities.

    Raises
    ------
    ValueError
        All leads converted, or none did.
    """
    conversions = int(converted.sum())
    others = len(converted) - conversions
    if not conversions or not others:
        raise ValueError("AUC is undefined: it needs leads that converted and leads that did not.")
    _, place, ties = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(ties) - (ties - 1) / 2)[place]
    return float((ranks[converted].sum() - conversions * (conversions + 1) / 2) / (conversions * others))


def lift(converted: BoolArray, scores: FloatArray, *, share: float = BEST_SHARE) -> float:
    """Return the conversion rate of the best share of the leads over the rate of all; 1.0 is random.

    Ties keep the input order; the best share is rounded to whole leads, one at least.

    Raises
    ------
    ValueError
        No lead converted.
    """
    if not converted.any():
        raise ValueError("Lift is undefined: no lead converted.")
    best = np.argsort(-scores, kind="stable")[: max(1, round(len(scores) * share))]
    return float(converted[best].mean() / converted.mean())


def brier(converted: BoolArray, propensities: FloatArray) -> float:
    """Return the mean squared distance of propensities from outcomes, in [0, 1]; lower is better."""
    return float(np.square(propensities - converted).mean())


def ece(converted: BoolArray, propensities: FloatArray, *, n_groups: int = 10) -> float:
    """Return the expected calibration error, in [0, 1]; lower is better.

    That is the mean distance between mean propensity and conversion rate over groups of equally many leads by
    propensity, each weighted by its leads (M. P. Naeini, G. F. Cooper and M. Hauskrecht, "Obtaining well calibrated
    probabilities using Bayesian binning", AAAI 2015, with groups of equal size).

    Parameters
    ----------
    converted : bool array of shape (n_leads,)
    propensities : array of shape (n_leads,)
        In [0, 1]. Ties keep the input order.
    n_groups : int, default=10
        With fewer leads than groups, each lead is a group.

    Raises
    ------
    ValueError
        There is no lead.
    """
    if not len(converted):
        raise ValueError("Calibration is undefined: there is no lead.")
    groups = np.array_split(np.argsort(-propensities, kind="stable"), min(n_groups, len(converted)))
    away = [len(group) * abs(propensities[group].mean() - converted[group].mean()) for group in groups]
    return float(sum(away) / len(converted))


def by_month(converted: BoolArray, scores: FloatArray, period: MonthArray) -> pd.DataFrame:
    """Judge a ranking within each month, where all leads face the same market.

    Parameters
    ----------
    converted : bool array of shape (n_leads,)
    scores : array of shape (n_leads,)
        Compared within a month only.
    period : str or int array of shape (n_leads,)
        Month of each lead; they sort in the order of time.

    Returns
    -------
    DataFrame of shape (n_months, 4), indexed by `period` in order
        `leads`, `rate` in [0, 1], `auc`, and `lift` of the best 20 %; a month in which all leads or none
        converted is left out, as nothing can be ranked in it.
    """
    rows = {}
    for month in np.unique(period):
        inside = period == month
        outcomes = converted[inside]
        if outcomes.any() and not outcomes.all():
            rows[str(month)] = {
                "leads": len(outcomes),
                "rate": float(outcomes.mean()),
                "auc": auc(outcomes, scores[inside]),
                "lift": lift(outcomes, scores[inside]),
            }
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["leads", "rate", "auc", "lift"])
    return table.rename_axis("period")


def within_month(months: pd.DataFrame) -> dict[str, float]:
    """Sum up `by_month`: AUC as the plain mean of months (the headline) and by leads, lift both ways.

    Raises
    ------
    ValueError
        There is no month.
    """
    if months.empty:
        raise ValueError("There is no month to judge.")
    leads = months["leads"].to_numpy(dtype=float)
    return {
        "auc_month_mean": float(months["auc"].mean()),
        "auc_within_month": float(np.average(months["auc"], weights=leads)),
        "lift_20_month_mean": float(months["lift"].mean()),
        "lift_20": float(np.average(months["lift"], weights=leads)),
    }


def auc_within_month(converted: BoolArray, scores: FloatArray, month: MonthArray) -> float:
    """Return the AUC within the month, weighted by leads, as in `within_month`; NaN where no month can be judged."""
    groups = [month == each for each in np.unique(month)]
    usable = [rows for rows in groups if converted[rows].any() and not converted[rows].all()]
    if not usable:
        return float("nan")
    found = [auc(converted[rows], scores[rows]) for rows in usable]
    return float(np.average(found, weights=[int(rows.sum()) for rows in usable]))


def within_month_intervals(
    converted: BoolArray,
    scores: FloatArray,
    period: MonthArray,
    *,
    against: FloatArray | None = None,
    resamples: int = 200,
    seed: int = 0,
) -> dict[str, Interval]:
    """Return `within_month` with 95 % bootstrap intervals; leads are drawn again within their month.

    Parameters
    ----------
    against : array of shape (n_leads,) or None
        Scores of another ranking of the same leads; then the figures are differences, `scores` minus `against`,
        each taken on the same draw.
    """
    _, month = np.unique(period, return_inverse=True)

    def figures(rows: npt.NDArray[np.intp]) -> dict[str, float]:
        found = within_month(by_month(converted[rows], scores[rows], month[rows]))
        if against is None:
            return found
        other = within_month(by_month(converted[rows], against[rows], month[rows]))
        return {name: figure - other[name] for name, figure in found.items()}

    return drawn_within_months(figures, month, resamples=resamples, seed=seed)


def drawn_within_months(
    figures: Figures, month: MonthArray, *, bounds: tuple[float, float] = TWO_SIDED_95, resamples: int, seed: int
) -> dict[str, Interval]:
    """Return figures of all leads with bootstrap intervals; leads are drawn again within their month.

    Parameters
    ----------
    figures : callable
        Gives the same names at each draw; a figure that is NaN in a draw is left out of that draw.
    month : str or int array of shape (n_leads,)
        Month of each lead.
    bounds : pair of float
        Shares of the draws below the two ends, in [0, 1]: (0.1, 0.9) has both ends that are one-sided 90 %.
    """
    rng = np.random.default_rng(seed)
    groups = [np.flatnonzero(month == each) for each in np.unique(month)]
    value = figures(np.arange(len(month)))
    drawn = [figures(np.concatenate([rng.choice(group, len(group)) for group in groups])) for _ in range(resamples)]
    return {
        name: Interval(figure, *(float(np.nanquantile([draw[name] for draw in drawn], share)) for share in bounds))
        for name, figure in value.items()
    }


def decile_table(converted: BoolArray, propensity: FloatArray, *, n_groups: int = 10) -> pd.DataFrame:
    """Summarise conversions by decile of propensity, best leads first.

    Parameters
    ----------
    converted : bool array of shape (n_leads,)
        True where the lead subscribed.
    propensity : array of shape (n_leads,)
        In [0, 1]. Ties keep the input order.
    n_groups : int, default=10
        Number of equal-sized groups; 10 gives deciles.

    Returns
    -------
    DataFrame of shape (n_groups, 6), indexed by `decile` (1 is best)
        `leads` and `conversions` (counts), `mean_propensity` and `conversion_rate` (in [0, 1]), `lift` (rate over
        the base rate; 1.0 is random) and `gain` (share of all conversions caught down to this decile).

    Raises
    ------
    ValueError
        The arrays differ in length, are shorter than `n_groups`, or hold no conversion.
    """
    if len(converted) != len(propensity):
        raise ValueError(f"{len(converted)} outcomes but {len(propensity)} propensities.")
    if len(converted) < n_groups:
        raise ValueError(f"{len(converted)} leads cannot fill {n_groups} groups.")
    if not converted.any():
        raise ValueError("Lift is undefined: no lead converted.")
    groups = np.array_split(np.argsort(-propensity, kind="stable"), n_groups)
    table = pd.DataFrame(
        {
            "leads": [len(group) for group in groups],
            "conversions": [int(converted[group].sum()) for group in groups],
            "mean_propensity": [float(propensity[group].mean()) for group in groups],
        },
        index=pd.RangeIndex(1, n_groups + 1, name="decile"),
    )
    table["conversion_rate"] = table["conversions"] / table["leads"]
    table["lift"] = table["conversion_rate"] / converted.mean()
    table["gain"] = table["conversions"].cumsum() / converted.sum()
    return table
