"""What a backtest does: its settings, and the splits of protocols A, B and C in courses that are run part by part."""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from smartbank.core.backtest import FULL_STEP
from smartbank.core.training_data import CONVERTED, PERIOD, TrainingData
from smartbank.errors import TrainingDataError
from smartbank.ml.protocols import MIN_MONTH_ROWS, Split, fold_splits, month_splits

IntArray = npt.NDArray[np.intp]
BoolArray = npt.NDArray[np.bool_]
Protocol = Literal["A", "B", "C"]

QUICK_STEP: Final = 500
QUICK_ITERATIONS: Final = 200
_SPLITS_A_PART: Final = 10


@dataclass(frozen=True)
class BacktestSettings:
    """How a backtest is done.

    Attributes
    ----------
    window, step : int
        Protocol B: rows fitted on, and rows predicted before the next fit.
    tail : int
        Protocol B is judged on the last 20 % of the rows, and on this many last rows.
    min_month_rows : int
        Rows a month needs to be judged by protocol C.
    catboost_iterations : int
        Trees of CatBoost; the only standard model that a quick run thins.
    resamples : int
        Draws of the bootstrap intervals.
    seed : int
        Of the models and of the bootstrap; the folds of protocol A are the same for every seed.
    quick : bool
        The run is thinned, which is said beside its figures.
    """

    window: int = 10_000
    step: int = FULL_STEP
    tail: int = 1_293
    min_month_rows: int = MIN_MONTH_ROWS
    catboost_iterations: int = 1_000
    resamples: int = 200
    seed: int = 0
    quick: bool = False

    @classmethod
    def chosen(cls, *, quick: bool, seed: int) -> "BacktestSettings":
        """Return the settings of a whole or of a quick run."""
        if quick:
            return cls(step=QUICK_STEP, catboost_iterations=QUICK_ITERATIONS, seed=seed, quick=True)
        return cls(seed=seed)


@dataclass(frozen=True)
class Course:
    """Splits that are judged together.

    Attributes
    ----------
    name : str
        `A`, `B_last_20`, `B_last_1293` (the number is the settings' tail) or `C`.
    """

    name: str
    protocol: Protocol
    splits: tuple[Split, ...]

    @property
    def suffix(self) -> str:
        """What the name adds to a figure's: `_last_20`; empty in protocols A and C."""
        return self.name.removeprefix(self.protocol)

    @property
    def scored(self) -> IntArray:
        """The rows that are scored, in the order of the splits."""
        return np.concatenate([scored for _, scored in self.splits])

    @property
    def parts(self) -> list[tuple[Split, ...]]:
        """The splits in parts that are run and kept one by one: one split a part, in protocol B ten."""
        size = _SPLITS_A_PART if self.protocol == "B" else 1
        return [self.splits[start : start + size] for start in range(0, len(self.splits), size)]


def courses(data: TrainingData, settings: BacktestSettings) -> list[Course]:
    """Return the four courses of a backtest: random folds, two rolling windows, the next months.

    Raises
    ------
    TrainingDataError
        The rows are too few for a protocol, or all of some that are needed together bought, or none did.
    """
    converted = data.frame[CONVERTED].to_numpy(dtype=bool)
    n = len(converted)
    last_fifth = n * 4 // 5
    planned = [
        Course("A", "A", tuple(fold_splits(converted))),
        Course("B_last_20", "B", rolling_splits(n, last_fifth, settings)),
        Course(f"B_last_{settings.tail}", "B", rolling_splits(n, n - settings.tail, settings)),
        Course("C", "C", tuple(month_splits(data.frame[PERIOD].to_numpy(object), min_rows=settings.min_month_rows))),
    ]
    for course in planned:
        _require_both_outcomes(course, converted)
    return planned


def rolling_splits(n_rows: int, start: int, settings: BacktestSettings) -> tuple[Split, ...]:
    """Return protocol B from a row on: fit on the window before row i, score i and the rows up to the next step.

    Raises
    ------
    TrainingDataError
        There is no whole window before the row.
    """
    if start < settings.window:
        raise TrainingDataError(
            f"Protocol B fits on the {settings.window:,} rows before row {max(start, 0):,}, where its judging begins;"
            f" the file has {n_rows:,} rows and is too short for it. Take the whole file."
        )
    return tuple(
        (np.arange(row - settings.window, row), np.arange(row, min(row + settings.step, n_rows)))
        for row in range(start, n_rows, settings.step)
    )


def _require_both_outcomes(course: Course, converted: BoolArray) -> None:
    scored = [course.scored] if course.protocol != "C" else [rows for _, rows in course.splits]
    if not all(_both(converted[fitted]) for fitted, _ in course.splits) or not any(
        _both(converted[rows]) for rows in scored
    ):
        raise TrainingDataError(
            f"Protocol {course.protocol} needs leads that bought and leads that did not wherever it fits and judges,"
            " and the file has a stretch with one kind only. Take the whole file."
        )


def _both(converted: BoolArray) -> bool:
    return bool(converted.any() and not converted.all())
