"""Files a command writes for whoever runs it: new ones, that nobody else may read."""

import os
from collections.abc import Iterable
from pathlib import Path

from smartbank.errors import BackupError


def require_new(path: Path) -> None:
    """Raise `BackupError` for a file that is there, or a folder that is not: before anything goes on record."""
    if path.exists() or path.is_symlink():
        raise BackupError(f"{path} exists already. Name a file that does not exist yet.")
    if not path.absolute().parent.is_dir():
        raise BackupError(f"The folder of {path} does not exist. Make it first, or name another one.")


def write_private(path: Path, chunks: Iterable[bytes]) -> None:
    """Write a new file of mode 600 as its chunks come; one that breaks off does not stay. Raises `BackupError`."""
    try:
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as exc:
        raise BackupError(f"{path} cannot be written ({exc.strerror}). Name another file.") from exc
    try:
        with os.fdopen(opened, "wb") as file:
            file.writelines(chunks)
    except OSError as exc:
        path.unlink(missing_ok=True)
        raise BackupError(f"{path} cannot be written ({exc.strerror}). Make room, or name another file.") from exc
    except BaseException:
        path.unlink(missing_ok=True)
        raise
