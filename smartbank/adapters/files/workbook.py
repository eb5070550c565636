"""XLSX workbooks as tables of text: the first visible sheet that holds data, read as a stream."""

import re
import zipfile
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import IO, Final
from xml.parsers import expat

from smartbank.adapters.files.archive import validate_archive
from smartbank.adapters.files.frames import frames_of
from smartbank.adapters.files.sheets import MAX_SHEET_ROW, SheetError, shared_texts, sheet_paths, sheet_rows
from smartbank.core.tables import HEADER_SEARCH, TableChunk, column_names, header_position
from smartbank.errors import LeadValidationError

_DIMENSION: Final = re.compile(rb'<dimension ref="[A-Z]+[0-9]+:[A-Z]+([0-9]{1,7})"')
_BROKEN: Final = "The Excel file is damaged and cannot be read. Open it in Excel, save it again and upload it."
_EMPTY: Final = "The workbook is empty: put column names in the first row and one customer a row below."
_FAILURES: Final = (
    SheetError, expat.ExpatError, zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, LookupError,
    OverflowError, RuntimeError,
)  # fmt: skip


class WorkbookTable:
    """The first sheet with data as a table; meets `smartbank.core.ports.Table`."""

    picked = False

    def __init__(self, spool: IO[bytes], content_hash: str) -> None:
        with _defects_said():
            validate_archive(spool)
            self._archive = zipfile.ZipFile(spool)
            self._shared = shared_texts(self._archive)
            sheets = sheet_paths(self._archive)
            found = ((place, top) for place, (_, path) in enumerate(sheets) if (top := self._top(path)))
            place, top = next(found, (0, []))
        if not top:
            raise LeadValidationError(_EMPTY)
        name, self._path = sheets[place]
        self._header = header_position(top)
        self.columns, self.notices = column_names(top[self._header])
        if len(sheets) > 1:
            self.notices.append(f'The workbook has {len(sheets)} sheets; "{name[:50]}" (number {place + 1}) was read.')
        if self._header:
            self.notices.append("What stands above the column names was passed over.")
        self.content_hash = content_hash
        self.expected_rows = max(0, self._last_row() - self._header - 1)

    def chunks(self, rows: int, columns: list[str]) -> Generator[TableChunk, None, None]:
        with _defects_said():
            below = islice(self._rows(self._path), self._header + 1, None)
            whole = ((number, [*cells, *[""] * (len(self.columns) - len(cells))]) for number, cells in below)
            yield from frames_of(whole, self.columns, columns, rows)

    def _last_row(self) -> int:
        """Return the last row as the sheet says it: good enough for a progress bar."""
        with self._archive.open(self._path) as part:
            said = _DIMENSION.search(part.read(4096))
        return min(int(said[1]), MAX_SHEET_ROW) if said else 0

    def _top(self, path: str) -> list[list[str]]:
        return [cells for _, cells in islice(self._rows(path), HEADER_SEARCH)]

    def _rows(self, path: str) -> Iterator[tuple[int, list[str]]]:
        """Yield the rows that hold anything."""
        with self._archive.open(path) as part:
            for number, cells in sheet_rows(part, self._shared):
                if any(cells):
                    yield number, cells


@contextmanager
def _defects_said() -> Iterator[None]:
    try:
        yield
    except _FAILURES as exc:
        raise LeadValidationError(_BROKEN) from exc
