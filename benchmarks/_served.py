"""SmartBank started as a user starts it, with made-up customers ranked by a run, and people who are signed in."""

import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from benchmarks._morning import Place
from benchmarks._ports import free_port
from smartbank import bootstrap
from smartbank.bootstrap import Services
from smartbank.config import Settings
from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.people import Role, User
from smartbank.core.work import WorkKind, WorkState
from smartbank.services.runs import run_owner
from smartbank.services.sign_in import token_hash

ROOT: Final = Path(__file__).resolve().parents[1]
_WITHIN_S: Final = 900.0
_SIGNED_IN_FOR: Final = timedelta(hours=12)


@dataclass(frozen=True)
class Served:
    """A started SmartBank."""

    folder: Path
    port: int
    process_id: int

    def place(self, people: int) -> Place:
        """Sign so many managers in, new ones each time, and return where they click. Waits for the run to be done."""
        command = [sys.executable, "-m", "benchmarks._served", str(self.folder), str(people)]
        said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout  # noqa: S603
        tokens, ids = json.loads(said)
        return Place(f"http://localhost:{self.port}", tokens, ids)

    def memory_mb(self) -> float:
        """Return the memory the web process has in use now, in MB of 2^20 bytes."""
        status = Path(f"/proc/{self._web()}/status").read_text(encoding="utf-8")
        return int(status.split("VmRSS:")[1].split()[0]) / 1024

    def cpu_s(self) -> float:
        """Return the CPU time the web process has used since it began, in seconds."""
        used = Path(f"/proc/{self._web()}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return (int(used[11]) + int(used[12])) / os.sysconf("SC_CLK_TCK")

    def _web(self) -> int:
        named = f"smartbank web --parent {self.process_id} ".encode()
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                if named in (entry / "cmdline").read_bytes().replace(b"\0", b" "):
                    return int(entry.name)
            except OSError:  # it ended meanwhile
                continue
        raise RuntimeError("The web process is not there.")


@contextmanager
def served(folder: Path, *, customers: int) -> Generator[Served]:
    """Start SmartBank on a new folder, and stop it.

    Parameters
    ----------
    customers : int
        Made-up customers; the worker ranks them after the start.
    """
    port = free_port()
    variables = {
        "PORT": str(port),
        "SMARTBANK_VAR_DIR": str(folder),
        "SMARTBANK_DEMO_CUSTOMERS": str(customers),
        "SMARTBANK_MARKET_ONLINE": "false",
        "SMARTBANK_REQUESTS_PER_MINUTE": "0",
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SMARTBANK_")}
    log = folder.with_suffix(".log")
    with log.open("w", encoding="utf-8") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "smartbank", "serve"], cwd=ROOT, env=kept | variables, stdout=said, stderr=said
        )
    try:
        _wait_until_ready(process, log)
        yield Served(folder, port, process.pid)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)


def _wait_until_ready(process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _WITHIN_S
    while "SmartBank is ready" not in (said := log.read_text(encoding="utf-8")):
        if process.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(f"SmartBank did not start:\n{said}")
        time.sleep(0.2)


def _signed_in(services: Services) -> str:
    """Make a manager with a session, and return its token."""
    now, token = datetime.now(UTC), secrets.token_urlsafe(32)
    user = User(f"m{secrets.token_hex(6)}", Role.MANAGER, "no password", created_at=now)
    services.users.add(user)
    services.users.start_session(token_hash(token), user, now=now, expires_at=now + _SIGNED_IN_FOR)
    return token


def _ranked_ids(services: Services) -> list[str]:
    deadline = time.monotonic() + _WITHIN_S
    while not (done := [run for run in services.queue.recent(WorkKind.RUN) if run.state is WorkState.DONE]):
        if time.monotonic() > deadline:
            raise SystemExit("The run over the customers did not end.")
        time.sleep(0.5)
    return list(services.frames.load(run_owner(done[0].work_id), columns=[CUSTOMER_ID])[CUSTOMER_ID])


def main() -> None:
    """Sign people in, in a process of its own that ends with its connections: prints their tokens and customers."""
    folder, people = sys.argv[1:]
    with bootstrap.open_services(Settings(var_dir=Path(folder), models_dir=ROOT / "models", mongodb_uri=None)) as known:
        print(json.dumps([[_signed_in(known) for _ in range(int(people))], _ranked_ids(known)]))


if __name__ == "__main__":
    main()
