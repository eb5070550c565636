"""Start an image of SmartBank as docs/operations.md says it is run, and say whether each claim there holds.

`python -m scripts.try_image smartbank:0.1.0 --engine podman`, on Linux, in the repository's environment. The containers
share this computer's network and use an embedded database that is started beside them and thrown away at the end. Each
claim is a line; the first that does not hold ends it with what the container said.
"""

import argparse
import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pandas as pd

from benchmarks._ports import free_port
from smartbank.bootstrap import new_data_key, open_database
from smartbank.config import Settings

ROOT: Final = Path(__file__).resolve().parents[1]
NAME: Final = "smartbank.bank.example"
USER: Final = "10001"
N_LEADS: Final = 2_000
_WITHIN_S: Final = 60.0
_STOPS_WITHIN_S: Final = 10
_NO_RIGHTS: Final = ("CapEff:\t0000000000000000", "CapBnd:\t0000000000000000", "NoNewPrivs:\t1")
_MEMORY: Final = "/tmp"  # noqa: S108  # nosec B108  in the container
_HARDENED: Final = (
    "--network=host",
    "--read-only",
    f"--tmpfs={_MEMORY}:mode=1777,size=512m",
    "--cap-drop=ALL",
    "--security-opt=no-new-privileges",
)


class Image:
    """An image, and how it is run.

    Parameters
    ----------
    engine : str
        The command of the container engine, whose options are Docker's.
    variables : mapping
        Environment variables of each container.
    """

    def __init__(self, name: str, *, engine: str, variables: dict[str, str]) -> None:
        self.name = name
        self.engine = engine
        self.variables = [f"--env={key}={value}" for key, value in variables.items()]

    def run(self, *words: str, options: tuple[str, ...] = ()) -> str:
        """Run a command of the image to its end, and return what it printed."""
        return self._said("run", "--rm", "--no-healthcheck", *_HARDENED, *self.variables, *options, self.name, *words)

    @contextmanager
    def started(self, *words: str, options: tuple[str, ...] = ()) -> Generator[str]:
        """Start a container, and yield its id; it is removed at the end."""
        container = self._said("run", "--detach", *_HARDENED, *self.variables, *options, self.name, *words).split()[-1]
        try:
            yield container
        finally:
            self._engine("rm", "--force", "--volumes", container)

    def inside(self, container: str, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command in a started container."""
        return self._engine("exec", container, *words)

    def stop(self, container: str) -> int:
        """Ask a container to stop, and return its exit code; 137 where it had to be killed."""
        self._said("stop", "-t", str(_STOPS_WITHIN_S), container)
        return int(self._said("inspect", "--format={{.State.ExitCode}}", container))

    def log(self, container: str) -> str:
        """Return what a container wrote to its log so far."""
        done = self._engine("logs", container)
        return done.stdout + done.stderr

    def health_check(self, container: str) -> list[str]:
        """Return the command by which a container of the image says whether it is healthy."""
        said = json.loads(self._said("inspect", "--format={{json .Config.Healthcheck}}", container))
        claim("the image has a health check; podman keeps it with --format docker alone", bool(said))
        return list(said["Test"][1:])  # before it stands CMD

    def _said(self, *words: str) -> str:
        done = self._engine(*words)
        if done.returncode:
            raise SystemExit(
                f"not so: {self.engine} {words[0]} ended with {done.returncode}\n{done.stdout}{done.stderr}"
            )
        return done.stdout

    def _engine(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([self.engine, *words], capture_output=True, text=True, timeout=300, check=False)  # noqa: S603


def main() -> None:
    """Try an image, and end with 1 where a claim does not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("image", help="such as smartbank:0.1.0")
    parser.add_argument("--engine", default="docker", help="docker or podman")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(var_dir=Path(folder) / "var", models_dir=ROOT / "models", mongodb_uri=None)
        port = str(free_port())
        with open_database(settings) as uri:
            variables = {
                "SMARTBANK_MONGODB_URI": uri,
                "SMARTBANK_ALLOWED_HOSTS": NAME,
                "SMARTBANK_DATA_KEYS": new_data_key(),
                "SMARTBANK_MARKET_ONLINE": "false",
                "PORT": port,
            }
            image = Image(given.image, engine=given.engine, variables=variables)
            try_setup(image)
            try_web(image, int(port))
            try_worker(image)
            try_ranking(image, Path(folder))
    sys.stdout.write("All of it is so.\n")


def try_setup(image: Image) -> None:
    """Try the command that makes the schema and the first administrator."""
    claim("setup makes the schema and says the first password", "with the password" in image.run("setup"))
    claim("setup finds all of it there the next time", "with the password" not in image.run("setup"))


def try_web(image: Image, port: int) -> None:
    """Try a web process: its health, whom it answers, who it is and where it writes."""
    with image.started() as web:
        check = image.health_check(web)
        within("a web process calls itself healthy", lambda: image.inside(web, *check).returncode == 0, image, web)
        claim("it answers under its name", status(port, "/", NAME) == 200)
        claim("it answers under no other name", status(port, "/", "elsewhere.example") == 421)
        claim("its API lives", status(port, "/api/health", NAME) == 200)
        user = image.inside(web, "id", "-u").stdout.strip()
        claim(f"it runs as user {USER}", user == USER)
        rights = image.inside(web, "cat", "/proc/1/status").stdout
        claim("it has no rights of the kernel and gets none", all(line in rights for line in _NO_RIGHTS))
        written = [path for path in (_MEMORY, "/opt/smartbank", "/opt/libraries", "/") if _can_write(image, web, path)]
        claim(f"it can write to {_MEMORY} and nowhere beside the code", written == [_MEMORY])
        logged = image.log(web)
        claim("it starts without a warning", logged.count('"WARNING"') + logged.count('"ERROR"') == 0, logged)
        claim(f"it stops within {_STOPS_WITHIN_S} seconds when asked", image.stop(web) == 0)


def try_worker(image: Image) -> None:
    """Try a worker with a new volume for the backups."""
    with image.started("worker", options=("--no-healthcheck", "--volume=/var/lib/smartbank")) as worker:
        within("a worker waits for work", lambda: "waits for work" in image.log(worker), image, worker)
        claim("its volume is its own to write to", _can_write(image, worker, "/var/lib/smartbank"))
        claim(f"it stops within {_STOPS_WITHIN_S} seconds when asked", image.stop(worker) == 0)


def try_ranking(image: Image, folder: Path) -> None:
    """Try the ranking of a file of leads without a database, as the user who tries it, so that the files are theirs."""
    shared = folder / "leads"
    shared.mkdir()
    leads = pd.DataFrame(
        {"customer_id": [f"C-{n}" for n in range(N_LEADS)], "age": [20 + n % 60 for n in range(N_LEADS)]}
    )
    leads.assign(job="admin.").to_parquet(shared / "leads.parquet")
    inside = "/var/lib/smartbank"
    asked = ("score", "--input", f"{inside}/leads.parquet", "--output", f"{inside}/ranked")
    said = image.run(*asked, options=(f"--user={os.getuid()}:{os.getgid()}", f"--volume={shared}:{inside}"))
    claim("it ranks a file of leads, whoever it runs as", f"{N_LEADS:,} leads ranked" in said)


def claim(what: str, holds: bool, said: str = "") -> None:
    """Say that a claim holds, or end with what was said instead."""
    if not holds:
        raise SystemExit(f"not so: {what}\n{said}")
    sys.stdout.write(f"so: {what}\n")


def within(what: str, is_so: Callable[[], bool], image: Image, container: str) -> None:
    """Wait until a claim about a started container holds, a minute at most."""
    deadline = time.monotonic() + _WITHIN_S
    while not (holds := is_so()) and time.monotonic() < deadline:
        time.sleep(0.5)
    claim(what, holds, image.log(container))


def status(port: int, path: str, host: str) -> int:
    """Return the status a web process on this computer answers a name with."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path, headers={"Host": host})
        return connection.getresponse().status
    finally:
        connection.close()


def _can_write(image: Image, container: str, folder: str) -> bool:
    return image.inside(container, "touch", f"{folder}/tried").returncode == 0


if __name__ == "__main__":
    main()
