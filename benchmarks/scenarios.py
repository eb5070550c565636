"""Seconds of a scenario on a whole run against scoring its leads: `python -m benchmarks.scenarios --rows 41188`."""

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks._rows import compared, report
from smartbank.core.level import propensity
from smartbank.core.market.effects import EFFECT_COLUMNS, scenario_effect, scenario_shift
from smartbank.core.ranking import ranked_frame
from smartbank.core.rules import ScoringRules
from smartbank.ml.artifact import load_scorer
from smartbank.ml.demo_population import demo_population
from smartbank.ml.synthetic import load_demo_tables

MODELS: Final = Path(__file__).resolve().parents[1] / "models"
_TRIES: Final = 5


def main() -> None:
    """Report the best of some tries each, in one process, so that the ratio holds on any computer."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=41_188, help="leads of the run")
    rows = parser.parse_args().rows
    scorer, rules = load_scorer(MODELS), ScoringRules()
    leads = demo_population(load_demo_tables(MODELS), n=rows, seed=0)
    margins, levels = scorer.margins(leads), np.full(rows, -2.0)
    contributions = scorer.contributions(leads)
    ranked = ranked_frame(leads, margins=margins, contributions=contributions, levels=levels, rules=rules)
    columns, everybody, shift = (
        ranked[list(EFFECT_COLUMNS)],
        np.ones(rows, dtype=bool),
        scenario_shift(0.2, guarded=True),
    )
    own_market = columns.assign(level=np.linspace(-2.1, -1.9, rows))
    figures = {
        "margins and propensities": best_of(lambda: propensity(scorer.margins(leads) - 2.0)),
        "with contributions": best_of(lambda: (scorer.margins(leads), scorer.contributions(leads))),
        "a scenario": best_of(lambda: scenario_effect(columns, everybody, level=-1.8, shift=shift, rules=rules)),
        "on a replay": best_of(lambda: scenario_effect(own_market, everybody, level=-1.8, shift=shift, rules=rules)),
    }
    alone = figures.pop("margins and propensities")
    beside = f"margins and propensities: {alone:.3f} s"
    report(
        [
            compared(f"{rows:,} leads: {name}", f"{seconds:.3f} s", beside=beside, ratio=seconds / alone)
            for name, seconds in figures.items()
        ]
    )


def best_of(call: Callable[[], object]) -> float:
    """Return the seconds of the fastest of some calls."""
    seconds = []
    for _ in range(_TRIES):
        start = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


if __name__ == "__main__":
    main()
