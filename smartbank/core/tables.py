"""What a file may be as a table: its limits, its header, and the chunks it is read in."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd

from smartbank.core.columns import recognised
from smartbank.errors import LeadValidationError

MAX_FILE_BYTES: Final = 200 * 1024 * 1024
MAX_ROWS: Final = 1_000_000
MAX_COLUMNS: Final = 200
MAX_WIDTH: Final = 4 * MAX_COLUMNS
"""Cells of a row that are told apart; one with more is too long whatever it holds."""
MAX_CELL: Final = 2_000
"""Characters of a cell that is used; no name or category is longer, and a chunk of rows stays small."""
MAX_COLUMN_NAME: Final = 100
HEADER_SEARCH: Final = 20
"""Rows from the top among which the header is looked for."""


def require_size(size: int) -> None:
    """Raise `LeadValidationError` for a file of too many bytes."""
    if size > MAX_FILE_BYTES:
        raise LeadValidationError(
            f"The file is larger than {MAX_FILE_BYTES // 2**20} MB. Split it, or leave out columns that are not needed."
        )


def within_limit(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield a file's bytes as they come. Raises `LeadValidationError` as soon as there are too many."""
    size = 0
    for chunk in chunks:
        size += len(chunk)
        require_size(size)
        yield chunk


@dataclass(frozen=True)
class BrokenRow:
    """A row that could not be read as cells: its number in the file (the first row is 1), what stood there, and why."""

    row: int
    value: str
    reason: str


@dataclass(frozen=True)
class TableChunk:
    """Some rows of a table.

    Attributes
    ----------
    rows : DataFrame
        The columns asked for, every cell `str`, empty for a missing one; the index is the row number in the file.
    broken : tuple of BrokenRow
        Rows between these that could not be read.
    """

    rows: pd.DataFrame
    broken: tuple[BrokenRow, ...] = ()


def header_position(rows: Sequence[Sequence[str]]) -> int:
    """Return which of the first rows is the header.

    It is the row with the most column names we know; where there is none, the first with two filled cells, else the
    first that is not blank. Titles and blank or merged rows above it are thereby skipped.

    Raises
    ------
    LeadValidationError
        Every row is blank.
    """
    known = [sum(recognised(cell) is not None for cell in row) for row in rows]
    if any(count >= 2 for count in known):
        return known.index(max(known))
    filled = [sum(bool(cell.strip()) for cell in row) for row in rows]
    if not any(filled):
        raise LeadValidationError("The file is empty: put column names in the first row and one customer a row below.")
    return next((position for position, count in enumerate(filled) if count >= 2), filled.index(max(filled)))


def column_names(header: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return a unique name for each column, and notices on the names that were changed.

    Raises
    ------
    LeadValidationError
        There are more than `MAX_COLUMNS` columns.
    """
    cells = list(header)
    while cells and not cells[-1].strip():
        cells.pop()
    if len(cells) > MAX_COLUMNS:
        raise LeadValidationError(
            f"The file has {len(cells):,} columns; {MAX_COLUMNS} is the limit. Keep the columns described in the "
            "template and try again."
        )
    names: list[str] = []
    repeated: Counter[str] = Counter()
    for number, cell in enumerate(cells, start=1):
        name = " ".join(cell.split())[:MAX_COLUMN_NAME] or f"(column {number})"
        if name in names:
            repeated[name] += 1
            name = f"{name} (column {number})"
        names.append(name)
    return names, [
        f'Column "{name}" occurs {count + 1} times; the first one is used.' for name, count in repeated.items()
    ]
