"""Rows of the benchmarks: what was measured, beside what, the ratio, the goal, and whether it is met.

A benchmark makes its rows with `compared`, `bounded` and `left_out`, and hands them to `report`, once or several times:
they are printed as a table, and kept for the last table of `python -m benchmarks` in the file that `BENCH_ROWS` names.
"""

import json
import os
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

ROWS_FILE: Final = "BENCH_ROWS"
"""Variable with the file a benchmark adds its rows to, one JSON object a line; unset where it runs alone."""
_HEAD: Final = ("", "measured", "beside", "ratio", "goal", "")


@dataclass(frozen=True)
class Row:
    """One figure.

    Attributes
    ----------
    measured, beside : str
        The figure and what it is compared with, in words with units.
    ratio : float or None
        How many times ahead, or how many times the floor; `goal` says which.
    met : bool or None
        None where there is no goal, or it could not be measured.
    """

    what: str
    measured: str
    beside: str = ""
    ratio: float | None = None
    goal: str = ""
    met: bool | None = None

    @property
    def verdict(self) -> str:
        """Whether the goal is met, in a word."""
        return "" if self.met is None else "met" if self.met else "MISSED"

    @property
    def cells(self) -> tuple[str, ...]:
        """What is printed of it, a text a column."""
        ratio = "" if self.ratio is None else f"{self.ratio:,.1f} x" if self.ratio >= 0.95 else f"{self.ratio:.2f} x"
        return (self.what, self.measured, self.beside, ratio, self.goal, self.verdict)


def compared(
    what: str,
    measured: str,
    *,
    beside: str,
    ratio: float,
    at_least: float | None = None,
    at_most: float | None = None,
) -> Row:
    """Return a row whose ratio is judged: `at_least` so many times ahead, or `at_most` so many times the floor."""
    return Row(what, measured, beside, ratio, *_judged(ratio, "x", at_least, at_most))


def bounded(
    what: str,
    value: float,
    unit: str,
    *,
    at_most: float | None = None,
    at_least: float | None = None,
    beside: str = "",
    ratio: float | None = None,
) -> Row:
    """Return a row whose figure itself is judged, in its own unit; the ratio is only told."""
    return Row(what, f"{_digits(value)} {unit}", beside, ratio, *_judged(value, unit, at_least, at_most))


def left_out(what: str, why: str, *, goal: str = "") -> Row:
    """Return a row for what could not be measured here, and why."""
    return Row(what, f"left out: {why}", goal=goal)


def report(rows: Sequence[Row]) -> None:
    """Print rows as a table, and keep them for the last table where one is made."""
    print_table([_HEAD, *(row.cells for row in rows)])
    if file := os.environ.get(ROWS_FILE):
        with Path(file).open("a", encoding="utf-8") as kept:
            kept.writelines(f"{json.dumps(asdict(row))}\n" for row in rows)


def load_rows(file: Path) -> list[Row]:
    """Return the rows a benchmark kept; none where it kept none."""
    if not file.is_file():
        return []
    return [Row(**json.loads(line)) for line in file.read_text(encoding="utf-8").splitlines()]


def middle_and_late(times: Sequence[float]) -> tuple[float, float]:
    """Return the median, and what 95 of 100 take at most."""
    return statistics.median(times), sorted(times)[int(len(times) * 0.95)]


def print_table(lines: Iterable[Sequence[str]]) -> None:
    """Print columns as wide as their longest text; the ratio, the last but two, is set to the right."""
    known = [tuple(line) for line in lines]
    widths = [max(map(len, column)) for column in zip(*known, strict=True)]
    right = len(widths) - 3
    for line in known:
        cells = [
            f"{text:>{w}}" if at == right else f"{text:{w}}"
            for at, (text, w) in enumerate(zip(line, widths, strict=True))
        ]
        print("  ".join(cells).rstrip(), flush=True)


def _judged(value: float, unit: str, at_least: float | None, at_most: float | None) -> tuple[str, bool | None]:
    if at_least is not None:
        return f"at least {at_least:g} {unit}", value >= at_least
    if at_most is not None:
        return f"at most {at_most:g} {unit}", value <= at_most
    return "", None


def _digits(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
