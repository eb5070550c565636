"""Files that say of themselves that their customers were picked from a larger number."""

from pathlib import Path
from typing import Final

import pyarrow.parquet as pq

from smartbank.adapters.files.parquet import FAILURES

PICKED: Final = b"smartbank.picked"
"""In the metadata of a Parquet file."""


def says_picked(file: Path) -> bool:
    """Whether a file is one of the best leads that `score --best` wrote; no other file says so."""
    if file.suffix.lower() != ".parquet":
        return False
    try:
        return PICKED in (pq.read_schema(file).metadata or {})
    except FAILURES:
        return False  # what is wrong with it is said when it is read
