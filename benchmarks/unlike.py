"""How far whole months, and customers who were picked, are from others: `python -m benchmarks.unlike`.

A month of UCI's file with 200 leads or more stands for a ranking of a whole. Each is compared with the one before and
with the reference leads of the model in force, in odds, as a run is; decision 0163 reads the table. Seconds.
"""

import argparse
import math
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from benchmarks._rows import report
from benchmarks._uci import UCI, not_here
from smartbank.adapters.uci import read_uci
from smartbank.core.level import anchored_intercept
from smartbank.core.rules import ScoringRules
from smartbank.core.unlike import FAR, FAR_FROM_REFERENCE
from smartbank.ml.artifact import load_scorer
from smartbank.services.leveling import MIN_ANCHOR

FloatArray = npt.NDArray[np.float64]

MODELS: Final = Path(__file__).resolve().parents[1] / "models"
_BEST: Final = (0.5, 0.2, 0.1, 0.02)


def main() -> None:
    """Print both tables; without the data there is nothing to print, which is no failure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=UCI, help="bank-additional-full.csv")
    path = parser.parse_args().data
    if not path.is_file():
        report([not_here("how far months are from each other", path)])
        return
    leads, scorer = read_uci(path).frame, load_scorer(MODELS)
    margins, reference = scorer.margins(leads), scorer.reference_margins()
    months = [margins[leads["period"] == month] for month in leads["period"].unique()]
    whole = [month for month in months if len(month) >= MIN_ANCHOR]
    before = [odds(month, earlier) for earlier, month in pairwise(whole)]
    beside = [odds(month, reference) for month in whole]
    print(f"{len(whole)} months of {MIN_ANCHOR} leads or more, in odds:")
    print(f"  beside the month before   {spread(before)}, beyond {FAR:g} times: {beyond(before, FAR)} of {len(before)}")
    far = f"beyond {FAR_FROM_REFERENCE:g} times: {beyond(beside, FAR_FROM_REFERENCE)} of {len(beside)}"
    print(f"  beside the reference      {spread(beside)}, {far}")
    print("Picked, beside all:")
    for name, picked in picks(leads, margins):
        print(f"  {name:44}{len(picked):>7,} leads {odds(picked, margins):>7.2f} times")


def odds(margins: FloatArray, others: FloatArray) -> float:
    """Return what the level of others would multiply the odds of leads by, when both are anchored on one base rate."""
    rate = ScoringRules().base_rate
    return math.exp(anchored_intercept(others, rate) - anchored_intercept(margins, rate))


def picks(leads: pd.DataFrame, margins: FloatArray) -> Iterator[tuple[str, FloatArray]]:
    """Yield customers as somebody would pick them, by name."""
    for share in _BEST:
        yield f"the best {share:.0%}", margins[margins >= np.quantile(margins, 1 - share)]
    yield "the worst half", margins[margins < np.median(margins)]
    yield "who bought in the last campaign", margins[leads["poutcome"] == "success"]
    for channel in ("cellular", "telephone"):
        yield f"called by {channel}", margins[leads["contact"] == channel]


def beyond(found: list[float], far: float) -> int:
    """Return how many are further than so many times, either way."""
    return sum(abs(math.log(each)) > math.log(far) for each in found)


def spread(found: list[float]) -> str:
    """Return the lowest and the highest, in words."""
    return f"{min(found):.2f} to {max(found):.2f} times"


if __name__ == "__main__":
    main()
