"""What a ZIP archive holds, checked on its directory before anything is unpacked."""

import zipfile
from typing import IO, Final

from smartbank.errors import LeadValidationError

MAX_ENTRIES: Final = 5_000
MAX_UNPACKED: Final = 1024**3
"""Bytes; 100,000 customers take about 80 MB."""
MAX_RATIO: Final = 200
"""Unpacked over packed size of a large part; sheets of repeated values reach about 60."""
_SMALL: Final = 10 * 1024**2
_TOO_LARGE: Final = (
    "The Excel file unpacks to far more than a list of customers needs, so it was not opened. Save it as CSV instead."
)


def validate_archive(spool: IO[bytes]) -> None:
    """Raise `LeadValidationError` unless an archive is an XLSX workbook of a bearable size.

    Raises
    ------
    zipfile.BadZipFile
        The archive is damaged.
    """
    spool.seek(0)
    with zipfile.ZipFile(spool) as archive:
        entries = archive.infolist()
    names = {entry.filename for entry in entries}
    if "xl/workbook.xml" not in names:
        raise LeadValidationError(_what(names))
    if any(entry.flag_bits & 1 for entry in entries):
        raise LeadValidationError("The file is protected by a password. Save it without one and try again.")
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise LeadValidationError(_TOO_LARGE)
    for entry in entries:
        if entry.file_size > max(_SMALL, MAX_RATIO * entry.compress_size):
            raise LeadValidationError(_TOO_LARGE)


def _what(names: set[str]) -> str:
    if "xl/workbook.bin" in names:
        return "This is a binary Excel file (.xlsb). Save it as .xlsx or CSV and try again."
    if "mimetype" in names or "content.xml" in names:
        return "This is an OpenDocument file. Save it as .xlsx or CSV and try again."
    if "[Content_Types].xml" in names:
        return "This is an Office document, but not a workbook. Upload CSV, TSV, XLSX or Parquet."
    return "This is a ZIP archive. Unpack it first, and upload the table that is in it."
