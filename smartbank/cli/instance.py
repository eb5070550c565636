"""One SmartBank a folder, and a port nobody else listens on: checked before anything is started."""

import errno
import fcntl
import socket
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from smartbank.errors import StartUpError

BACKLOG: Final = 512


@contextmanager
def sole_instance(var_dir: Path, *, address: str) -> Generator[None]:
    """Hold `serve.lock` in a folder, made if need be; the lock ends with the process, however that dies.

    Raises
    ------
    StartUpError
        Another instance holds it (says where that one is), or the folder cannot be written.
    """
    try:
        var_dir.mkdir(parents=True, exist_ok=True)
        lock = (var_dir / "serve.lock").open("a+", encoding="utf-8")
    except OSError as exc:
        raise StartUpError(
            f"SmartBank cannot write to its folder {var_dir} ({exc.strerror}). "
            "Make it writable, or name another folder in SMARTBANK_VAR_DIR."
        ) from exc
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as exc:
            lock.seek(0)
            where = lock.read().strip() or "another address"
            raise StartUpError(
                f"SmartBank already runs on the folder {var_dir}, at {where}. Open it there, or stop that one first."
            ) from exc
        lock.truncate(0)
        lock.write(address)
        lock.flush()
        yield


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens there: taken once, so that no other program can come in between.

    Raises
    ------
    StartUpError
        The port is taken, or the address is not this computer's; says what to do.
    """
    try:
        family, kind, proto, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, proto)
    except OSError as exc:
        raise StartUpError(_cannot_listen(host, port, exc)) from exc
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # else a port just left is taken for a minute
        listener.bind(place)
        listener.listen(BACKLOG)
    except OSError as exc:
        listener.close()
        raise StartUpError(_cannot_listen(host, port, exc)) from exc
    return listener


def _cannot_listen(host: str, port: int, exc: OSError) -> str:
    if exc.errno != errno.EADDRINUSE:
        return f"SmartBank cannot listen on {host}, port {port} ({exc.strerror}). Check SMARTBANK_HOST and PORT."
    other = port + 1 if port < 65_535 else port - 1
    return f"Port {port} is taken by another program. Stop that program, or choose another port: PORT={other} make run"
