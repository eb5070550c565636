"""Seconds of planning a list of 50,000 out of 200,000 leads against sorting them: `python -m benchmarks.list_plan`."""

import argparse
import time
from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pandas as pd

from benchmarks._rows import compared, report
from smartbank.core.fair_list import ShareBounds
from smartbank.core.hold_out import HoldOut, draws
from smartbank.core.list_plan import Objective, plan_list
from smartbank.core.list_value import list_value, next_hour_value

_MONEY: Final[dict[str, Any]] = {"cost_of_call": 8.0, "value_of_sale": 80.0}
_TRIES: Final = 5


def main() -> None:
    """Report the best of some tries each, in one process, so that the ratio holds on any computer."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000, help="leads who may be called")
    parser.add_argument("--calls", type=int, default=50_000, help="calls there is time for")
    arguments = parser.parse_args()
    figures = seconds_of_all(arguments.rows, arguments.calls)
    alone = figures.pop("sorting the leads")
    beside, of = f"sorting the leads: {alone:.3f} s", f"{arguments.calls:,} of {arguments.rows:,} leads"
    report(
        [
            compared(f"{of}: {name}", f"{seconds:.3f} s", beside=beside, ratio=seconds / alone)
            for name, seconds in figures.items()
        ]
    )


def seconds_of_all(rows: int, calls: int) -> dict[str, float]:
    """Return what sorting the leads takes, and planning a list and valuing it."""
    ranked, unsorted = leads(rows)
    groups = np.array(["a", "b", "c"], dtype=object)[np.arange(rows) % 3]
    propensities = ranked["propensity"].to_numpy()
    asked: dict[str, Any] = {"calls": calls, "seed": "benchmark", "objective": Objective.SALES, "threshold": 0.1}
    hour: dict[str, Any] = {"calls_per_hour": 12.0, "objective": Objective.SALES, "threshold": 0.1}
    bounded: dict[str, Any] = {"groups": groups, "bounds": {"a": ShareBounds(least=0.4)}}
    plan = plan_list(ranked, hold_out=HoldOut(), **asked)
    called = propensities[plan.called]
    return {
        "sorting the leads": best_of(lambda: unsorted.sort_values(["propensity", "customer_id"], ascending=False)),
        "a draw for each of them": best_of(lambda: draws(ranked["customer_id"], seed="benchmark")),
        "a list": best_of(lambda: plan_list(ranked, hold_out=HoldOut(), **asked)),
        "a list without hold-out": best_of(lambda: plan_list(ranked, hold_out=HoldOut(0, 0), **asked)),
        "a list with bounds": best_of(lambda: plan_list(ranked, hold_out=HoldOut(), **asked, **bounded)),
        "its value": best_of(lambda: list_value(called, propensities, level_error=0.3, **_MONEY)),
        "one more hour": best_of(lambda: next_hour_value(propensities, plan, **hour, **_MONEY)),
    }


def leads(rows: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return leads best first, and the same in another order."""
    rng = np.random.default_rng(0)
    ranked = pd.DataFrame(
        {
            "rank": np.arange(1, rows + 1),
            "customer_id": [f"customer-{number:07}" for number in rng.permutation(rows)],
            "propensity": np.sort(rng.beta(1, 8, rows))[::-1],
        }
    )
    return ranked, ranked.iloc[rng.permutation(rows)].reset_index(drop=True)


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
