"""SmartBank's own model in a backtest: margins of the ranking model as it stands, and the level known at that time."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from smartbank.core.training_data import PERIOD, TrainingData
from smartbank.ml.backtest.levels import DAY_SHRINKAGE, MONTH_SHRINKAGE, followed_level, nested_level
from smartbank.ml.backtest.plan import BacktestSettings, Protocol
from smartbank.ml.calibration import within_month_slope
from smartbank.ml.protocols import FitAndScore
from smartbank.ml.ranking import RankingSettings
from smartbank.ml.training import Training

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]

_MARGIN, _BARE_MARGIN = 0, 3
"""Columns of `Training.fit_and_score`: the margin, and the margin had nothing been known of contacts."""


def own_fits(
    data: TrainingData, settings: BacktestSettings, ranking: RankingSettings | None = None
) -> dict[Protocol, FitAndScore]:
    """Return SmartBank's fit for each protocol; log-odds of shape (n_scored, 2): with and without contact history.

    Margins are calibrated as in the product, by one slope within the month, here of the rows fitted on. Protocol C only
    asks for the order, and gets them as they are.

    Parameters
    ----------
    ranking : RankingSettings or None
        None takes those that a training takes.
    """
    training = Training(
        data.frame,
        ranking or RankingSettings(),
        seed=settings.seed,
        n_threads=1,
        min_month_rows=settings.min_month_rows,
    )
    month, day = market_days(data)

    def margins(fitted: IntArray, scored: IntArray) -> tuple[FloatArray, FloatArray]:
        both = training.fit_and_score(fitted, np.concatenate([fitted, scored]))[:, [_MARGIN, _BARE_MARGIN]]
        known = both[: len(fitted)]
        slopes = [within_month_slope(column, training.converted[fitted], training.period[fitted]) for column in known.T]
        return known * slopes, both[len(fitted) :] * slopes

    def random_fold(fitted: IntArray, scored: IntArray) -> FloatArray:
        known, wanted = margins(fitted, scored)
        groups = [(month[fitted], month[scored], MONTH_SHRINKAGE), (day[fitted], day[scored], DAY_SHRINKAGE)]
        levels = [nested_level(column, training.converted[fitted], groups) for column in known.T]
        return np.asarray(wanted + np.column_stack(levels), dtype=np.float64)

    def window(fitted: IntArray, scored: IntArray) -> FloatArray:
        known, wanted = margins(fitted, scored)
        levels = [followed_level(column, training.converted[fitted]) for column in known.T]
        return np.asarray(wanted + np.array(levels), dtype=np.float64)

    def next_month(fitted: IntArray, scored: IntArray) -> FloatArray:
        return np.asarray(training.fit_and_score(fitted, scored)[:, [_MARGIN, _BARE_MARGIN]], dtype=np.float64)

    return {"A": random_fold, "B": window, "C": next_month}


def market_days(data: TrainingData) -> tuple[IntArray, IntArray]:
    """Return the month and the market day of each row, as numbers: calls of a month at one Euribor share a day."""
    period = data.frame[PERIOD].astype(str)
    month = pd.factorize(period)[0]
    day = pd.factorize(period + " " + data.frame["euribor3m"].map(repr))[0]
    return np.asarray(month, dtype=np.intp), np.asarray(day, dtype=np.intp)
