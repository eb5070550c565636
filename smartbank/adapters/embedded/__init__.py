"""The embedded database: SecantusDB as a process of its own, shared by every SmartBank process that needs it."""

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Final, NamedTuple

from smartbank.adapters.embedded.guard import check_and_count
from smartbank.adapters.embedded.server import (
    Server,
    find_server,
    has_given_up,
    is_alive,
    known_uri,
    last_port,
    start_server,
    stop_server,
)
from smartbank.adapters.embedded.setup import is_set_up, load_password, set_up
from smartbank.errors import StartUpError

NOT_INSTALLED: Final = (
    "The embedded database is not installed. Install it with `pip install -r requirements-embedded.txt`, "
    "or set SMARTBANK_MONGODB_URI to use a MongoDB of your own."
)


class Looked(NamedTuple):
    """What a look at the server of a folder found.

    Attributes
    ----------
    uri : str or None
        Where it is; None where the folder does not say so any more.
    was_down : bool
        Whether it had ended or given up, and was started again.
    """

    uri: str | None
    was_down: bool


@contextmanager
def open_embedded(folder: Path) -> Generator[str]:
    """Yield the URI of the embedded database of a folder; start it if it is not running.

    The last process that leaves stops it. After a crash of all of them the next start finds what was acknowledged.

    Raises
    ------
    StartUpError
        It is not installed, cannot start here, or what it holds is damaged.
    """
    if find_spec("secantus") is None:
        raise StartUpError(NOT_INSTALLED)
    folder = folder.resolve()
    with _disk_trouble(folder):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        users = (folder / "users.lock").open("a")
    try:
        with _disk_trouble(folder), _locked(folder):
            fcntl.flock(users, fcntl.LOCK_SH)
            server = find_server(folder) or _start(folder)
        try:
            yield server.uri
        finally:
            _leave(folder, users)
    finally:
        users.close()


def revive_embedded(folder: Path, *, asks: bool = False) -> Looked:
    """Start the server of a folder again if it died, and return where it is. Quick while it lives.

    It comes back where it was, and elsewhere where another program has taken its port by then.

    Parameters
    ----------
    asks : bool
        Ask one that lives whether it works: a full disk leaves it alive and of no use until it is started again.

    Raises
    ------
    StartUpError
        As `open_embedded` does; the next call tries again.
    """
    folder = folder.resolve()
    if is_alive(folder) and not (asks and has_given_up(folder)):
        return Looked(known_uri(folder), False)
    with _disk_trouble(folder), _locked(folder):
        found = find_server(folder)
        return Looked((found or _start(folder)).uri, found is None)


def _start(folder: Path) -> Server:
    """Start the server; the folder is locked and none answers."""
    port = last_port(folder)
    stop_server(folder)
    if not is_set_up(folder):
        set_up(folder)
    try:
        server = start_server(folder, password=load_password(folder), port=port)
        check_and_count(server.uri, folder)
    except BaseException:
        stop_server(folder)
        raise
    return server


def _leave(folder: Path, users: IO[str]) -> None:
    """Stop the server if nobody else uses it."""
    with _locked(folder):
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        stop_server(folder)


@contextmanager
def _locked(folder: Path) -> Generator[None]:
    """Hold the folder's lock: only its holder looks for the server, starts it or stops it."""
    with (folder / "server.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _disk_trouble(folder: Path) -> Generator[None]:
    try:
        yield
    except OSError as exc:
        reason = os.strerror(exc.errno) if exc.errno else "unknown reason"
        raise StartUpError(
            f"The embedded database cannot use the folder {folder} ({reason}). "
            "Check that it may be written and that the disk has room."
        ) from exc
