"""Run the benchmarks of this folder, each in a process of its own, and print every row with its ratio and its goal.

`python -m benchmarks` runs all, `python -m benchmarks reasons files` those two. What each prints comes first; the last
table has the rows of all, the goals that were missed are named below it.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks._rows import ROWS_FILE, Row, left_out, load_rows, print_table

QUICK = {
    "beside_mlflow": ["--requests", "10", "--made-only"],
    "beside_peers": ["--rows", "500", "--tries", "1", "--made-only"],
    "bulk_score": ["--rows", "5000", "--rounds", "1"],
    "call_list": ["--rows", "2000"],
    "main_job": ["--rows", "5000"],
    "files": ["--rows", "2000", "10000"],
    "growth": ["--rows", "2000", "20000", "--rounds", "1"],
    "lift": ["--campaigns", "200"],
    "list_plan": ["--rows", "5000", "--calls", "1000"],
    "one_prediction": ["--requests", "20"],
    "programs": ["--requests", "2"],
    "ranked_page": ["--rows", "2000"],
    "reach": ["--min-rows", "2000"],
    "reach_level": ["--step", "1300", "--tail-only"],
    "scenarios": ["--rows", "2000"],
    "what_if": ["--rows", "2000"],
    "window_level": ["--step", "3000", "--variants", "2"],
    "reasons": ["--rows", "20000"],
    "sealing": ["--rows", "1000"],
    "storage": ["--rows", "2000"],
    "stored_bytes": ["--rows", "1000"],
    "upkeep": ["--rows", "1000"],
    "users": ["--customers", "2100", "--rounds", "1"],
}
"""What makes each benchmark small, and lets it make no environment for others."""


def main() -> int:
    """Print every table and return how many benchmarks did not end well, 1 at most; a missed goal is no failure."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Print the benchmark tables.")
    parser.add_argument("--quick", action="store_true", help="a small part of each, to see that it works")
    parser.add_argument("only", nargs="*", metavar="NAME", help=f"only these, of {', '.join(names())}")
    asked = parser.parse_args()
    if unknown := set(asked.only) - set(names()):
        parser.error(f"There is no benchmark {' or '.join(sorted(unknown))}. There are: {', '.join(names())}.")
    found, broken = {}, 0
    for name in asked.only or names():
        print(f"\n{name}\n{'=' * len(name)}", flush=True)
        begun = time.monotonic()
        found[name], ended = run(name, QUICK.get(name, []) if asked.quick else [])
        broken += ended != 0
        print(f"({time.monotonic() - begun:,.0f} s)", flush=True)
    print_all(found)
    if asked.quick:
        print("With --quick everything is too small to judge by: the goals are those of the whole.")
    return min(1, broken)


def names() -> list[str]:
    """Return the benchmarks, in order of name."""
    return sorted(path.stem for path in Path(__file__).parent.glob("*.py") if not path.stem.startswith("_"))


def run(name: str, arguments: list[str]) -> tuple[list[Row], int]:
    """Run a benchmark; return the rows it reported, one more where it did not end well, and what it ended with."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "rows.jsonl"
        command = [sys.executable, "-m", f"benchmarks.{name}", *arguments]
        ended = subprocess.run(command, check=False, env=os.environ | {ROWS_FILE: str(file)}).returncode  # noqa: S603
        rows = load_rows(file)
    if ended:
        rows.append(left_out("the rest of it", f"it ended with {ended}; what it printed says why"))
    return rows, ended


def print_all(found: dict[str, list[Row]]) -> None:
    """Print the rows of all benchmarks in one table, and name the goals that were missed."""
    print("\nAll rows with a ratio or a goal\n===============================", flush=True)
    lines = [(name, *row.cells) for name, rows in found.items() for row in rows]
    print_table([("benchmark", "", "measured", "beside", "ratio", "goal", ""), *lines])
    missed = [f"{name}: {row.what}" for name, rows in found.items() for row in rows if row.met is False]
    met = sum(row.met is True for rows in found.values() for row in rows)
    print(f"\n{met} goals met, {len(missed)} missed{':' if missed else '.'}")
    for name in missed:
        print(f"  {name}")


if __name__ == "__main__":
    sys.exit(main())
