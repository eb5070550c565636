"""How the level of protocol B was chosen: what it follows, how fast, and what each choice gave before 2010-03.

`python -m benchmarks.window_level --data bank-additional-full.csv --step 50` takes some minutes; decision 0167 reads
its table. Choices are made by the mean of the first two columns, whose calls are all of before 2010-03.
"""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from benchmarks._rows import report
from benchmarks._uci import UCI, not_here
from smartbank.adapters.uci import read_uci
from smartbank.core.evaluation import auc
from smartbank.core.training_data import CONVERTED, PERIOD, TrainingData
from smartbank.ml.backtest.call_levels import ALL, APPROACH, DAY, HALF_LIFE_CALLS, WEEK, WINDOW_RIDGES, CallLevels
from smartbank.ml.backtest.plan import QUICK_STEP, BacktestSettings, rolling_splits
from smartbank.ml.calibration import within_month_slope
from smartbank.ml.protocols import VALIDATION_FROM, Split
from smartbank.ml.ranking import RankingSettings
from smartbank.ml.training import Training

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Variant:
    """One way to a level.

    Attributes
    ----------
    stretched : bool
        Margins are multiplied by their slope in the rows fitted on, as they were until decision 0167.
    """

    ridges: Mapping[str, float]
    half_life_calls: float = HALF_LIFE_CALLS
    stretched: bool = False


_BEFORE: Final = 500
"""The half-life in calls until decision 0167."""
_RIDGES: Final = (3.0, 30.0)
_HALF_LIVES: Final = (60, 125, 500, 1_000)
VARIANTS: Final = {
    "in force": Variant(WINDOW_RIDGES),
    "until 0167: all calls, margins stretched": Variant({ALL: 1.0}, _BEFORE, stretched=True),
    "the same, margins as they are": Variant({ALL: 1.0}, _BEFORE),
    "in force, without approach": Variant({ALL: 1.0, WEEK: 10.0, DAY: 10.0}),
    "in force, without week and day": Variant({ALL: 1.0, APPROACH: 10.0}),
    "in force, margins stretched": Variant(WINDOW_RIDGES, stretched=True),
    **{
        f"in force, ridges of {ridge:g}": Variant(dict.fromkeys(WINDOW_RIDGES, ridge) | {ALL: 1.0}) for ridge in _RIDGES
    },
    "in force, ridges of 3, half-life of 125 calls": Variant(dict.fromkeys(WINDOW_RIDGES, 3.0) | {ALL: 1.0}, 125),
    **{f"in force, half-life of {calls:,} calls": Variant(WINDOW_RIDGES, calls) for calls in _HALF_LIVES},
}


def main() -> None:
    """Print the table; without the data there is nothing to print, which is no failure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=UCI, help="bank-additional-full.csv")
    parser.add_argument("--step", type=int, default=QUICK_STEP, help="rows scored before the next fit")
    parser.add_argument("--variants", type=int, default=len(VARIANTS), help="how many of the rows to print")
    arguments = parser.parse_args()
    if not arguments.data.is_file():
        report([not_here("the choice of protocol B's level", arguments.data)])
        return
    chosen = dict(list(VARIANTS.items())[: arguments.variants])
    found = window_levels(read_uci(arguments.data), BacktestSettings(step=arguments.step), chosen)
    print(
        f"{f'AUC, steps of {arguments.step} rows':44}" + "".join(f"{title:>22}" for title in next(iter(found.values())))
    )
    for name, figures in found.items():
        print(f"{name:44}" + "".join(f"{figure:22.4f}" for figure in figures.values()))


def window_levels(
    data: TrainingData, settings: BacktestSettings, variants: Mapping[str, Variant]
) -> dict[str, dict[str, float]]:
    """Return the pooled AUC of each variant, by the rows it is judged on."""
    n_rows, converted = len(data.frame), data.frame[CONVERTED].to_numpy(dtype=bool)
    last_fifth, tail = n_rows * 4 // 5, n_rows - settings.tail
    late = int((data.frame[PERIOD] < VALIDATION_FROM).sum())
    rolling = rolling_splits(last_fifth, n_rows * 3 // 5, settings) + rolling_splits(n_rows, last_fifth, settings)
    scores = scored(data, settings, rolling, variants)
    tail_scores = scored(data, settings, rolling_splits(n_rows, tail, settings), variants)
    judged = {
        "fifth before": (scores, slice(n_rows * 3 // 5, last_fifth)),
        "then to 2010-02": (scores, slice(last_fifth, late)),
        "last 20 %": (scores, slice(last_fifth, n_rows)),
        "of it, from 2010-03": (scores, slice(late, n_rows)),
        f"last {settings.tail:,}": (tail_scores, slice(tail, n_rows)),
    }
    found = {}
    for name in variants:
        figures = {title: auc(converted[rows], of[name][rows]) for title, (of, rows) in judged.items()}
        found[name] = {"chosen by": sum(list(figures.values())[:2]) / 2} | figures
    return found


def scored(
    data: TrainingData, settings: BacktestSettings, splits: Sequence[Split], variants: Mapping[str, Variant]
) -> dict[str, FloatArray]:
    """Return each variant's log-odds, shape (n_rows,), NaN where a row is in no split; each window is fitted once."""
    training = Training(
        data.frame, RankingSettings(), seed=settings.seed, n_threads=1, min_month_rows=settings.min_month_rows
    )
    levels = CallLevels(data)
    found = {name: np.full(len(data.frame), np.nan) for name in variants}
    for fitted, wanted in splits:
        margins = training.fit_and_score(fitted, np.concatenate([fitted, wanted]))[:, 0]
        slope = within_month_slope(margins[: len(fitted)], training.converted[fitted], training.period[fitted])
        for name, variant in variants.items():
            known, asked = np.split(margins * (slope if variant.stretched else 1.0), [len(fitted)])
            found[name][wanted] = asked + levels.of_window(
                known, fitted, wanted, ridges=variant.ridges, half_life_calls=variant.half_life_calls
            )
    return found


if __name__ == "__main__":
    main()
