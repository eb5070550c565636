"""The market commands as processes of their own, against publishers on loopback."""

import os
import subprocess
import sys
from collections import Counter

import pytest

from smartbank import bootstrap
from smartbank.config import Settings
from tests.database import WITHOUT_SERVER
from tests.market_server import MarketServer
from tests.start.processes import ROOT


@pytest.fixture
def publishers():
    with MarketServer() as publishers:
        yield publishers


@pytest.fixture
def refresh(tmp_path, publishers):
    """Start `market refresh` on one database, without settings of the surroundings."""
    pytest.importorskip("secantus", reason=WITHOUT_SERVER)
    folders = {"var_dir": tmp_path / "var", "models_dir": ROOT / "models"}
    own = {name: value for name, value in os.environ.items() if not name.startswith("SMARTBANK_")}
    own |= {f"SMARTBANK_{name.upper()}": str(folder) for name, folder in folders.items()} | publishers.variables()
    with bootstrap.open_database(Settings(**folders)):

        def start(*arguments):
            command = [sys.executable, "-m", "smartbank", "market", "refresh", *arguments]
            pipe = subprocess.PIPE
            return subprocess.Popen(command, cwd=ROOT, env=own, stdout=pipe, stderr=pipe, text=True)

        yield start


def test_two_processes_that_refresh_at_once_fetch_each_series_once(refresh, publishers):
    both = [refresh("--force"), refresh("--force")]

    said = [process.communicate(timeout=120) for process in both]

    assert all("Traceback" not in err for _, err in said), said
    questions = Counter(path for _, path, _ in publishers.questions)
    assert set(questions.values()) == {1}, questions
    assert publishers.asked["ecb euribor"] == publishers.asked["eurostat employment"] == 1
    hops = [[line for line in out.splitlines() if " UTC  " in line] for out, _ in said]
    assert hops[0]
    assert hops[0] == hops[1], said
