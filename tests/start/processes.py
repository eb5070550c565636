"""SmartBank started as a user starts it: its own processes, a folder of its own, a free port."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WITHIN_S = 90.0


def wait_for(condition, *, within_s=WITHIN_S, every_s=0.1):
    """Return what `condition` returns once that is true; fail if it never is."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(every_s)
    raise AssertionError(f"waited {within_s} s in vain")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def listens(port):
    """Whether somebody listens on a port of this computer."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Started:
    """One `python -m smartbank serve`, and what it says."""

    def __init__(self, folder, *, port=None, **variables):
        self.folder = folder
        self.port = port or free_port()
        self.log = folder.parent / f"{folder.name}-{time.monotonic_ns()}.log"
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SMARTBANK_")}
        mine = {
            "PORT": str(self.port),
            "SMARTBANK_VAR_DIR": str(folder),
            "SMARTBANK_DEMO_CUSTOMERS": "20",
            "SMARTBANK_MARKET_ONLINE": "false",
        }
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "smartbank", "serve"],
                cwd=ROOT,
                env=kept | mine | {name: str(value) for name, value in variables.items()},
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
            )

    def said(self):
        return self.log.read_text()

    def wait_until_ready(self):
        wait_for(lambda: "SmartBank is ready" in self.said() or self.process.poll() is not None)
        assert self.process.poll() is None, self.said()
        return self

    def healthz(self):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5) as answer:
                return answer.status
        except OSError:
            return None

    def password(self):
        found = re.search(r"with the password (\S+) ", self.said())
        return found.group(1) if found else None

    def run(self, command, **variables):
        """Run a command on the same folder, and return what it prints."""
        path = f"{os.path.dirname(sys.executable)}:{os.environ['PATH']}"
        mine = {"SMARTBANK_VAR_DIR": str(self.folder), "PATH": path, **variables}
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SMARTBANK_")}
        done = subprocess.run(
            command, check=False, cwd=ROOT, env=kept | mine, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stderr + done.stdout
        return done.stdout

    def stop(self, sign=signal.SIGINT):
        self.process.send_signal(sign)
        return self.process.wait(WITHIN_S)

    def processes(self, command=""):
        """Return the ids of the processes that work on this folder, but for the first one."""
        return [pid for pid, line in running_on(self.folder) if command in line and pid != self.process.pid]


def running_on(folder):
    """Return id and command line of each process with the folder in its arguments or its environment."""
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            about = line + (entry / "environ").read_bytes().decode(errors="replace")
            if line and str(folder) in about and int(entry.name) != os.getpid():
                yield int(entry.name), line
