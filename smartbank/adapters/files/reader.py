"""Open whatever was uploaded as a table: the content says what it is, the name only helps to explain."""

import hashlib
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import IO, Final

from smartbank.adapters.files.parquet import ParquetTable
from smartbank.adapters.files.text import TextTable
from smartbank.adapters.files.workbook import WorkbookTable
from smartbank.core.ports import Table
from smartbank.core.tables import within_limit
from smartbank.errors import LeadValidationError, StorageError

_ACCEPTED: Final = "Upload CSV, TSV, XLSX or Parquet."
_NO_ROOM: Final = (
    "The file could not be read: the disk for temporary files of the computer SmartBank works on is full. Make room, "
    "then try again."
)
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_OTHERS: Final = (
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x1f\x8b", "a compressed file: unpack it first"),
    (b"BZh", "a compressed file: unpack it first"),
    (b"\xfd7zXZ", "a compressed file: unpack it first"),
    (b"7z\xbc\xaf", "a compressed file: unpack it first"),
    (b"Rar!", "a compressed file: unpack it first"),
    (b"SQLite format 3", "a database"),
    (b"{\\rtf", "a text document"),
)
_MARKUP: Final = ((b"<", "a web page or XML"), (b"{", "JSON"), (b"[{", "JSON"))


@contextmanager
def open_table(chunks: Iterable[bytes], filename: str) -> Iterator[Table]:
    """Open a file as a table for as long as the context lasts; see `smartbank.core.ports.TableReader`.

    Raises `StorageError` where the disk for temporary files is full.
    """
    with _spool() as spool:
        content_hash = _spooled(chunks, spool)
        yield _table(spool, filename, content_hash)


def _spool() -> IO[bytes]:
    try:
        return tempfile.TemporaryFile(prefix="smartbank-")
    except OSError as exc:
        raise StorageError(_NO_ROOM) from exc


def _spooled(chunks: Iterable[bytes], spool: IO[bytes]) -> str:
    """Copy a file to disk, where its end can be read first, and return the SHA-256 of its content."""
    digest = hashlib.sha256()
    for chunk in within_limit(chunks):
        digest.update(chunk)
        _write(spool, chunk)
    if not spool.tell():
        raise LeadValidationError("The file is empty: put column names in the first row and one customer a row below.")
    return digest.hexdigest()


def _write(spool: IO[bytes], chunk: bytes) -> None:
    try:
        spool.write(chunk)
        spool.flush()
    except OSError as exc:
        raise StorageError(_NO_ROOM) from exc


def _table(spool: IO[bytes], filename: str, content_hash: str) -> Table:
    spool.seek(0)
    head = spool.read(4096)
    spool.seek(0)
    if head.startswith(b"PAR1"):
        return ParquetTable(spool, content_hash)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return WorkbookTable(spool, content_hash)
    if head.startswith(_OLE):
        if _ENCRYPTED in spool.read():
            raise LeadValidationError(
                "The Excel file is protected by a password. Save it without one, or as CSV, and try again."
            )
        raise LeadValidationError("This is an old Excel file (.xls). Save it as .xlsx or CSV and try again.")
    for magic, what in _OTHERS:
        if head.startswith(magic):
            raise LeadValidationError(f"{_shown(filename)} is {what}, not a table. {_ACCEPTED}")
    for magic, what in _MARKUP:
        if head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(magic):
            raise LeadValidationError(f"{_shown(filename)} is {what}, not a table. {_ACCEPTED}")
    return TextTable(spool, content_hash)


def _shown(filename: str) -> str:
    return f'"{filename[:100]}"' if filename else "The file"
