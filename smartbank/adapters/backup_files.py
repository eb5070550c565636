"""The files of a backup: compressed BSON with its SHA-256, written and read one document at a time."""

import errno
import gzip
import hashlib
import os
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self, cast

import bson
from bson.codec_options import CodecOptions
from bson.errors import BSONError
from bson.raw_bson import RawBSONDocument

from smartbank.core.backups import MANIFEST, KeptCollection, Manifest, file_name, read_manifest
from smartbank.core.wording import plural
from smartbank.errors import BackupError

RAW: Final[CodecOptions[RawBSONDocument]] = CodecOptions(document_class=RawBSONDocument)
"""Documents as the bytes they are, so that no type is lost on the way."""
_LEVEL: Final = 1
_FULL: Final = (errno.ENOSPC, errno.EDQUOT)


class CollectionWriter:
    """Writes the documents of one collection; a context, which lets go of a file that was not finished."""

    def __init__(self, folder: Path, collection: str) -> None:
        self._file = _open_new(folder / file_name(collection))
        self._hash = hashlib.sha256()
        self._size = 0
        self._documents = 0
        self._gzip = gzip.GzipFile("", "wb", _LEVEL, self, mtime=0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()

    def add(self, document: RawBSONDocument) -> None:
        """Write one document."""
        self._gzip.write(document.raw)
        self._documents += 1

    def finish(self) -> KeptCollection:
        """Make sure the file is on the disk, and say what is in it."""
        self._gzip.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        return KeptCollection(self._documents, self._size, self._hash.hexdigest())

    def write(self, data: bytes) -> int:
        """Take what was compressed."""
        self._hash.update(data)
        self._size += len(data)
        return self._file.write(data)

    def flush(self) -> None:
        """Pass on what was compressed."""
        self._file.flush()


def write_new(path: Path, data: bytes) -> None:
    """Write a new file, readable by its owner alone, and make sure it is on the disk."""
    with _open_new(path) as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def documents_in(folder: Path, collection: str, kept: KeptCollection) -> Iterator[RawBSONDocument]:
    """Compare a collection's file with the manifest, then yield its documents.

    Raises
    ------
    BackupError
        The file is missing, damaged, or not the one the manifest names.
    """
    path = folder / file_name(collection)
    count = 0
    try:
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != kept.sha256:
                raise BackupError(f"{path.name} in the backup was changed or damaged. Use another backup.")
        with gzip.open(path, "rb") as stream:
            for document in bson.decode_file_iter(cast(IO[bytes], stream), RAW):
                count += 1
                yield document
    except FileNotFoundError:
        raise BackupError(f"The backup is not whole: {path.name} is missing. Use another backup.") from None
    except (OSError, EOFError, BSONError, zlib.error) as exc:
        raise BackupError(f"{path.name} in the backup cannot be read. Use another backup.") from exc
    if count != kept.documents:
        raise BackupError(f"{path.name} holds {plural(count, 'document')}, not {kept.documents:,}. Use another backup.")


def load_manifest(folder: Path) -> Manifest:
    """Return the manifest of a backup. Raises `BackupError`."""
    try:
        return read_manifest((folder / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BackupError(f"{folder} is not a backup: it has no {MANIFEST}. Name the folder of a backup.") from None
    except (OSError, UnicodeDecodeError) as exc:
        raise BackupError(f"The {MANIFEST} in {folder} cannot be read. Check the folder's permissions.") from exc


@contextmanager
def disk_trouble(folder: Path) -> Generator[None]:
    """Turn what the disk refuses into `BackupError`, with what to do."""
    try:
        yield
    except OSError as exc:
        if exc.errno in _FULL:
            said = f"The disk of {folder} is full, so no backup was made. Make room and try again."
        else:
            reason = os.strerror(exc.errno) if exc.errno else "unknown reason"
            said = f"The backup cannot be written to {folder} ({reason}). Name a folder that can be written."
        raise BackupError(said) from exc


def sync_folder(folder: Path) -> None:
    """Make sure that the names in a folder are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _open_new(path: Path) -> IO[bytes]:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
