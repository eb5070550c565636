"""The process of the embedded database: start it, find it again, stop it."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from smartbank.errors import StartUpError
from smartbank.signals import ends_put_off

USER: Final = "smartbank"
CACHE: Final = "1G"
"""With 256 MB the server stands still in evicting pages when 100,000 leads are scored; it takes what it needs."""
_ATTEMPTS: Final = 2
_START_S: Final = 60.0
_STOP_S: Final = 20.0
_PORT_S: Final = 5.0
_ANSWER_MS: Final = 2_000
_PAUSE_S: Final = 0.05
_WRONG_PASSWORD: Final = 18
_IN_BACKGROUND: Final = 'log=$1; pid=$2; shift 2; umask 077; "$@" </dev/null >"$log" 2>&1 & echo $! >"$pid"'
"""The shell writes the process id, so it is known even if SmartBank dies right now."""


@dataclass(frozen=True)
class Server:
    """A server that answers at `uri`, which holds the password: never log it."""

    uri: str


class _GaveUpError(Exception):
    """The engine of the server has given up, as it does on a full disk: it works no more until it is started anew."""


def start_server(folder: Path, *, password: str | None, port: int | None = None) -> Server:
    """Start a server on a folder nobody serves and wait until it answers; without a password it asks for none.

    Parameters
    ----------
    port : int or None
        Where it should listen if that is free, or gets free soon: those who knew it there find it again.

    Raises
    ------
    StartUpError
        It ended or did not answer in time; the message names its log.
    """
    for _ in range(_ATTEMPTS):
        wanted = port if port is not None and _gets_free(port) else _free_port()
        try:
            server = _try_start(folder, wanted, password)
        except BaseException:  # interrupted, for example: a server nobody waits for would go on for ever
            stop_server(folder)
            raise
        if server is not None:
            return server
        stop_server(folder)
    raise StartUpError(
        f"The embedded database did not start. Its own words are in {folder / 'server.log'}. Often the disk is full, "
        "or another program uses the folder."
    )


def _try_start(folder: Path, port: int, password: str | None) -> Server | None:
    server = Server(_uri(port, password))
    write_private(folder / "server.json", json.dumps({"port": port, "auth": password is not None}))
    _run_in_background(folder, port, auth=password is not None)
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline:
        try:
            if _answers(server.uri):
                return server
        except _GaveUpError:
            return None
        if not _is_running(_pid(folder), folder):
            return None  # somebody took the port, or the engine refused the folder
        time.sleep(_PAUSE_S)
    return None


def is_alive(folder: Path) -> bool:
    """Whether the process of the folder's server runs; quick, and without a word to it."""
    return _is_running(_pid(folder), folder)


def known_uri(folder: Path) -> str | None:
    """Return the URI the folder's server was last started at; None if nobody knows."""
    port = last_port(folder)
    try:
        return None if port is None else _uri(port, (folder / "password").read_text())
    except OSError:
        return None


def has_given_up(folder: Path) -> bool:
    """Whether the folder's server answers that its engine has given up; one that takes its time has not."""
    uri = known_uri(folder)
    try:
        if uri is not None:
            _answers(uri)
    except _GaveUpError:
        return True
    except StartUpError:
        return False
    return False


def last_port(folder: Path) -> int | None:
    """Return where the folder's server listens, or listened last; None if nobody knows."""
    try:
        return int(json.loads((folder / "server.json").read_text())["port"])
    except (OSError, ValueError, KeyError):
        return None


def find_server(folder: Path) -> Server | None:
    """Return the folder's server if it runs, asks for the password and answers; None if it is of no use any more."""
    try:
        known = json.loads((folder / "server.json").read_text())
        password = (folder / "password").read_text()
    except (FileNotFoundError, ValueError):
        return None
    if not known["auth"] or not _is_running(_pid(folder), folder):
        return None
    uri = _uri(int(known["port"]), password)
    deadline = time.monotonic() + _STOP_S
    while time.monotonic() < deadline:
        try:
            if _answers(uri):
                return Server(uri)
        except _GaveUpError:
            return None
        if not _is_running(_pid(folder), folder):
            return None
        time.sleep(_PAUSE_S)
    raise StartUpError(
        f"The embedded database in {folder} runs but does not answer. Close every SmartBank that uses the folder "
        "and start again."
    )


def stop_server(folder: Path) -> None:
    """Stop the folder's server, gently first; no error if none runs."""
    pid = _pid(folder)
    for sign in (signal.SIGTERM, signal.SIGKILL):
        deadline = time.monotonic() + _STOP_S
        if pid is not None and _is_running(pid, folder):
            os.kill(pid, sign)
        while _is_running(pid, folder) and time.monotonic() < deadline:
            time.sleep(_PAUSE_S)
    (folder / "server.pid").unlink(missing_ok=True)


def _run_in_background(folder: Path, port: int, *, auth: bool) -> None:
    config, log = folder / "empty.toml", folder / "server.log"
    config.write_text("")
    if log.exists():
        log.replace(folder / "server.previous.log")
    command = [sys.executable, "-m", "secantus", "--config", str(config), "--host", "127.0.0.1", "--port", str(port)]
    command += ["--storage-path", str(storage(folder)), "--cache-size", CACHE, "--log-level", "WARNING"]
    command += ["--sync-on-commit", "--oplog-max-entries", "20000", *(["--auth"] if auth else [])]
    shell = ["/bin/sh", "-c", _IN_BACKGROUND, "sh", str(log), str(folder / "server.pid"), *command]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SECANTUS_", "SMARTBANK_"))}
    environment = {**kept, "SECANTUS_FORCE_DURABLE": "1"}
    with ends_put_off():  # between the start of the server and its id on disk nobody could stop it
        subprocess.run(shell, env=environment, cwd=folder, start_new_session=True, check=True)  # noqa: S603


def _answers(uri: str) -> bool:
    try:
        client: MongoClient[dict[str, Any]] = MongoClient(
            uri, serverSelectionTimeoutMS=_ANSWER_MS, connectTimeoutMS=_ANSWER_MS
        )
        with client:
            return "secantusVersion" in client.admin.command("buildInfo")
    except OperationFailure as exc:
        if exc.code != _WRONG_PASSWORD:
            raise _GaveUpError from exc
        raise StartUpError(
            "The embedded database does not know SmartBank's password. Restore its password file."
        ) from exc
    except PyMongoError:
        return False


def _is_running(pid: int | None, folder: Path) -> bool:
    """Whether a process is this folder's server; a process that ended but was not buried is not."""
    if pid is None:
        return False
    state, arguments = _state_and_arguments(pid)
    return bool(arguments) and not state.startswith("Z") and str(storage(folder)) in arguments


def _state_and_arguments(pid: int) -> tuple[str, str]:
    """Return the state letter and command line of a process, empty if there is none; Linux may lack `ps`."""
    process = Path("/proc") / str(pid)
    try:
        if Path("/proc/self/stat").exists():
            state = (process / "stat").read_text().rpartition(")")[2].split()[0]
            return state, (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
        command = ["ps", "-ww", "-o", "stat=,args=", "-p", str(pid)]
        found = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
        state, _, arguments = found.stdout.strip().partition(" ")
    except OSError:
        return "", ""
    return state, arguments


def storage(folder: Path) -> Path:
    """Return where the server keeps its files."""
    return folder / "data"


def _pid(folder: Path) -> int | None:
    try:
        return int((folder / "server.pid").read_text())
    except (FileNotFoundError, ValueError):
        return None


def _uri(port: int, password: str | None) -> str:
    user = "" if password is None else f"{USER}:{quote(password)}@"
    return f"mongodb://{user}127.0.0.1:{port}/?w=majority&journal=true" + ("&authSource=admin" if user else "")


def _gets_free(port: int) -> bool:
    """Whether a port is free, or soon is: threads of a server that was killed hold it for a moment longer than that."""
    deadline = time.monotonic() + _PORT_S
    while not (is_free := _is_free(port)) and time.monotonic() < deadline:
        time.sleep(_PAUSE_S)
    return is_free


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server does: connections of before linger
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def write_private(path: Path, text: str) -> None:
    """Write a file only its owner may read, whole or not at all."""
    draft = path.with_suffix(".new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
