"""How often the interval of what calling brought holds the truth, beside simpler ones: `python -m benchmarks.lift`.

Conversions are drawn as if all leads of a list were alike, called or held out; the truth is what calling is expected to
bring. An interval of 95 % should hold it 95 times out of 100, and be as narrow as it can.
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final

import numpy as np

from smartbank.core.evaluation import Interval
from smartbank.core.level import WITHIN_95
from smartbank.core.similar import share_interval
from smartbank.core.uplift import UpliftVerdict, uplift_of
from smartbank.core.uplift_counts import HoldOutCounts
from smartbank.core.uplift_interval import difference_interval

_DAYS: Final = 20


@dataclass(frozen=True)
class Setting:
    """Lists as (best, control) entries, and the share of each side that buys."""

    name: str
    lists: Sequence[tuple[int, int]]
    called: float
    held_out: float


SETTINGS: Final = (
    Setting("one day", [(684, 36)], 0.27, 0.15),
    Setting("one day, every tenth held out", [(648, 72)], 0.27, 0.15),
    Setting("small effect", [(648, 72)], 0.12, 0.11),
    Setting("no effect", [(648, 72)], 0.11, 0.11),
    Setting("nobody buys by themselves", [(648, 72)], 0.05, 0.0),
    Setting("3 % buy", [(648, 72)], 0.03, 0.02),
    Setting("lists of different sizes", [(1_800, 200), (900, 100), (450, 50), (90, 10)], 0.15, 0.10),
    Setting("different hold-outs", [(950, 50), (900, 100), (800, 200), (500, 500)], 0.15, 0.10),
    Setting("20 days, 3 % buy", [(684, 36)] * 20, 0.03, 0.02),
    Setting("30 days, 3 % buy", [(648, 72)] * 30, 0.03, 0.02),
    Setting("100 short lists", [(90, 10)] * 100, 0.11, 0.08),
)


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--campaigns", type=int, default=2_000, help="campaigns a line is drawn from")
    campaigns = parser.parse_args().campaigns
    intervals = {"SmartBank": smartbank, "Wald": wald, "list by list": list_by_list}
    print(f"{'':32}" + "".join(f"{name:>26}" for name in intervals))
    print(f"{'':32}" + f"{'held':>15}{'width':>11}" * len(intervals))
    for setting in SETTINGS:
        cells = [held(setting, interval, campaigns) for interval in intervals.values()]
        print(f"{setting.name:32}" + "".join(f"{share:>14.1%} {width:>10.0f}" for share, width in cells))
    once, ever = false_alarms(campaigns)
    print(f"\nSaid to differ although calling changes nothing, {_DAYS} days of lists:")
    print(f"{'looked at on the last day':32}{once:>15.1%}\n{'looked at every day':32}{ever:>15.1%}")


def held(setting: Setting, interval: Callable[[HoldOutCounts], Interval], campaigns: int) -> tuple[float, float]:
    """Return how often an interval holds the truth, and its mean width in sales."""
    truth = sum(best for best, _ in setting.lists) * (setting.called - setting.held_out)
    found = [interval(counts) for counts in drawn(setting, campaigns)]
    within = [each.low <= truth <= each.high for each in found]
    return float(np.mean(within)), float(np.mean([each.high - each.low for each in found]))


def drawn(setting: Setting, campaigns: int) -> Iterator[HoldOutCounts]:
    """Yield what came of each campaign."""
    rng = np.random.default_rng(0)
    best, control = np.array(setting.lists, dtype=np.int64).T
    names = tuple(f"list-{place}" for place in range(len(best)))
    bought = rng.binomial(best, setting.called, (campaigns, len(best)))
    alone = rng.binomial(control, setting.held_out, (campaigns, len(best)))
    for sold, by_themselves in zip(bought, alone, strict=True):
        yield HoldOutCounts(names, best, sold, control, by_themselves, best)


def smartbank(counts: HoldOutCounts) -> Interval:
    """Return the interval of the results page."""
    found = uplift_of(counts)
    assert found is not None  # noqa: S101  every setting holds somebody out
    return found.extra_sales


def wald(counts: HoldOutCounts) -> Interval:
    """Return the textbook's interval: the estimate and 1.96 standard errors of it."""
    called, held_out = counts.called_sold / counts.called, counts.held_out_sold / counts.held_out
    value = float((counts.called * (called - held_out)).sum())
    variance = called * (1 - called) / counts.called + held_out * (1 - held_out) / counts.held_out
    error = WITHIN_95 * sqrt(float((counts.called**2 * variance).sum()))
    return Interval(value, value - error, value + error)


def list_by_list(counts: HoldOutCounts) -> Interval:
    """Return Newcombe's interval of each list, added up by Zou and Donner's method."""
    value = down = up = 0.0
    columns = (counts.called_sold, counts.called, counts.held_out_sold, counts.held_out)
    for sold, best, alone, control in zip(*(column.tolist() for column in columns), strict=True):
        one = difference_interval(share_interval(sold, best), share_interval(alone, control))
        value += best * one.value
        down += (best * (one.value - one.low)) ** 2
        up += (best * (one.high - one.value)) ** 2
    return Interval(value, value - sqrt(down), value + sqrt(up))


def false_alarms(campaigns: int) -> tuple[float, float]:
    """Return how often a difference is told on the last day, and on at least one day, where there is none."""
    setting = Setting("", [(684, 36)] * _DAYS, 0.11, 0.11)
    days = np.arange(_DAYS)
    told = np.array(
        [[_told(counts.of(days <= day)) for day in days] for counts in drawn(setting, max(1, campaigns // 4))]
    )
    return float(told[:, -1].mean()), float(told.any(axis=1).mean())


def _told(counts: HoldOutCounts) -> bool:
    found = uplift_of(counts)
    return found is not None and found.verdict is not UpliftVerdict.TOO_EARLY


if __name__ == "__main__":
    main()
