"""XLSX workbooks as tables of text: the first sheet that holds data."""

import datetime as dt
import zipfile
from collections.abc import Iterator
from itertools import islice
from typing import IO, Final

import python_calamine as calamine

from smartbank.adapters.files.archive import validate_archive
from smartbank.adapters.files.frames import frames_of
from smartbank.core.tables import HEADER_SEARCH, MAX_CELL, TableChunk, column_names, header_position
from smartbank.errors import LeadValidationError

_BROKEN: Final = "The Excel file is damaged and cannot be read. Open it in Excel, save it again and upload it."
Cell = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta


class WorkbookTable:
    """The first sheet with data as a table; meets `smartbank.core.ports.Table`."""

    def __init__(self, spool: IO[bytes], content_hash: str) -> None:
        try:
            validate_archive(spool)
            self._sheet, self.notices = _first_sheet(spool)
        except (calamine.CalamineError, zipfile.BadZipFile, OSError, ValueError, RuntimeError) as exc:
            raise LeadValidationError(_BROKEN) from exc
        top = [cells for _, cells in islice(self._rows(), HEADER_SEARCH)]
        header = header_position(top)
        self._header = header
        self.columns, notices = column_names(top[header])
        self.notices += notices
        if any(any(cells) for cells in top[:header]):
            self.notices.append("What stands above the column names was passed over.")
        self.content_hash = content_hash
        self.expected_rows = max(0, self._sheet.height - header - 1)

    def chunks(self, rows: int, columns: list[str]) -> Iterator[TableChunk]:
        below = islice(self._rows(), self._header + 1, None)
        yield from frames_of(below, self.columns, columns, rows)

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        first = 1 + (self._sheet.start or (0, 0))[0]
        for number, row in enumerate(self._sheet.iter_rows(), start=first):
            yield number, [_text(cell) for cell in row]


def _first_sheet(spool: IO[bytes]) -> tuple[calamine.CalamineSheet, list[str]]:
    spool.seek(0)
    book = calamine.load_workbook(spool)
    sheets = [
        sheet
        for sheet in book.sheets_metadata
        if sheet.typ == calamine.SheetTypeEnum.WorkSheet and sheet.visible == calamine.SheetVisibleEnum.Visible
    ]
    for place, meta in enumerate(sheets):
        sheet = book.get_sheet_by_name(meta.name)
        if sheet.height and sheet.width:
            others = len(sheets) - 1
            notice = f'The workbook has {len(sheets)} sheets; "{meta.name[:50]}" (number {place + 1}) was read.'
            return sheet, [notice] if others else []
    raise LeadValidationError("The workbook is empty: put column names in the first row and one customer a row below.")


def _text(cell: Cell) -> str:
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e16:
        return str(int(cell))
    return cell[: MAX_CELL + 1] if isinstance(cell, str) else str(cell)
