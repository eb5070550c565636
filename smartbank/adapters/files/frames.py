"""Chunks of a table as frames of text, from rows of cells."""

from collections.abc import Iterable, Iterator, Sequence

import pandas as pd

from smartbank.adapters.files.records import Broken, Record
from smartbank.core.tables import MAX_CELL, MAX_WIDTH, BrokenRow, TableChunk
from smartbank.core.wording import agreeing, plural


def frames_of(
    rows: Iterable[tuple[int, Record]], columns: Sequence[str], names: Sequence[str], size: int
) -> Iterator[TableChunk]:
    """Yield chunks of `size` rows at most with the columns in `names`, out of all `columns`; blank rows are left out.

    A row with another number of cells than there are columns is broken, but for empty cells at its end.
    """
    wanted = [columns.index(name) for name in names]
    numbers: list[int] = []
    kept: list[list[str]] = []
    broken: list[BrokenRow] = []
    for number, record in rows:
        fitted = _fitted(record, len(columns))
        if isinstance(fitted, Broken):
            broken.append(BrokenRow(number, fitted.value, fitted.reason))
        elif fitted:
            numbers.append(number)
            kept.append([fitted[place][: MAX_CELL + 1] for place in wanted])
        if len(kept) + len(broken) == size:
            yield TableChunk(_frame(numbers, kept, names), tuple(broken))
            numbers, kept, broken = [], [], []
    if kept or broken:
        yield TableChunk(_frame(numbers, kept, names), tuple(broken))


def _fitted(record: Record, width: int) -> Record:
    """Return exactly `width` cells, none for a blank row, or what is wrong with the row."""
    if isinstance(record, Broken) or not any(cell.strip() for cell in record):
        return record if isinstance(record, Broken) else []
    if len(record) == width:
        return record
    if len(record) > width and not any(cell.strip() for cell in record[width:]):
        return record[:width]
    cells = f"{MAX_WIDTH} cells or more" if len(record) >= MAX_WIDTH else plural(len(record), "cell")
    return Broken(
        " | ".join(record)[:200],
        f"The row has {cells}, but there {agreeing(width, 'is', 'are')} {plural(width, 'column')}.",
    )


def _frame(numbers: list[int], kept: list[list[str]], names: Sequence[str]) -> pd.DataFrame:
    cells = zip(*kept, strict=True) if kept else ([] for _ in names)
    index = pd.Index(numbers, dtype="int64")
    return pd.DataFrame(
        {name: pd.array(list(column), dtype="str") for name, column in zip(names, cells, strict=True)}, index=index
    )
