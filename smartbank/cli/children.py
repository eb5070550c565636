"""The processes `serve` starts: kept alive while it runs, stopped with it, and gone if it is killed."""

import http.client
import logging
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from typing import Final

from smartbank.errors import StartUpError

LONGEST_WAIT_S: Final = 30.0
HEALTHY_AFTER_S: Final = 60.0
"""A process that lived this long is started again at once."""
PARENT_EVERY_S: Final = 0.5

logger = logging.getLogger(__name__)
_REACHED_AT: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  # nosec B104


class Child:
    """One `python -m smartbank COMMAND` process, started again when it dies, later and later if it dies soon."""

    def __init__(self, command: str, *, environment: Mapping[str, str], listener: socket.socket | None = None) -> None:
        self.command = command
        self._arguments = [sys.executable, "-m", "smartbank", command, "--parent", str(os.getpid())]
        self._handed_on = [] if listener is None else [listener.fileno()]
        if listener is not None:
            self._arguments += ["--listener", str(listener.fileno())]
        self._environment = dict(environment)
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self._start_again_at = 0.0
        self._wait_s = 1.0

    def start(self, *, environment: Mapping[str, str] | None = None) -> None:
        """Start the process in a session of its own, so that Ctrl-C reaches `serve` alone, which stops it in order.

        Parameters
        ----------
        environment : mapping or None
            Variables it has from now on, in place of those it had.
        """
        if environment is not None:
            self._environment = dict(environment)
        self._process = subprocess.Popen(  # noqa: S603
            self._arguments,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            pass_fds=self._handed_on,
        )
        self._started_at = time.monotonic()
        self._start_again_at = 0.0

    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process is not None and self._process.poll() is None

    def revive(self) -> None:
        """Start the process again if it died and has waited long enough."""
        if self.alive() or self._process is None:
            return
        now = time.monotonic()
        if not self._start_again_at:
            self._wait_s = 1.0 if now - self._started_at > HEALTHY_AFTER_S else min(2 * self._wait_s, LONGEST_WAIT_S)
            self._start_again_at = now + self._wait_s
            code = self._process.returncode
            logger.warning("The %s ended with code %s; it starts again in %.0f s.", self.command, code, self._wait_s)
        elif now >= self._start_again_at:
            self.start()

    def ask_to_stop(self) -> None:
        """Send SIGTERM, if the process runs."""
        if self._process is not None and self.alive():
            self._process.terminate()

    def stop(self, *, within_s: float) -> None:
        """Stop the process, by force once `within_s` seconds have passed."""
        if self._process is None:
            return
        self.ask_to_stop()
        try:
            self._process.wait(within_s)
        except subprocess.TimeoutExpired:
            logger.warning("The %s did not stop by itself and was ended.", self.command)
            self._process.kill()
            self._process.wait()


def wait_until_answers(host: str, port: int, *, child: Child, within_s: float) -> None:
    """Return once the web server answers. Raises `StartUpError` if it ends first or takes too long."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if not child.alive():
            raise StartUpError("The web server ended while it was starting; the lines above say why.")
        if answers(host, port):
            return
        time.sleep(0.1)
    raise StartUpError(f"The web server did not answer within {within_s:.0f} seconds; the lines above may say why.")


def answers(host: str, port: int) -> bool:
    """Whether a SmartBank web server says there that it is well."""
    connection = http.client.HTTPConnection(_REACHED_AT.get(host, host), port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def leave_with_parent(parent: int, leave: Callable[[], None], *, within_s: float = 10.0) -> None:
    """Watch the process that started this one, from a thread: once it is gone call `leave`, then end by force."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(PARENT_EVERY_S)
        leave()
        time.sleep(within_s)
        os._exit(1)

    threading.Thread(target=watch, name="parent", daemon=True).start()
