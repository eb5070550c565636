"""The protocols a model is judged by: random folds (A), which flatter, and the next month (C), which is the job."""

from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import StratifiedKFold

from smartbank.errors import TrainingDataError

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]
BoolArray = npt.NDArray[np.bool_]
TextArray = npt.NDArray[np.object_]

Split = tuple[IntArray, IntArray]
"""Rows to fit on, and rows to score."""

FitAndScore = Callable[[IntArray, IntArray], FloatArray]
"""Fit on the first rows, return log-odds of the second: shape (n_second, n_outputs), one column a way of scoring."""

FOLDS: Final = 5
FIRST_MONTH: Final = "2009-03"
MIN_MONTH_ROWS: Final = 150
VALIDATION_FROM: Final = "2010-03"
"""Choices are made on the months before; these and later ones are looked at, and each look is written down."""


def random_folds(converted: BoolArray, fit: FitAndScore, *, seed: int = 0) -> FloatArray:
    """Protocol A: return pooled out-of-fold log-odds, shape (n_rows, n_outputs)."""
    return _scored(len(converted), fold_splits(converted, seed=seed), fit)


def fold_splits(converted: BoolArray, *, seed: int = 0) -> list[Split]:
    """Return the five splits of protocol A.

    Raises
    ------
    TrainingDataError
        There are fewer conversions, or fewer other rows, than folds.
    """
    if min(int(converted.sum()), int((~converted).sum())) < FOLDS:
        raise TrainingDataError(f"Training needs at least {FOLDS} leads that bought and {FOLDS} that did not.")
    return list(StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(np.zeros(len(converted)), converted))


def next_months(period: TextArray, fit: FitAndScore, *, min_rows: int = MIN_MONTH_ROWS) -> FloatArray:
    """Protocol C: for each month, fit on all rows of earlier months and score the month.

    Returns
    -------
    array of shape (n_rows, n_outputs)
        Log-odds; NaN in rows of months that are not judged (before 2009-03, or with fewer than `min_rows` rows).
    """
    return _scored(len(period), month_splits(period, min_rows=min_rows), fit)


def month_splits(period: TextArray, *, min_rows: int = MIN_MONTH_ROWS) -> list[Split]:
    """Return the splits of protocol C, one a month that is judged, in the order of time.

    Raises
    ------
    TrainingDataError
        No month can be judged.
    """
    months, counts = np.unique(period, return_counts=True)
    judged = [month for month, rows in zip(months, counts, strict=True) if month >= FIRST_MONTH and rows >= min_rows]
    splits = [(np.flatnonzero(period < month), np.flatnonzero(period == month)) for month in judged]
    splits = [(before, inside) for before, inside in splits if len(before)]
    if not splits:
        raise TrainingDataError(
            f"No month from {FIRST_MONTH} on has {min_rows} rows and rows before it: the model cannot be judged on the"
            " next month. Train on the whole file."
        )
    return splits


def _scored(n_rows: int, splits: list[Split], fit: FitAndScore) -> FloatArray:
    parts = [(rows, fit(before, rows)) for before, rows in splits]
    log_odds = np.full((n_rows, parts[0][1].shape[1]), np.nan)
    for rows, part in parts:
        log_odds[rows] = part
    return log_odds
