"""Paths, folders, patterns and addresses such as `s3://bucket/leads/*.parquet`, through fsspec."""

import os
import re
import tempfile
import uuid
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from fsspec.core import url_to_fs
from fsspec.implementations.local import LocalFileSystem
from fsspec.utils import glob_translate

from smartbank.errors import LeadValidationError, OutputError

FAILURES: Final = (OSError, ValueError, TypeError, RuntimeError)
"""What file systems raise; drivers of object stores mostly turn their own errors into these."""
_MARK: Final = re.compile(r"[*?\[]")
_HIDDEN: Final = re.compile(r"(?:^|/)[_.]")
_CHANGING: Final = ("ETag", "etag", "LastModified", "Last-Modified", "last_modified", "updated", "mtime", "created")
"""What the drivers of s3, gs, abfs, http, sftp and memory say of a file that changes once it is written again."""
_OF_THE_DISK: Final = "lost+found"
"""A folder of the file system's own, which only root may look into."""
_DRIVERS: Final = {
    "http": "aiohttp",
    "https": "aiohttp",
    "s3": "s3fs",
    "s3a": "s3fs",
    "gs": "gcsfs",
    "gcs": "gcsfs",
    "abfs": "adlfs",
    "abfss": "adlfs",
    "az": "adlfs",
}


def opened(address: str) -> tuple[Any, str]:
    """Return the file system of a path or address, and the path on it.

    Raises
    ------
    LeadValidationError
        The driver for addresses of this kind is not installed, or there is none.
    """
    kind = address.partition("://")[0] if "://" in address else ""
    try:
        return url_to_fs(address)  # type: ignore[no-any-return]
    except ImportError as exc:
        driver = _DRIVERS.get(kind, f"its driver for {kind}://")
        raise LeadValidationError(
            f"{kind}:// needs {driver}, which is not installed. Install it where SmartBank runs, on every worker too."
        ) from exc
    except FAILURES as exc:
        raise LeadValidationError(f"Nothing can be read or written at {_shown(address)}: check the address.") from exc


def found(pattern: str) -> list[str]:
    """Return the Parquet files a path, folder or pattern stands for, as whole addresses, sorted.

    Of a folder all `*.parquet` files in it and below. Below a folder, and below the part of a pattern without marks,
    files and folders whose name begins with `_` or `.` are passed over, as readers of Parquet do; a file that is named
    outright is taken.

    Raises
    ------
    LeadValidationError
        There is none, or the place cannot be read.
    """
    system, path = opened(pattern)
    try:
        if _is_pattern(system, path):
            files = _shown_below(_MARK.split(path)[0].rpartition("/")[0], system.glob(path))
        elif system.isdir(path):
            files = _shown_below(path.rstrip("/"), _parquet_below(system, path))
        else:
            files = [path]
        files = [each for each in files if system.isfile(each)]
    except FAILURES as exc:
        raise LeadValidationError(f"{_shown(pattern)} cannot be read. Check the address and your rights.") from exc
    if not files:
        raise LeadValidationError(f"There is no Parquet file at {_shown(pattern)}. Name a file, a folder or a pattern.")
    return sorted(str(system.unstrip_protocol(each)) for each in files)


def require_apart(output: str, *, pattern: str) -> None:
    """Raise `OutputError` where a ranking in a folder would be found by the pattern its leads are found by."""
    system, leads = opened(pattern)
    other, path = opened(output)
    if isinstance(system, LocalFileSystem) and isinstance(other, LocalFileSystem):
        leads, path = os.path.realpath(leads), os.path.realpath(path)
    leads, part = leads.rstrip("/"), f"{path.rstrip('/')}/part-00000.parquet"
    if _is_pattern(system, leads):
        folder, is_found = _MARK.split(leads)[0].rpartition("/")[0], bool(re.match(glob_translate(leads), part))
    else:
        folder, is_found = leads, part.startswith(f"{leads}/")
    if system == other and is_found and _shown_below(folder, [part]):
        raise OutputError(
            f"{_shown(output)} is where {_shown(pattern)} finds leads: the next ranking would take this one for leads."
            " Name a folder elsewhere, or one whose name begins with _."
        )


def stamp_of(address: str, *, anew: bool = False) -> str:
    """Return the size of a file, and what its store changes with its content. Raises what file systems raise.

    Parameters
    ----------
    anew : bool
        Whether what was listed before does not count.
    """
    system, path = opened(address)
    if anew:
        system.invalidate_cache(path)
    if isinstance(system, LocalFileSystem):
        there = os.stat(path)  # of what a link leads to
        return f"{there.st_size} {there.st_mtime_ns}"
    said = system.info(path)
    return " ".join([str(said["size"]), *(str(said[name]) for name in _CHANGING if said.get(name) is not None)])


def _is_pattern(system: Any, path: str) -> bool:  # noqa: ANN401  fsspec has no types
    """Whether a path has marks of a pattern, and is not a file or folder that is named so."""
    return bool(_MARK.search(path)) and not system.exists(path)


def _parquet_below(system: Any, path: str) -> list[str]:  # noqa: ANN401  fsspec has no types
    """Return the Parquet files in a folder and below. Raises `OSError` where a folder cannot be looked into."""
    if not isinstance(system, LocalFileSystem):
        return [each for each in system.find(path) if each.endswith(".parquet")]
    closed: list[OSError] = []  # fsspec would pass over such a folder without a word
    below = os.walk(path, onerror=closed.append)
    files = [f"{folder}/{name}" for folder, _, names in below for name in names if name.endswith(".parquet")]
    for why in closed:
        if os.path.basename(why.filename or "") != _OF_THE_DISK:
            raise why
    return files


def _shown_below(folder: str, paths: Sequence[str]) -> list[str]:
    """Return paths below a folder of which no name is hidden."""
    return [path for path in paths if not _HIDDEN.search(path, len(folder))]


def write_whole(address: str, content: bytes, *, beside: str) -> None:
    """Write a file so that nobody sees a part of it: under a name of its own in a folder, then under its own name.

    An object store shows an object once it is whole, so there it is written at once.
    """
    with refusing(address):
        system, path = opened(address)
        if not isinstance(system, LocalFileSystem):
            system.pipe_file(path, content)
            return
        part = f"{opened(beside)[1]}/{uuid.uuid4().hex}.part"
        system.pipe_file(part, content)
        system.mv(part, path)


@contextmanager
def fetched(address: str) -> Generator[Path]:
    """Yield a copy of a file at an address, under its own name on this computer; it is gone afterwards.

    Raises
    ------
    LeadValidationError
        It cannot be read.
    """
    system, path = opened(address)
    with tempfile.TemporaryDirectory(prefix="smartbank-") as folder:
        copy = Path(folder) / path.rpartition("/")[2]
        try:
            system.get_file(path, str(copy))
        except FAILURES as exc:
            raise LeadValidationError(f"{_shown(address)} cannot be read. Check the address and your rights.") from exc
        yield copy


@contextmanager
def refusing(address: str) -> Generator[None]:
    """Turn a file system's error into `OutputError`, naming the place."""
    try:
        yield
    except FAILURES as exc:
        raise OutputError(
            f"{_shown(address)} cannot be written or read again. Check the space left, and the rights there."
        ) from exc


def _shown(address: str) -> str:
    return address[:200]
