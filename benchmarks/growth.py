"""How the cost of a ranking grows with the leads: `python -m benchmarks.growth`.

`python -m smartbank score --input --output --workers 1`, with reasons and parts of 250,000 leads, for 10,000 to
1,000,000 leads as `benchmarks.bulk_score` makes them. CPU seconds and peak memory are those of whole processes; what
the same command takes for 100 leads, which is its start, is taken off before a straight line is fitted to the
logarithms: the exponent of leads by which the rest grows. 1.0 is twice the work for twice the leads.
"""

import argparse
import tempfile
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.bulk_score import Cost, cost_of, middle

SIZES: Final = (10_000, 30_000, 100_000, 300_000, 1_000_000)
START: Final = 100
GOAL: Final = 1.1
_PART: Final = "250000"


def main() -> None:
    """Print the table and the exponents."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=SIZES, help="sizes, rising; two at least")
    parser.add_argument("--rounds", type=int, default=3, help="times each is run; the middle one counts")
    given = parser.parse_args()
    start = costs(START, rounds=given.rounds)
    print(f"The start, with {START} leads: {start.cpu_s:.2f} s CPU, {start.peak_mb:.0f} MB")
    print(f"{'leads':>12}{'CPU s':>10}{'more than the start':>22}{'microseconds a lead':>22}{'peak MB':>10}")
    found = []
    for rows in given.rows:
        cost = costs(rows, rounds=given.rounds)
        found.append((cost.cpu_s - start.cpu_s, cost.peak_mb))
        more = found[-1][0]
        print(f"{rows:>12,}{cost.cpu_s:>10.2f}{more:>22.2f}{1e6 * more / rows:>22.2f}{cost.peak_mb:>10.0f}", flush=True)
    print(f"CPU grows with leads to the power of {exponent(given.rows, [more for more, _ in found]):.2f}   goal {GOAL}")
    print(f"memory grows with leads to the power of {exponent(given.rows, [peak for _, peak in found]):.2f}")


def costs(rows: int, *, rounds: int) -> Cost:
    """Return what ranking so many leads costs."""
    with tempfile.TemporaryDirectory(prefix="smartbank-bench-") as name:
        cost_of(["benchmarks.bulk_score", "--prepare", name, "--rows", str(rows)])
        score = ["smartbank", "score", "--input", f"{name}/leads.parquet", "--workers", "1", "--rows-per-part", _PART]
        return middle([cost_of([*score, "--output", str(Path(name) / f"out-{place}")]) for place in range(rounds)])


def exponent(rows: list[int], values: list[float]) -> float:
    """Return the slope of a straight line through the logarithms."""
    return float(np.polyfit(np.log(rows), np.log(np.maximum(values, 1e-3)), 1)[0])


if __name__ == "__main__":
    main()
