"""Leads as a file for the dialler: its columns, harmless text, and CSV that streams."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import pandas as pd

MAX_SHEET_ROWS: Final = 1_048_575
"""Rows of an Excel sheet below its header."""
PROPENSITY_DIGITS: Final = 4
E164: Final = re.compile(r"\+[0-9]{7,15}")
_FORMULA_STARTS: Final = frozenset("=+-@\t\r\n")
_UNSEEN: Final = frozenset(("Zs", "Zl", "Zp", "Cc", "Cf"))
"""Unicode categories a program may skip before it looks for a formula: spaces, controls, marks without width."""
_CELL: Final = 32_767
"""Characters of an Excel cell."""


Value = int | float | str


@dataclass(frozen=True)
class ExportColumn:
    """One column of an export: the frame's column, its header, what it holds, and its width in a sheet."""

    name: str
    header: str
    kind: Literal["integer", "propensity", "text", "date"]
    width: int


EXPORT_COLUMNS: Final = (
    ExportColumn("rank", "Rank", "integer", 8),
    ExportColumn("customer_id", "Customer id", "text", 24),
    ExportColumn("name", "Name", "text", 28),
    ExportColumn("phone", "Phone", "text", 18),
    ExportColumn("propensity", "Propensity", "propensity", 12),
    ExportColumn("band", "Band", "text", 8),
    ExportColumn("reason_1", "Reason 1", "text", 50),
    ExportColumn("reason_2", "Reason 2", "text", 50),
    ExportColumn("reason_3", "Reason 3", "text", 50),
    ExportColumn("model_version", "Model version", "text", 20),
    ExportColumn("market_date", "Market date", "date", 14),
    ExportColumn("run_id", "Run id", "text", 28),
)
"""What an export of ranked leads holds; frames to export have at least these columns."""


def harmless(text: str) -> str:
    """Return text on one line that no spreadsheet takes for a formula.

    Text whose first seen character is `=`, `+`, `-` or `@`, full-width forms included, or that begins with a tab or a
    line break, gets an apostrophe in front. A phone number in E.164 stays as it is.
    """
    if E164.fullmatch(text):
        return text
    seen = next((c for c in text if unicodedata.category(c) not in _UNSEEN), "")
    risky = text[:1] in _FORMULA_STARTS or unicodedata.normalize("NFKC", seen)[:1] in _FORMULA_STARTS
    line = "".join(" " if unicodedata.category(c) in ("Cc", "Cs") else c for c in text)
    return ("'" + line if risky and text else line)[:_CELL]


def csv_chunks(
    frames: Iterator[pd.DataFrame],
    *,
    columns: Sequence[ExportColumn] = EXPORT_COLUMNS,
    decimal: str = ".",
    separator: str = ",",
) -> Iterator[bytes]:
    """Yield a CSV in UTF-8 with a byte order mark, a chunk a frame, so that nothing is held.

    Parameters
    ----------
    frames : iterator of DataFrame
        Leads in the order of the file, `columns` wide at least; a missing value is an empty cell.
    columns : sequence of ExportColumn
        What the file holds.
    decimal : {".", ","}
        Decimal mark of the bank's number format.
    separator : {",", ";", tab}
        What stands between cells; text is always quoted, numbers when they hold the separator.
    """

    def cell(column: ExportColumn, value: Value) -> str:
        if column.kind == "propensity" and isinstance(value, float):
            number = f"{value:.{PROPENSITY_DIGITS}f}".replace(".", decimal)
            return f'"{number}"' if separator in number else number
        return _quoted(value) if isinstance(value, str) else str(value)

    yield b"\xef\xbb\xbf" + (separator.join(_quoted(column.header) for column in columns) + "\r\n").encode()
    for frame in frames:
        lines = (separator.join(map(cell, columns, row)) + "\r\n" for row in export_rows(frame, columns))
        if text := "".join(lines):
            yield text.encode()


def export_rows(frame: pd.DataFrame, columns: Sequence[ExportColumn] = EXPORT_COLUMNS) -> Iterator[tuple[Value, ...]]:
    """Yield the rows of a frame as an export shows them: `columns` wide, text harmless, empty for missing."""
    values = [[_value(column, value) for value in frame[column.name].tolist()] for column in columns]
    return zip(*values, strict=True)


def _value(column: ExportColumn, value: Any) -> Value:  # noqa: ANN401  whatever a frame holds
    if value is None or value != value:  # noqa: PLR0124  NaN and NaT
        return ""
    if column.kind == "integer":
        return int(value)
    if column.kind == "propensity":
        return float(value)
    return str(value)[:10] if column.kind == "date" else harmless(str(value))


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if text else ""
