"""What reasons for every lead cost, beside XGBoost's own way to work them out: `python -m benchmarks.reasons`.

Both explain the same coded leads with the trees of the model in force, on one thread: SmartBank looks contributions up
in tables, XGBoost walks the trees (`Booster.predict(pred_contribs=True)`). Leads are the training rows again and again,
a twentieth of their fields unknown. CPU seconds of this process; the largest difference is over all of them.
"""

import argparse
import resource
import time
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from benchmarks._rows import bounded, compared, report
from smartbank.core.fields import LEAD_COLUMNS
from smartbank.ml.artifact import load_scorer
from smartbank.ml.tree_tables import tree_tables
from smartbank.ml.trees import feature_matrix

MODELS: Final = Path(__file__).resolve().parents[1] / "models"
GOAL: Final = 20.0
CLOSE: Final = 1e-5
"""In log-odds: what XGBoost's float32 sums leave open."""
_BLOCK: Final = 100_000
_UNKNOWN: Final = 0.05


def main() -> None:
    """Report CPU seconds, the ratio, and the largest difference."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="leads to explain")
    rows = parser.parse_args().rows
    scorer = load_scorer(MODELS, n_threads=1)
    trees = scorer.ranking.trees
    begun = time.process_time()
    tables = tree_tables(trees.booster, n_features=len(trees.features))
    building = time.process_time() - begun
    if tables is None:
        raise SystemExit("The trees of the model in force are too deep for tables.")
    known = pd.read_parquet(MODELS / scorer.version / "reference.parquet", columns=list(LEAD_COLUMNS))
    whole = known.to_numpy(dtype=np.float32, na_value=np.nan)
    ours = theirs = largest = 0.0
    for start in range(0, rows, _BLOCK):
        codes = block(whole, start, min(_BLOCK, rows - start))
        begun = time.process_time()
        found = trees.contributions(codes)
        between = time.process_time()
        matrix = feature_matrix(codes, trees.features, trees.encoder, nthread=1)
        expected = trees.booster.predict(matrix, pred_contribs=True)
        ended = time.process_time()
        ours, theirs = ours + between - begun, theirs + ended - between
        largest = max(largest, float(np.abs(found[:, [*trees.columns, -1]] - expected).max()))
    print(f"{rows:,} leads, model {scorer.version}, one thread; {building:.2f} s CPU once to make the tables")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_000
    report(
        [
            compared(
                f"reasons for {rows:,} leads",
                f"{ours:.2f} s CPU, {peak:.0f} MB",
                beside=f"XGBoost's pred_contribs: {theirs:.2f} s CPU",
                ratio=theirs / ours,
                at_least=GOAL,
            ),
            bounded("largest difference between the two", largest, "log-odds", at_most=CLOSE),
        ]
    )


def block(whole: npt.NDArray[np.float32], start: int, rows: int) -> npt.NDArray[np.float32]:
    """Return rows of codes from a place on, round and round, other fields of them unknown in each block."""
    codes: npt.NDArray[np.float32] = whole[np.arange(start, start + rows) % len(whole)]
    codes[np.random.default_rng(start).random(codes.shape) < _UNKNOWN] = np.nan
    return codes


if __name__ == "__main__":
    main()
