"""What a whole process costs: processor time of it and of its children, peak memory, time on the clock."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
_PER_MB: Final = 2**20 if sys.platform == "darwin" else 2**10
"""`ru_maxrss` is in bytes on macOS, in kilobytes elsewhere."""


@dataclass(frozen=True)
class Spent:
    """What a process took from its start to its end.

    Attributes
    ----------
    cpu_s : float
        Seconds of processor time, of the process and of those of its children it waited for.
    peak_mb : float
        Largest resident memory of any one of them.
    clock_s : float
        Seconds on the clock.
    said : str
        What it printed.
    """

    cpu_s: float
    peak_mb: float
    clock_s: float
    said: str

    def __str__(self) -> str:
        """Say processor time and memory."""
        return f"{self.cpu_s:.1f} s CPU, {self.peak_mb:,.0f} MB"


def spent_by(command: Sequence[str], variables: Mapping[str, str] | None = None) -> Spent:
    """Run a command in the repository's folder to its end, and return what it took.

    Who measures has to be small itself: on Linux a child starts with its parent's memory as its peak.

    Raises
    ------
    RuntimeError
        It did not end well; the message is the last line it printed.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        begun = time.monotonic()
        process = subprocess.Popen(  # noqa: S603
            command, cwd=ROOT, env=os.environ | dict(variables or {}), stdout=out, stderr=errors
        )
        spent = ended(process, begun)
        out.seek(0)
        errors.seek(0)
        said, wrong = (file.read().decode(errors="replace") for file in (out, errors))
    if process.returncode:
        lines = (wrong.strip() or said.strip() or f"it ended with {process.returncode}").splitlines()
        raise RuntimeError(lines[-1][:100])
    return replace(spent, said=said)


def ended(process: "subprocess.Popen[bytes]", begun: float) -> Spent:
    """Wait until a process ends, and return what it took since `begun`, a moment of `time.monotonic`."""
    _pid, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return Spent(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / _PER_MB, time.monotonic() - begun, "")


def middle(spent: Sequence[Spent]) -> Spent:
    """Return the one whose processor time is in the middle; of an even number, the lower one."""
    return sorted(spent, key=lambda each: each.cpu_s)[(len(spent) - 1) // 2]
