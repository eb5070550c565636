"""Where UCI's file is looked for, and the row of a benchmark that does not find it."""

from pathlib import Path
from typing import Final

from benchmarks._rows import Row, left_out

UCI: Final = Path(__file__).resolve().parents[2] / "shared" / "data" / "uci" / "bank-additional-full.csv"


def not_here(what: str, file: Path) -> Row:
    """Return the row of something that needs UCI's file, where it is not."""
    return left_out(what, f"{file.name} is not here. Download it with: python -m smartbank data fetch")
