"""SmartBank's own model in a backtest: margins of the ranking model as it stands, and the level known at that time."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from smartbank.core.training_data import WEEKDAY, TrainingData
from smartbank.ml.backtest.levels import SHRINKAGE, followed_level, nested_level
from smartbank.ml.backtest.plan import BacktestSettings, Protocol
from smartbank.ml.backtest.times import call_times
from smartbank.ml.calibration import within_month_slope
from smartbank.ml.protocols import FitAndScore
from smartbank.ml.ranking import RankingSettings
from smartbank.ml.training import Training
from smartbank.ml.weekday_effects import effects_of, weekday_effects

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]

_MARGIN, _BARE_MARGIN = 0, 3
"""Columns of `Training.fit_and_score`: the margin, and the margin had nothing been known of contacts."""


def own_fits(
    data: TrainingData, settings: BacktestSettings, ranking: RankingSettings | None = None
) -> dict[Protocol, FitAndScore]:
    """Return SmartBank's fit for each protocol; log-odds of shape (n_scored, 3).

    With the level known for the day of the call, with and without contact history; then the margin alone, which is
    what orders the leads of one list. Margins are calibrated as in the product, by one slope within the month, here of
    the rows fitted on; protocol C asks for the order only. In protocol A, as in the standard models, all rows weigh
    alike: its folds do not look ahead.

    Parameters
    ----------
    ranking : RankingSettings or None
        None takes those that a training takes.
    """
    chosen = ranking or RankingSettings()
    training, alike = (
        Training(data.frame, each, seed=settings.seed, n_threads=1, min_month_rows=settings.min_month_rows)
        for each in (chosen, replace(chosen, half_life_months=np.inf))
    )
    times, weekday = call_times(data), data.frame[WEEKDAY].to_numpy(dtype=object)
    converted, month = training.converted, training.month

    def margins(by: Training, fitted: IntArray, scored: IntArray) -> tuple[FloatArray, FloatArray]:
        both = by.fit_and_score(fitted, np.concatenate([fitted, scored]))[:, [_MARGIN, _BARE_MARGIN]]
        slopes = [
            within_month_slope(column, converted[fitted], training.period[fitted]) for column in both[: len(fitted)].T
        ]
        return both[: len(fitted)] * slopes, both[len(fitted) :] * slopes

    def of_weekdays(known: FloatArray, fitted: IntArray, scored: IntArray) -> tuple[FloatArray, FloatArray]:
        effects = weekday_effects(known, converted[fitted], month[fitted], weekday[fitted])
        return effects_of(weekday[fitted], effects), effects_of(weekday[scored], effects)

    def random_fold(fitted: IntArray, scored: IntArray) -> FloatArray:
        known, wanted = margins(alike, fitted, scored)
        groups = [(each[fitted], each[scored], held) for each, held in zip(times, SHRINKAGE, strict=True)]
        levels = [nested_level(column, converted[fitted], groups) for column in known.T]
        return np.column_stack([wanted + np.column_stack(levels), wanted[:, 0]])

    def window(fitted: IntArray, scored: IntArray) -> FloatArray:
        known, wanted = margins(training, fitted, scored)
        levels = []
        for column in known.T:
            then, now = of_weekdays(column, fitted, scored)
            levels.append(now + followed_level(column + then, converted[fitted]))
        return np.column_stack([wanted + np.column_stack(levels), wanted[:, 0]])

    def next_month(fitted: IntArray, scored: IntArray) -> FloatArray:
        known, wanted = margins(training, fitted, scored)
        levels = [of_weekdays(column, fitted, scored)[1] for column in known.T]
        return np.column_stack([wanted + np.column_stack(levels), wanted[:, 0]])

    return {"A": random_fold, "B": window, "C": next_month}
