"""Write ranked leads as an Excel workbook, a row at a time."""

import datetime as dt
import tempfile
from collections.abc import Iterable, Sequence
from typing import IO, Any, Final

import pandas as pd
import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException

from smartbank.core.exports import EXPORT_COLUMNS, MAX_SHEET_ROWS, ExportColumn, Value, export_rows
from smartbank.errors import LeadValidationError, StorageError

_OPTIONS: Final = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
_FORMATS: Final = {"integer": "0", "propensity": "0.0%", "text": "@", "date": "yyyy-mm-dd"}
NO_ROOM: Final = "The Excel file could not be written. Is there room on the disk? Try again."
_TOO_MANY: Final = (
    f"A sheet holds at most {MAX_SHEET_ROWS:,} leads. Choose fewer, by band or by number, or export as CSV."
)


def write_xlsx(
    frames: Iterable[pd.DataFrame],
    target: IO[bytes],
    *,
    columns: Sequence[ExportColumn] = EXPORT_COLUMNS,
    created: dt.datetime | None = None,
) -> int:
    """Write leads in the order given to a workbook with one sheet, and return how many there are.

    Text is harmless text, propensities are numbers shown in percent, phone numbers are text.

    Parameters
    ----------
    columns : sequence of ExportColumn
        What the sheet holds; frames are that wide at least.
    created : datetime or None
        When the workbook says it was made: the same leads and moment give the same bytes. None is now.

    Raises
    ------
    LeadValidationError
        There are more leads than a sheet has rows.
    StorageError
        The workbook cannot be written.
    """
    try:
        with tempfile.TemporaryDirectory(prefix="smartbank-") as scratch:  # else a full disk keeps the library's files
            return _write_book(frames, target, columns, created, scratch)
    except (OSError, XlsxWriterException) as exc:
        raise StorageError(NO_ROOM) from exc


def _write_book(
    frames: Iterable[pd.DataFrame],
    target: IO[bytes],
    columns: Sequence[ExportColumn],
    created: dt.datetime | None,
    scratch: str,
) -> int:
    book = xlsxwriter.Workbook(target, _OPTIONS | {"tmpdir": scratch})
    if created is not None:
        book.set_properties({"created": created.astimezone(dt.UTC)})
    try:
        return _write_leads(book, frames, columns)
    finally:
        book.close()


def _write_leads(book: Any, frames: Iterable[pd.DataFrame], columns: Sequence[ExportColumn]) -> int:  # noqa: ANN401
    sheet = book.add_worksheet("Leads")
    formats = {kind: book.add_format({"num_format": code}) for kind, code in _FORMATS.items()}
    bold = book.add_format({"bold": True, "bottom": 1})
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width, formats[column.kind])
    for place, column in enumerate(columns):
        sheet.write_string(0, place, column.header, bold)
    sheet.freeze_panes(1, 0)
    row = 0
    for frame in frames:
        if row + len(frame) > MAX_SHEET_ROWS:
            raise LeadValidationError(_TOO_MANY)
        for row, values in enumerate(export_rows(frame, columns), start=row + 1):  # noqa: B020  goes on counting
            for place, (column, value) in enumerate(zip(columns, values, strict=True)):
                _write_cell(sheet, row, place, value, formats[column.kind], is_date=column.kind == "date")
    sheet.autofilter(0, 0, row, len(columns) - 1)
    return row


def _write_cell(sheet: Any, row: int, place: int, value: Value, style: Any, *, is_date: bool) -> None:  # noqa: ANN401
    if value == "":
        return
    if not isinstance(value, str):
        sheet.write_number(row, place, value, style)
    elif is_date:
        sheet.write_datetime(row, place, dt.datetime.fromisoformat(value), style)
    else:
        sheet.write_string(row, place, value, style)
