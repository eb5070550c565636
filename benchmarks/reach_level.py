"""How much of protocol B is the level: the same rankings with an oracle that knows how many of each window bought.

`python -m benchmarks.reach_level --data bank-additional-full.csv` takes two minutes; with `--step 50`, a quarter of an
hour. Decision 0127 reads its table.
"""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from benchmarks._rows import report
from benchmarks._uci import UCI, not_here
from smartbank.adapters.uci import read_uci
from smartbank.core.backtest import OWN
from smartbank.core.evaluation import Interval, auc
from smartbank.core.level import anchored_intercept, propensity
from smartbank.core.training_data import CONVERTED, TrainingData
from smartbank.ml.backtest.figures import pooled_figures
from smartbank.ml.backtest.models import build_fits
from smartbank.ml.backtest.plan import QUICK_STEP, BacktestSettings, Course, courses

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

MARKET_MODELS: Final = ("forest", "xgboost")
"""Standard models that see market and calendar: what they know of the level, ours may not."""
BLEND: Final = {OWN: 0.5, "forest": 0.25, "xgboost": 0.25}
CHANCE_DRAWS: Final = 20
_CLOSEST: Final = 1e-6
"""A window in which nobody bought has no log-odds to be anchored at."""


def main() -> None:
    """Print the table; without the data there is nothing to print, which is no failure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=UCI, help="bank-additional-full.csv")
    parser.add_argument("--step", type=int, default=QUICK_STEP, help="rows scored before the next fit")
    parser.add_argument("--tail", type=int, default=BacktestSettings.tail, help="last rows judged by themselves")
    parser.add_argument("--tail-only", action="store_true", help="leave the last 20 %% out")
    arguments = parser.parse_args()
    path = arguments.data
    if not path.is_file():
        report([not_here("the level of protocol B", path)])
        return
    data, settings = read_uci(path), BacktestSettings(step=arguments.step, tail=arguments.tail)
    judged = [course for course in courses(data, settings) if course.protocol == "B"]
    found = {course.name: reach_level(course, data, settings) for course in judged[arguments.tail_only :]}
    print(f"{f'steps of {settings.step} rows':44}" + "".join(f"{name:>28}" for name in found))
    for row in next(iter(found.values())):
        print(f"{row:44}" + "".join(f"{_words(figures[row]):>28}" for figures in found.values()))


def reach_level(course: Course, data: TrainingData, settings: BacktestSettings) -> Mapping[str, Interval]:
    """Return the pooled AUC of each ranking with its own level and with that of an oracle, and what bounds them."""
    fits = build_fits(data, settings)
    windows = [len(scored) for _, scored in course.splits]
    converted = data.frame[CONVERTED].to_numpy(dtype=bool)[course.scored]
    scores = {
        name: np.concatenate([fits["B", name](fitted, scored)[:, 0] for fitted, scored in course.splits])
        for name in (OWN, *MARKET_MODELS)
    }
    scores["blend"] = np.sum([share * scores[name] for name, share in BLEND.items()], axis=0)
    judged: dict[str, FloatArray] = {}
    for name, log_odds in scores.items():
        judged[name] = log_odds
        judged[f"{name}, oracle level"] = oracle_level(log_odds, converted, windows)
    judged["our level, every window sorted right"] = sorted_right(scores[OWN], converted, windows)
    figures = pooled_figures(converted, judged, n_draws=settings.resamples, seed=(settings.seed, *course.name.encode()))
    found = {name: metrics["auc"] for name, metrics in figures.items()}
    gained = chance_of_oracle(judged[f"{OWN}, oracle level"], windows, seed=settings.seed)
    oracle = found[f"{OWN}, oracle level"]
    found["of ours with an oracle, by chance alone"] = Interval(gained, gained, gained)
    found["ours with an oracle, without that"] = Interval(*(end - gained for end in oracle.__dict__.values()))
    return found


def oracle_level(log_odds: FloatArray, converted: BoolArray, windows: Sequence[int]) -> FloatArray:
    """Return log-odds moved window by window until each window's mean propensity is its share of sales.

    Parameters
    ----------
    log_odds : array of shape (n_rows,)
        In the order of the windows; a level that is in them already makes no difference.
    converted : bool array of shape (n_rows,)
    windows : sequence of int
        Rows of each window.
    """
    ends = np.cumsum(windows)[:-1]
    parts = zip(np.split(log_odds, ends), np.split(converted, ends), strict=True)
    return np.concatenate([part + _anchor(part, outcomes) for part, outcomes in parts])


def sorted_right(log_odds: FloatArray, converted: BoolArray, windows: Sequence[int]) -> FloatArray:
    """Return the log-odds of each window dealt out anew, the highest to those who bought."""
    dealt = []
    ends = np.cumsum(windows)[:-1]
    for part, outcomes in zip(np.split(log_odds, ends), np.split(converted, ends), strict=True):
        anew = np.empty(len(part))
        anew[np.argsort(outcomes, kind="stable")] = np.sort(part)
        dealt.append(anew)
    return np.concatenate(dealt)


def chance_of_oracle(log_odds: FloatArray, windows: Sequence[int], *, seed: int) -> float:
    """Return what an oracle gains in AUC where there is nothing to know: outcomes drawn from these log-odds."""
    rng = np.random.default_rng(seed)
    gains = []
    for _ in range(CHANCE_DRAWS):
        drawn = rng.random(len(log_odds)) < propensity(log_odds)
        gains.append(auc(drawn, oracle_level(log_odds, drawn, windows)) - auc(drawn, log_odds))
    return float(np.mean(gains))


def _anchor(log_odds: FloatArray, converted: BoolArray) -> float:
    return anchored_intercept(log_odds, float(np.clip(converted.mean(), _CLOSEST, 1 - _CLOSEST)))


def _words(figure: Interval) -> str:
    return f"{figure.value:.4f} ({figure.low:.4f} to {figure.high:.4f})"


if __name__ == "__main__":
    main()
