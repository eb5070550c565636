"""Run every benchmark of this folder, each in a process of its own, and print their tables: `python -m benchmarks`."""

import argparse
import subprocess
import sys
from pathlib import Path

QUICK = {
    "call_list": ["--rows", "2000"],
    "main_job": ["--rows", "5000"],
    "files": ["--rows", "2000", "10000"],
    "lift": ["--campaigns", "200"],
    "one_prediction": ["--requests", "20"],
    "reach": ["--min-rows", "2000"],
    "reach_level": ["--step", "1300", "--tail-only"],
    "scenarios": ["--rows", "2000"],
    "what_if": ["--rows", "2000"],
    "reasons": ["--rows", "20000"],
    "sealing": ["--rows", "1000"],
    "storage": ["--rows", "2000"],
}
"""What makes each benchmark small."""


def main() -> int:
    """Print every table and return how many benchmarks did not end well, 1 at most."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Print the benchmark tables.")
    parser.add_argument("--quick", action="store_true", help="a small part of each, to see that it works")
    quick = parser.parse_args().quick
    broken = 0
    for name in names():
        print(f"\n{name}\n{'=' * len(name)}", flush=True)
        arguments = QUICK.get(name, []) if quick else []
        ended = subprocess.run([sys.executable, "-m", f"benchmarks.{name}", *arguments], check=False)  # noqa: S603
        broken += ended.returncode != 0
    return min(1, broken)


def names() -> list[str]:
    """Return the benchmarks, in order of name."""
    return sorted(path.stem for path in Path(__file__).parent.glob("*.py") if not path.stem.startswith("_"))


if __name__ == "__main__":
    sys.exit(main())
