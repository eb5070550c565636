"""The parts of an XLSX workbook, parsed as a stream: sheet names, shared texts, rows."""

import posixpath
import re
import zipfile
from collections import deque
from collections.abc import Callable, Iterator
from typing import IO, Final
from xml.parsers import expat

from smartbank.core.tables import MAX_CELL, MAX_WIDTH

MAX_SHARED: Final = 256 * 1024**2
"""Bytes of the shared texts, which are held in memory."""
MAX_SHEET_ROW: Final = 1_048_576
MAX_SHEET_COLUMN: Final = 16_384
_BLOCK: Final = 1 << 16
_LETTERS: Final = re.compile("[A-Z]{1,3}")
_SPOKEN: Final = ("t", "v")

Start = Callable[[str, dict[str, str]], None]


class SheetError(Exception):
    """A part of the workbook is not what it should be."""


def sheet_paths(archive: zipfile.ZipFile) -> list[tuple[str, str]]:
    """Return name and path of each visible sheet, in order."""
    targets: dict[str, str] = {}
    sheets: list[tuple[str, str]] = []

    def relation(name: str, values: dict[str, str]) -> None:
        if _local(name) == "Relationship" and values.get("Type", "").endswith("/worksheet"):
            targets[values.get("Id", "")] = posixpath.normpath(posixpath.join("/xl", values.get("Target", "")))[1:]

    def sheet(name: str, values: dict[str, str]) -> None:
        if _local(name) == "sheet" and values.get("state", "visible") == "visible":
            key = next((value for key, value in values.items() if _local(key) == "id"), "")
            sheets.append((values.get("name", ""), key))

    for path, start in (("xl/_rels/workbook.xml.rels", relation), ("xl/workbook.xml", sheet)):
        with archive.open(path) as part:
            deque(_parsed(part, start), maxlen=0)
    return [(name, targets[key]) for name, key in sheets if key in targets]


def shared_texts(archive: zipfile.ZipFile) -> list[str]:
    """Return the texts that cells refer to by number, each cut where it is too long to be used."""
    path = "xl/sharedStrings.xml"
    if path not in archive.namelist():
        return []
    if archive.getinfo(path).file_size > MAX_SHARED:
        raise SheetError("The shared texts are too large.")
    shared = _Shared()
    with archive.open(path) as part:
        deque(_parsed(part, shared.start, shared.listen), maxlen=0)
    return shared.finished()


def sheet_rows(part: IO[bytes], shared: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield number and cells of each row a sheet holds; numbers are written without needless zeros or exponents."""
    rows = _Rows(shared)
    for _ in _parsed(part, rows.start, rows.listen):
        if rows.finished:
            yield from rows.finished
            rows.finished = []
    rows.finish_row()
    yield from rows.finished


class _Listener:
    """Collects the text of the element at hand, cut where it is too long to be used.

    Elements are only told of when they start: a text is whole when the next one begins. That halves the work.
    """

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._listens = self._is_phonetic = False
        self._names: dict[str, str] = {}

    def listen(self, text: str) -> None:
        if self._listens and len(self._pieces) <= MAX_CELL:
            self._pieces.append(text)

    def name_of(self, name: str) -> str:
        return self._names.get(name) or self._names.setdefault(name, _local(name))

    def go_on(self, name: str) -> None:
        """Listen inside `t` and `v`, but not to how a text is pronounced."""
        if name == "rPh":
            self._is_phonetic = True
        self._listens = name in _SPOKEN and not self._is_phonetic

    def taken(self) -> str:
        text = "".join(self._pieces)[: MAX_CELL + 1].strip()
        self._pieces = []
        self._listens = self._is_phonetic = False
        return text


class _Shared(_Listener):
    """Turns the elements of the shared texts into a list."""

    def __init__(self) -> None:
        super().__init__()
        self._texts: list[str] = []
        self._is_open = False

    def start(self, name: str, _values: dict[str, str]) -> None:
        if self.name_of(name) != "si":
            self.go_on(self.name_of(name))
            return
        if self._is_open:
            self._texts.append(self.taken())
        self._is_open = True

    def finished(self) -> list[str]:
        return [*self._texts, self.taken()] if self._is_open else []


class _Rows(_Listener):
    """Turns the elements of a sheet into rows."""

    def __init__(self, shared: list[str]) -> None:
        super().__init__()
        self.finished: list[tuple[int, list[str]]] = []
        self._shared = shared
        self._row = self._column = 0
        self._kind = "n"
        self._cells: list[str] = []
        self._columns: dict[str, int] = {}

    def start(self, name: str, values: dict[str, str]) -> None:
        local = self._names.get(name) or self.name_of(name)
        if local == "v":
            self._listens = True
        elif local == "c":
            self._finish_cell()
            self._kind = values.get("t", "n")
            place = values.get("r")
            self._column = min(self._column + 1, MAX_WIDTH) if place is None else self._column_of(place)
        elif local == "row":
            self.finish_row()
            self._row = int(values.get("r", self._row + 1))
            if not 0 < self._row <= MAX_SHEET_ROW:
                raise SheetError("A row lies outside of the sheet.")
        else:
            self.go_on(local)

    def finish_row(self) -> None:
        self._finish_cell()
        if self._cells:
            self.finished.append((self._row, self._cells))
        self._cells, self._column = [], 0

    def _finish_cell(self) -> None:
        if not self._pieces:
            self._is_phonetic = False
            return
        text = self._value(self.taken())
        if text and self._column:
            if self._column > len(self._cells):
                self._cells += [""] * (self._column - len(self._cells))
            self._cells[self._column - 1] = text

    def _column_of(self, place: str) -> int:
        letters = place.rstrip("0123456789")
        column = self._columns.get(letters)
        if column is None:
            if not _LETTERS.fullmatch(letters):
                raise SheetError("A cell has no place.")
            column = 0
            for letter in letters:
                column = column * 26 + ord(letter) - 64
            if column > MAX_SHEET_COLUMN:
                raise SheetError("A cell lies outside of the sheet.")
            column = min(column, MAX_WIDTH)  # a row of its own for each cell far right would fill the memory
            self._columns[letters] = column
        return column

    def _value(self, text: str) -> str:
        if self._kind == "s":
            return self._shared[int(text)]
        if self._kind == "b":
            return {"1": "true", "0": "false"}.get(text, text)
        if self._kind != "n" or text.isdigit() or not text:
            return text
        number = float(text)
        return str(int(number)) if number.is_integer() and abs(number) < 1e16 else repr(number)


def _parsed(part: IO[bytes], start: Start, listen: Callable[[str], None] | None = None) -> Iterator[None]:
    """Parse a part block by block, telling of elements as they start and of text; no document type is taken."""

    def forbid(*_: object) -> None:
        raise SheetError("A document type is not part of a workbook.")

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = forbid
    parser.StartElementHandler = start
    if listen is not None:
        parser.CharacterDataHandler = listen
    while block := part.read(_BLOCK):
        parser.Parse(block, False)
        yield
    parser.Parse(b"", True)
    yield


def _local(name: str) -> str:
    return name.rsplit(":", 1)[-1]
