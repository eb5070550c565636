"""How the cost of a ranking grows with the leads: `python -m benchmarks.growth`.

`python -m smartbank score --input --output --workers 1`, with reasons and parts of 250,000 leads, for 100 leads, which
is the start of the program, and for 10,000 to a million, as `benchmarks.bulk_score` makes them. CPU seconds and peak
memory are those of whole processes. A curve `start + factor * leads ** exponent` is fitted to the CPU seconds by least
squares of their relative errors: an exponent of 1.0 is twice the work for twice the leads.
"""

import argparse
import tempfile
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks._processes import Spent, middle
from benchmarks._rows import bounded, report
from benchmarks.bulk_score import spent_by_module

SIZES: Final = (10_000, 30_000, 100_000, 300_000, 1_000_000)
START: Final = 100
GOAL: Final = 1.1
EXPONENTS: Final = np.arange(0.5, 2.01, 0.01)
_PART: Final = "250000"


def main() -> None:
    """Print the table and the exponents."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=SIZES, help="sizes, rising; two at least")
    parser.add_argument("--rounds", type=int, default=3, help="times each is run; the middle one counts")
    given = parser.parse_args()
    print(f"{'leads':>12}{'CPU s':>10}{'peak MB':>10}")
    found = []
    for rows in (START, *given.rows):
        found.append(costs(rows, rounds=given.rounds))
        print(f"{rows:>12,}{found[-1].cpu_s:>10.2f}{found[-1].peak_mb:>10.0f}", flush=True)
    start, factor, exponent = fitted([START, *given.rows], [cost.cpu_s for cost in found])
    print(f"CPU s = {start:.2f} + {factor * 1e6**exponent:.2f} * (leads / 1,000,000) ** {exponent:.2f}")
    span = f"of {min(given.rows):,} to {max(given.rows):,} leads"
    memory = found[-1].peak_mb / found[0].peak_mb
    report(
        [
            bounded(f"processor time grows, {span}", exponent, "as exponent", at_most=GOAL),
            bounded(f"  peak memory of the largest, beside {START} leads", memory, "times it"),
        ]
    )


def costs(rows: int, *, rounds: int) -> Spent:
    """Return what ranking so many leads costs."""
    with tempfile.TemporaryDirectory(prefix="smartbank-bench-") as name:
        spent_by_module("benchmarks.bulk_score", "--prepare", name, "--rows", str(rows))
        score = ["smartbank", "score", "--input", f"{name}/leads.parquet", "--workers", "1", "--rows-per-part", _PART]
        outputs = [str(Path(name) / f"out-{place}") for place in range(rounds)]
        return middle([spent_by_module(*score, "--output", output) for output in outputs])


def fitted(rows: list[int], cpu_s: list[float]) -> tuple[float, float, float]:
    """Return start, factor and exponent of the curve with the least relative errors."""
    leads, seconds = np.array(rows, dtype=np.float64), np.array(cpu_s)
    best = (np.inf, 0.0, 0.0, 0.0)
    for exponent in EXPONENTS:
        design = np.column_stack([np.ones(len(leads)), leads**exponent]) / seconds[:, None]
        (start, factor), *_ = np.linalg.lstsq(design, np.ones(len(leads)), rcond=None)
        best = min(best, (float(((design @ [start, factor] - 1) ** 2).sum()), start, factor, float(exponent)))
    return best[1:]


if __name__ == "__main__":
    main()
