"""SmartBank's own model in a backtest: margins of the ranking model as it stands, and the level known at that time."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
import numpy.typing as npt

from smartbank.core.training_data import TrainingData
from smartbank.ml.backtest.call_levels import APPROACH, WINDOW_RIDGES, CallLevels
from smartbank.ml.backtest.plan import BacktestSettings, Protocol
from smartbank.ml.protocols import FitAndScore
from smartbank.ml.ranking import RankingSettings
from smartbank.ml.training import Training

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]
LevelOf = Callable[[FloatArray, IntArray, IntArray], FloatArray]

_MARGIN, _BARE_MARGIN = 0, 3
"""Columns of `Training.fit_and_score`: the margin, and the margin had nothing been known of contacts."""


def own_fits(
    data: TrainingData, settings: BacktestSettings, ranking: RankingSettings | None = None
) -> dict[Protocol, FitAndScore]:
    """Return SmartBank's fit for each protocol; log-odds of shape (n_scored, 3).

    With the level known for the day of the call, with and without contact history; then the margin alone, which is
    what orders the leads of one list. Margins are as the ranking gives them: the slope they have in the product is one
    of months a fit has not seen, which the rows fitted on cannot say. In protocol A, as in the standard models, all
    rows weigh alike: its folds do not look ahead.

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
    levels = CallLevels(data)
    bare_ridges = {name: ridge for name, ridge in WINDOW_RIDGES.items() if name != APPROACH}
    return {
        "A": _fit(alike, levels.of_folds),
        "B": _fit(training, levels.of_window, partial(levels.of_window, ridges=bare_ridges)),
        "C": _fit(training, levels.of_weekdays),
    }


def _fit(training: Training, level: LevelOf, bare_level: LevelOf | None = None) -> FitAndScore:
    """Return a fit that puts a level on margins; that of leads without contact history is the same unless given."""
    of_bare = bare_level or level

    def fit_and_score(fitted: IntArray, scored: IntArray) -> FloatArray:
        margins = training.fit_and_score(fitted, np.concatenate([fitted, scored]))
        known, wanted = margins[: len(fitted)], margins[len(fitted) :]
        return np.column_stack(
            [
                wanted[:, _MARGIN] + level(known[:, _MARGIN], fitted, scored),
                wanted[:, _BARE_MARGIN] + of_bare(known[:, _BARE_MARGIN], fitted, scored),
                wanted[:, _MARGIN],
            ]
        )

    return fit_and_score
