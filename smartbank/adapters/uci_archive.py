"""Finding UCI's training CSV in what was given: the CSV itself, its zip, or the zip around that; bounded in size."""

import io
import zipfile
import zlib
from typing import Final

from smartbank.errors import TrainingDataError

CSV_NAME: Final = "bank-additional-full.csv"
INNER_ARCHIVE: Final = "bank-additional.zip"
MAX_CSV_BYTES: Final = 64 * 2**20
"""Eleven times UCI's file: whatever is larger is not it."""
_MAX_MEMBERS: Final = 100
_ZIP_MAGIC: Final = b"PK\x03\x04"


def training_csv(content: bytes, name: str) -> bytes:
    """Return the CSV inside a CSV, `bank-additional.zip` or `bank+marketing.zip`.

    Parameters
    ----------
    content : bytes
        What the file holds, or its first `MAX_CSV_BYTES + 1` bytes.
    name : str
        File name, for the message.

    Raises
    ------
    TrainingDataError
        It is empty, too large, a damaged archive, or an archive without the CSV.
    """
    if not content:
        raise TrainingDataError(f"{name} is empty. Download it again.")
    if len(content) > MAX_CSV_BYTES:
        raise _too_large(name)
    if not content.startswith(_ZIP_MAGIC):
        return content
    inner = _member(content, name, (CSV_NAME, INNER_ARCHIVE))
    return _member(inner, INNER_ARCHIVE, (CSV_NAME,)) if inner.startswith(_ZIP_MAGIC) else inner


def _member(archive: bytes, name: str, wanted: tuple[str, ...]) -> bytes:
    """Return the first wanted member, whatever folder it lies in, and never more bytes than `MAX_CSV_BYTES`."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            entries = {
                entry.filename.rsplit("/", 1)[-1]: entry
                for entry in opened.infolist()[:_MAX_MEMBERS]
                if not entry.filename.startswith("__MACOSX/")
            }
            found = next((entries[member] for member in wanted if member in entries), None)
            if found is None:
                raise TrainingDataError(f"{name} does not hold {CSV_NAME}. Take UCI's bank+marketing.zip.")
            with opened.open(found) as file:
                content = file.read(MAX_CSV_BYTES + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as exc:
        raise TrainingDataError(f"{name} is a damaged archive. Download it again.") from exc
    if len(content) > MAX_CSV_BYTES:
        raise _too_large(f"{found.filename} in {name}")
    return content


def _too_large(what: str) -> TrainingDataError:
    return TrainingDataError(f"{what} is larger than {MAX_CSV_BYTES // 2**20} MB: this is not UCI's file.")
