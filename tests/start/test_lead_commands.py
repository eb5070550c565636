"""The commands on leads as processes of their own, on an embedded database that they start and stop."""

import os
import signal
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.database import WITHOUT_SERVER
from tests.start.processes import running_on, wait_for

ROOT = Path(__file__).parents[2]


@pytest.fixture
def command(tmp_path):
    """Run a command to its end, on a new folder, without settings of the surroundings."""
    if find_spec("secantus") is None:
        pytest.skip(WITHOUT_SERVER)
    own = {name: value for name, value in os.environ.items() if not name.startswith("SMARTBANK_")}
    own |= {"SMARTBANK_VAR_DIR": str(tmp_path / "var"), "SMARTBANK_MODELS_DIR": str(ROOT / "models")}

    def command(*arguments, end_by=None):
        """`end_by` is a signal it is sent once its database runs."""
        words = [sys.executable, "-m", "smartbank", *map(str, arguments)]
        with subprocess.Popen(
            words, cwd=ROOT, env=own, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            if end_by is not None:
                wait_for(lambda: [pid for pid, _ in running_on(tmp_path / "var") if pid != process.pid])
                process.send_signal(end_by)
            said, complained = process.communicate(timeout=120)
            return subprocess.CompletedProcess(words, process.returncode, said, complained)

    return command


def test_a_file_is_scored_from_the_command_line_beside_demo_customers(command, tmp_path):
    (tmp_path / "mine.csv").write_text("customer_id,age,job,poutcome\nc1,40,services,failure\nc2,30,student,success\n")
    (tmp_path / "bad.csv").write_text("colour\nred\n")

    demo = command("demo", "--customers", 20, "--seed", 7)
    score = command("score", tmp_path / "mine.csv", "--out", tmp_path / "ranked.csv")
    bad = command("score", tmp_path / "bad.csv")

    assert (demo.returncode, score.returncode, bad.returncode) == (0, 0, 1)
    assert "20 added" in demo.stdout
    assert "2 leads ranked." in score.stdout
    rows = (tmp_path / "ranked.csv").read_text(encoding="utf-8-sig").splitlines()
    assert [row.split(",")[1] for row in rows] == ['"Customer id"', '"c2"', '"c1"']
    assert "Nothing was scored." in bad.stderr
    assert "Traceback" not in demo.stderr + score.stderr + bad.stderr
    assert list(running_on(tmp_path / "var")) == []


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGHUP])
def test_a_command_that_is_told_to_end_stops_the_database_it_started(command, tmp_path, how):
    ended = command("demo", "--customers", 100_000, end_by=how)

    assert (ended.returncode, ended.stderr) == (130, "Interrupted.\n")
    assert list(running_on(tmp_path / "var")) == []
