"""The file that keeps the keys of the data on the embedded default, newest first, for one user alone."""

import fcntl
import os
import secrets
from base64 import b64decode, b64encode
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from smartbank.errors import StartUpError

KEY_BYTES: Final = 32
_FIRST_LINE: Final = (
    "# Keys of SmartBank's data, newest first. Without them every name and phone number is lost: keep a copy, "
    "apart from the copies of the database."
)
_FIRST_LINE_RETIRED: Final = (
    "# Keys that seal nothing in SmartBank's database any more; backups made before this day still open with them only."
)


class KeyFile:
    """`data-keys` in a folder, and a lock beside it: writers of sealed values share it, a change of keys is alone.

    Parameters
    ----------
    folder : Path
        Made if need be, for its owner alone.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / "data-keys"
        self._lock = folder / "data-keys.lock"
        self._retired = folder / "data-keys-retired"

    @property
    def given(self) -> Sequence[bytes]:
        """Return no key: all of them are in the file."""
        return ()

    def exists(self) -> bool:
        """Whether there are keys."""
        return self.path.exists()

    def load(self) -> list[bytes]:
        """Return the keys, newest first.

        Raises
        ------
        StartUpError
            The file is missing, cannot be read, or holds something else.
        """
        return self._keys_in(self.path)

    def _keys_in(self, path: Path) -> list[bytes]:
        with self._trouble():
            lines = [line.strip() for line in path.read_text(encoding="ascii", errors="replace").splitlines()]
        keys = [line for line in lines if line and not line.startswith("#")]
        try:
            found = [decoded_key(key) for key in keys]
        except ValueError:
            found = []
        if not found:
            raise StartUpError(f"{path} holds no usable keys. Put it back from your backup.")
        return found

    def load_or_make(self) -> list[bytes]:
        """Return the keys; the first of several processes makes one where there is none."""
        if not self.exists():
            with self.alone():
                if not self.exists():
                    self.save([new_key()])
        return self.load()

    def save(self, keys: Sequence[bytes]) -> None:
        """Write the keys, whole or not at all, for nobody else to read; hold `alone`."""
        with self._trouble():
            _write(self.path, [_FIRST_LINE, *map(encoded_key, keys)])

    def add(self, key: bytes) -> None:
        """Put a key first; hold `alone`."""
        self.save([key, *self.load()])

    def retire(self, keys: Sequence[bytes], *, at: datetime) -> list[bytes]:
        """Move keys out of the file into a dated one, and return them; hold `alone`."""
        leaving = [key for key in self.load() if key in keys]
        if leaving:
            with self._trouble():
                self._retired.mkdir(mode=0o700, exist_ok=True)
                path = self._retired / f"data-keys-{at:%Y%m%dT%H%M%SZ}"
                _write(path, [_FIRST_LINE_RETIRED, *map(encoded_key, leaving)])  # first: never in neither
            self.save([key for key in self.load() if key not in leaving])
        return leaving

    def retired(self) -> dict[bytes, str]:
        """Return every retired key that is kept, and the file it is in."""
        paths = sorted(self._retired.glob("data-keys-*Z")) if self._retired.is_dir() else []
        return {key: str(path) for path in paths for key in self._keys_in(path)}

    def state(self) -> tuple[int, ...]:
        """Return what changes whenever the file does; empty while it is not there."""
        try:
            found = self.path.stat()
        except OSError:
            return ()
        return (found.st_ino, found.st_mtime_ns, found.st_size)

    @contextmanager
    def shared(self) -> Generator[None]:
        """Hold the lock together with others; waits while somebody is alone."""
        with self._locked(fcntl.LOCK_SH):
            yield

    @contextmanager
    def alone(self) -> Generator[None]:
        """Hold the lock alone; waits until nobody holds it. A process that dies lets go of it."""
        with self._locked(fcntl.LOCK_EX):
            yield

    @contextmanager
    def _locked(self, how: int) -> Generator[None]:
        with self._trouble():
            self._lock.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            lock = os.open(self._lock, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, how)
            yield
        finally:
            os.close(lock)

    @contextmanager
    def _trouble(self) -> Generator[None]:
        try:
            yield
        except OSError as exc:
            raise StartUpError(
                f"The keys of the data in {self.path} cannot be read or written ({exc.strerror}). "
                "Check that the file is there, that its folder may be written, and that the disk has room."
            ) from exc


def new_key() -> bytes:
    """Return a new random key."""
    return secrets.token_bytes(KEY_BYTES)


def encoded_key(key: bytes) -> str:
    """Return a key as people pass it on, in base64."""
    return b64encode(key).decode()


def decoded_key(text: str) -> bytes:
    """Return the key of a text. Raises `ValueError` unless it is base64 of 32 bytes."""
    key = b64decode(text, validate=True)
    if len(key) != KEY_BYTES:
        raise ValueError(f"a key has {KEY_BYTES} bytes")
    return key


def _write(path: Path, lines: list[str]) -> None:
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)  # a new file: the mode below holds whatever a crash left behind
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write("\n".join(lines) + "\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Make a rename outlast a power cut."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
