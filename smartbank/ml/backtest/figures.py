"""The figures of a backtest, each with a bootstrap interval, every model of a course on the same draws."""

from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

from smartbank.core.backtest import AHEAD, OWN
from smartbank.core.evaluation import Interval
from smartbank.core.level import propensity
from smartbank.core.training_data import CONVERTED, PERIOD, TrainingData
from smartbank.ml.backtest.plan import BacktestSettings, Course
from smartbank.ml.backtest.resampling import Ranked, draws_in_blocks, interval
from smartbank.ml.backtest.times import call_times
from smartbank.ml.protocols import VALIDATION_FROM

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
TextArray = npt.NDArray[np.object_]
IntArray = npt.NDArray[np.intp]

Metrics = dict[str, Interval]

_COMPARED: Final = ("auc_month_mean", "auc_within_month", "lift_20", "auc_same_market")


def course_figures(
    course: Course, scores: Mapping[str, FloatArray], *, data: TrainingData, settings: BacktestSettings
) -> dict[str, Metrics]:
    """Return the figures of each model in a course.

    Parameters
    ----------
    scores : mapping of str to array of shape (n_rows,)
        Log-odds by model, NaN in rows that are not scored.
    """
    rows = np.sort(course.scored)
    converted = data.frame[CONVERTED].to_numpy(dtype=bool)[rows]
    judged = {name: values[rows] for name, values in scores.items()}
    seed = (settings.seed, *course.name.encode())
    if course.protocol == "C":
        period = data.frame[PERIOD].to_numpy(dtype=object)[rows]
        day = call_times(data).day[rows]
        figures = monthly_figures(converted, judged, period, day, n_draws=settings.resamples, seed=seed)
    else:
        figures = pooled_figures(converted, judged, n_draws=settings.resamples, seed=seed)
    named = {
        name: {f"{metric}{course.suffix}": figure for metric, figure in metrics.items()}
        for name, metrics in figures.items()
    }
    for name, metrics in named.items():
        if course.protocol == "B":
            metrics["step"] = _exactly(settings.step)
        if name.startswith("catboost"):
            metrics["iterations"] = _exactly(settings.catboost_iterations)
    return named


def pooled_figures(
    converted: BoolArray, scores: Mapping[str, FloatArray], *, n_draws: int, seed: tuple[int, ...]
) -> dict[str, Metrics]:
    """Return `auc`, `brier` and `base_rate` of each model, all leads together; single leads are drawn again.

    Beside each model but SmartBank's own stands how far that is ahead in AUC, on the same draws.

    Parameters
    ----------
    converted : bool array of shape (n_leads,)
        Both outcomes must occur.
    scores : mapping of str to array of shape (n_leads,)
        Log-odds.
    """
    ranked = {name: Ranked.of(converted, values) for name, values in scores.items()}
    errors = {name: np.square(propensity(values) - converted) for name, values in scores.items()}
    found: dict[tuple[str, str], list[FloatArray]] = {}
    for draws in draws_in_blocks([np.arange(len(converted))], n_draws, seed=seed):
        rate = draws @ converted / len(converted)
        for name, ranking in ranked.items():
            found.setdefault((name, "auc"), []).append(ranking.auc_and_lift(draws)[0])
            found.setdefault((name, "brier"), []).append(draws @ errors[name] / len(converted))
            found.setdefault((name, "base_rate"), []).append(rate)
    drawn = {key: np.concatenate(blocks) for key, blocks in found.items()}
    figures = {
        name: {metric: interval(drawn[name, metric]) for metric in ("auc", "brier", "base_rate")} for name in scores
    }
    if OWN in figures:
        for name in figures.keys() - {OWN}:
            figures[name][f"{AHEAD}auc"] = interval(drawn[OWN, "auc"] - drawn[name, "auc"])
    return figures


def monthly_figures(
    converted: BoolArray,
    scores: Mapping[str, FloatArray],
    period: TextArray,
    day: IntArray,
    *,
    n_draws: int,
    seed: tuple[int, ...],
) -> dict[str, Metrics]:
    """Return what each model's order within the month is worth; leads are drawn again within their month.

    `auc_same_market` is that of pairs of one day. A list is for one day, so what sorts the days of a month is no help
    to it. Beside each model but SmartBank's own stands how far that is ahead, on the
    same draws.

    Parameters
    ----------
    converted : bool array of shape (n_leads,)
    scores : mapping of str to array of shape (n_leads,)
        Compared within a month only.
    period : str array of shape (n_leads,)
    day : int array of shape (n_leads,)
        Day of each call, as `call_times` numbers them.
    """
    months, place = np.unique(period, return_inverse=True)
    groups = [np.flatnonzero(place == month) for month in range(len(months))]
    days = [np.flatnonzero(day == each) for each in np.unique(day)]
    ranked = {name: [Ranked.of(converted[group], values[group]) for group in groups] for name, values in scores.items()}
    of_days = {name: [Ranked.of(converted[day], values[day]) for day in days] for name, values in scores.items()}
    found: dict[str, list[FloatArray]] = {name: [] for name in scores}
    same_market: dict[str, list[FloatArray]] = {name: [] for name in scores}
    rates = []
    for draws in draws_in_blocks(groups, n_draws, seed=seed):
        rates.append(draws @ converted / len(converted))
        for name, rankings in ranked.items():
            by_month = [ranking.auc_and_lift(draws[:, group]) for ranking, group in zip(rankings, groups, strict=True)]
            found[name].append(np.array(by_month))
            pairs = [ranking.pairs(draws[:, day]) for ranking, day in zip(of_days[name], days, strict=True)]
            same_market[name].append(np.sum(pairs, axis=0))
    leads = np.array([len(group) for group in groups], dtype=np.float64)
    summed = {name: _summed(np.concatenate(blocks, axis=2), leads, months) for name, blocks in found.items()}
    for name, blocks in same_market.items():
        right, pairs_drawn = np.concatenate(blocks, axis=1)
        summed[name]["auc_same_market"] = right / np.where(pairs_drawn > 0, pairs_drawn, np.nan)
    base_rate = interval(np.concatenate(rates))
    figures = {}
    for name, values in summed.items():
        figures[name] = {metric: interval(drawn) for metric, drawn in values.items()} | {"base_rate": base_rate}
        if OWN in summed and name != OWN:
            figures[name] |= {
                f"{AHEAD}{metric}": interval(summed[OWN][metric] - values[metric]) for metric in _COMPARED
            }
    return figures


def _summed(by_month: FloatArray, leads: FloatArray, months: TextArray) -> dict[str, FloatArray]:
    """Sum AUC and lift, shape (n_months, 2, n_draws), up over months; a month without both outcomes is left out."""
    auc, lift = by_month[:, 0], by_month[:, 1]
    newest = months >= VALIDATION_FROM
    summed = {
        "auc_month_mean": np.nanmean(auc, axis=0),
        "auc_within_month": _by_leads(auc, leads),
        "lift_20": _by_leads(lift, leads),
    }
    if not np.isnan(auc[newest, 0]).all():
        summed["auc_2010"] = _by_leads(auc[newest], leads[newest])
    return summed


def _by_leads(figures: FloatArray, leads: FloatArray) -> FloatArray:
    weights = np.where(np.isnan(figures), 0.0, leads[:, None])
    return np.asarray((np.nan_to_num(figures) * weights).sum(axis=0) / weights.sum(axis=0), dtype=np.float64)


def _exactly(value: float) -> Interval:
    return Interval(float(value), float(value), float(value))
