"""Records of a text table: quotes are honoured, and a record that breaks the rules is given as broken, alone."""

import csv
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, TextIO

MAX_LINE: Final = 1_000_000
"""Characters of a line; longer ones are not a customer."""
MAX_LINES: Final = 50
"""Lines one record may go over; a quotation mark open for longer was never closed."""
_TOO_LONG: Final = "\0"
_SHOWN: Final = 200


@dataclass(frozen=True)
class Broken:
    """A line that is no record: its beginning, and why."""

    value: str
    reason: str


Record = list[str] | Broken


class _UnclosedQuoteError(Exception):
    """A record goes over too many lines."""


class _LongLineError(Exception):
    """A line is too long."""


class _Feed:
    """Lines for `csv.reader` that remember what the record at hand has taken."""

    def __init__(self, line: Callable[[], str]) -> None:
        self._line = line
        self._again: deque[str] = deque()
        self.taken: list[str] = []
        self.ended = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else self._line()
        if line == _TOO_LONG and not self.taken:
            raise _LongLineError
        if line == _TOO_LONG or len(self.taken) == MAX_LINES:
            self._again.appendleft(line)
            raise _UnclosedQuoteError
        if not line:
            self.ended = True
            raise StopIteration
        self.taken.append(line)
        return line

    def start(self) -> None:
        """Begin a record."""
        self.taken = []
        self.ended = False

    def give_back(self) -> str:
        """Give back all lines of the record but the first, and return that."""
        first, *others = self.taken
        self._again.extendleft(reversed(others))
        return first


def records(text: TextIO, separator: str, width: int = 0) -> Iterator[Record]:
    """Yield the records of a text in order, a blank line as an empty list; never raises on what the text says.

    Parameters
    ----------
    width : int
        Cells of a row, if known: a quoted cell that holds a whole row was never meant to.
    """
    feed = _Feed(lambda: _line(text))
    reader = csv.reader(feed, delimiter=separator)
    while True:
        feed.start()
        try:
            cells = next(reader, None)
        except _LongLineError:
            yield Broken("", f"The line has more than {MAX_LINE:,} characters.")
            continue
        except (_UnclosedQuoteError, csv.Error):
            cells, feed.ended = [], True
        if cells is None:
            return
        if feed.ended or any(_is_row(line, separator, width) for line in feed.taken[1:]):
            yield Broken(feed.give_back()[:_SHOWN], "A quotation mark is opened and never closed.")
        else:
            yield cells


def _is_row(line: str, separator: str, width: int) -> bool:
    cells = line.split(separator)
    return len(cells) >= width > 1 and '"' not in cells[0]


def _line(text: TextIO) -> str:
    """Return the next line without NUL characters, empty at the end, or `_TOO_LONG` having passed over such a line."""
    line = text.readline(MAX_LINE + 1)
    if len(line) > MAX_LINE and not line.endswith("\n"):
        while line and not line.endswith("\n"):
            line = text.readline(MAX_LINE)
        return _TOO_LONG
    return line.replace("\0", "") or ("\n" if line else "")
