import contextlib
import os
import signal
from pathlib import Path

import pytest

from tests.start.processes import Started, running_on


@pytest.fixture(scope="session", autouse=True)
def needs_proc():
    if not Path("/proc/self/environ").exists():
        pytest.skip("these tests look for processes in /proc")


@pytest.fixture(scope="module")
def started(tmp_path_factory):
    """Start SmartBank, on a new folder unless one is named; whatever is left at the end is killed."""
    all_started = []

    def start(folder=None, **variables):
        all_started.append(Started(folder or tmp_path_factory.mktemp("smartbank") / "var", **variables))
        return all_started[-1]

    yield start
    for one in all_started:
        for pid, _ in running_on(one.folder):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        one.process.wait(60)
