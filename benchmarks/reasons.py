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

from smartbank.core.fields import LEAD_COLUMNS
from smartbank.ml.artifact import load_scorer
from smartbank.ml.tree_tables import tree_tables
from smartbank.ml.trees import feature_matrix

MODELS: Final = Path(__file__).resolve().parents[1] / "models"
GOAL: Final = 20.0
_BLOCK: Final = 100_000
_UNKNOWN: Final = 0.05


def main() -> None:
    """Print the table: CPU seconds, the ratio with its goal, and the largest difference."""
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
    print(f"{rows:,} leads, model {scorer.version}, one thread")
    print(f"{'XGBoost, pred_contribs':28}{theirs:>10.2f} s CPU")
    print(f"{'SmartBank, tables':28}{ours:>10.2f} s CPU, and {building:.2f} s once to make them")
    print(f"{'times faster':28}{theirs / ours:>10.1f}   goal {GOAL:.0f}")
    print(f"{'largest difference':28}{largest:>10.1e}   goal 1e-05")
    print(f"{'peak memory':28}{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_000:>10.0f} MB")


def block(whole: npt.NDArray[np.float32], start: int, rows: int) -> npt.NDArray[np.float32]:
    """Return rows of codes from a place on, round and round, other fields of them unknown in each block."""
    codes: npt.NDArray[np.float32] = whole[np.arange(start, start + rows) % len(whole)]
    codes[np.random.default_rng(start).random(codes.shape) < _UNKNOWN] = np.nan
    return codes


if __name__ == "__main__":
    main()
