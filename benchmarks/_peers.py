"""Environments of the programs SmartBank is compared with: one each in `.bench/`, made once of a pinned list.

SmartBank's own libraries and lock files never hear of them.
"""

import hashlib
import subprocess
import sys
from pathlib import Path
from typing import Final

from benchmarks._processes import ROOT

LISTS: Final = Path(__file__).parent / "peers"
PLACE: Final = ROOT / ".bench"
_STAMP: Final = "made-of"


class PeerMissingError(Exception):
    """The environment of a peer is not there; says why, for the row."""


def peer_python(name: str, *, make: bool = True, lists: Path = LISTS, place: Path = PLACE) -> Path:
    """Return the Python of a peer, in an environment made of `NAME.txt`, and again where that has changed since.

    Raises
    ------
    PeerMissingError
        It could not be made, for instance without a network; or it is not made and `make` says not to.
    """
    wanted, folder = lists / f"{name}.txt", place / name
    python, stamp = folder / "bin" / "python", folder / _STAMP
    key = hashlib.sha256(wanted.read_bytes() + str(folder).encode()).hexdigest()
    if stamp.is_file() and stamp.read_text() == key and python.exists():
        return python
    if not make:
        raise PeerMissingError("its environment is not made; `make bench` makes it")
    print(f"Making {folder} of {wanted.name}; a few minutes, once ...", flush=True)
    _do([sys.executable, "-m", "venv", "--clear", str(folder)])
    _do([str(python), "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-input", "-r", str(wanted)])
    stamp.write_text(key)
    return python


def _do(command: list[str]) -> None:
    ended = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if ended.returncode:
        said = [line for line in (ended.stdout + ended.stderr).splitlines() if line.strip()] or ["it did not say why"]
        raise PeerMissingError(f"its environment could not be made ({said[-1][:120]})")
