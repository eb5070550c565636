"""Text tables: CSV, TSV, semicolons and pipes, row by row, where a bad row costs only itself."""

import io
import re
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import IO, Final

from smartbank.adapters.files.encoding import text_encoding
from smartbank.adapters.files.frames import frames_of
from smartbank.adapters.files.records import Broken, records
from smartbank.core.columns import recognised
from smartbank.core.tables import HEADER_SEARCH, TableChunk, column_names, header_position

_SEPARATORS: Final = (",", ";", "\t", "|")
_SAID: Final = re.compile("sep=(.)", re.IGNORECASE)
_SAMPLE: Final = 4_000_000
"""Characters in which separator and header are looked for."""


class TextTable:
    """A text file as a table; meets `smartbank.core.ports.Table`."""

    picked = False

    def __init__(self, spool: IO[bytes], content_hash: str) -> None:
        encoding = text_encoding(spool)
        self._spool, self._encoding = spool, encoding.name
        with _text(spool, encoding.name) as text:
            sample = text.read(_SAMPLE)
        self._separator = _separator(sample)
        top = _top(sample, self._separator)
        self._header = header_position(top)
        self.columns, notices = column_names(top[self._header])
        self.content_hash = content_hash
        self.expected_rows = max(0, encoding.lines - self._header - 1)
        self.notices = [*encoding.notices, *notices]
        if any(any(cells) and not _SAID.match(self._separator.join(cells)) for cells in top[: self._header]):
            self.notices.append("What stands above the column names was passed over.")

    def chunks(self, rows: int, columns: list[str]) -> Generator[TableChunk, None, None]:
        with _text(self._spool, self._encoding) as text:
            numbered = enumerate(records(text, self._separator, len(self.columns)), start=1)
            yield from frames_of(islice(numbered, self._header + 1, None), self.columns, columns, rows)


@contextmanager
def _text(spool: IO[bytes], encoding: str) -> Iterator[io.TextIOWrapper]:
    """Read the spooled bytes as text from the start, and leave the spool open afterwards."""
    spool.seek(0)
    text = io.TextIOWrapper(spool, encoding, errors="replace")
    try:
        yield text
    finally:
        text.detach()


def _separator(sample: str) -> str:
    """Return the separator that gives the most column names we know, then the most columns."""
    said = _SAID.match(sample)
    if said and said[1] in _SEPARATORS:
        return said[1]

    def names(separator: str) -> tuple[int, int]:
        rows = _top(sample, separator)
        header = rows[header_position(rows)]
        return sum(recognised(cell) is not None for cell in header), len(header)

    return max(_SEPARATORS, key=names)


def _top(sample: str, separator: str) -> list[list[str]]:
    found = islice(records(io.StringIO(sample), separator), HEADER_SEARCH)
    return [[record.value] if isinstance(record, Broken) else record for record in found]
