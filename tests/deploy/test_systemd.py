import os
import re
import shlex
import shutil
import subprocess

import pytest

from tests.deploy.files import DEPLOY, image_variables

UNITS = sorted((DEPLOY / "systemd").iterdir())
SERVICES = [unit for unit in UNITS if unit.suffix == ".service"]
NIGHT = DEPLOY / "systemd" / "smartbank-night.service"
LEAST_EXPOSED = "20"
"""In tenths: "OK" by systemd's own count, where an unguarded service has 96."""


def settings_of(unit):
    """Return [(name, value)] of a unit, continued lines joined."""
    text = re.sub(r"^#.*\n", "", unit.read_text(), flags=re.MULTILINE).replace("\\\n", " ")
    return [tuple(line.split("=", 1)) for line in text.splitlines() if "=" in line]


def asked(*arguments):
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed: apt-get install systemd")
    return subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_knows_every_line_of_a_unit(unit):
    said = asked("verify", str(unit))

    complaints = [line for line in said.stderr.splitlines() if "is not executable: No such file" not in line]
    assert complaints == [], "but that SmartBank is not installed where the unit says"


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_a_service_may_do_little(unit):
    said = asked("security", "--offline=yes", f"--threshold={LEAST_EXPOSED}", str(unit))

    assert said.returncode == 0, said.stdout[-300:]


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_secrets_come_from_a_file_and_data_goes_where_the_image_puts_it(unit):
    said = settings_of(unit)
    variables = dict(pair.split("=", 1) for name, value in said if name == "Environment" for pair in value.split())

    assert ("EnvironmentFile", "/etc/smartbank.env") in said
    assert ("User", "smartbank") in said
    assert variables["SMARTBANK_VAR_DIR"] == image_variables()["SMARTBANK_VAR_DIR"] == "/var/lib/smartbank"
    assert ("StateDirectory", "smartbank") in said
    assert not [name for name in variables if "KEY" in name or "URI" in name]


@pytest.fixture
def night(tmp_path):
    """Run the command of the night with a stand-in for Python; return (exit code, what Python was asked)."""
    stand_in = tmp_path / "bin" / "python"
    stand_in.parent.mkdir()
    stand_in.write_text('#!/bin/sh\necho "$*" >> "$ASKED"\ncase "$*" in *"$FAILS"*) exit 1;; esac\n')
    stand_in.chmod(0o700)
    (tmp_path / "nights").mkdir()
    [command] = [value for name, value in settings_of(NIGHT) if name == "ExecStart"]
    words = shlex.split(command.replace("$$", "$").replace("%%", "%"))

    def night(*, fails="no step"):
        environment = {
            **os.environ,
            "PATH": f"{stand_in.parent}:{os.environ['PATH']}",
            "ASKED": str(tmp_path / "asked"),
            "FAILS": fails,
            "NIGHTS": str(tmp_path / "nights"),
            "LEADS": "/srv/leads",
            "BEST": "9",
        }
        done = subprocess.run(words, env=environment, check=False)
        return done.returncode, (tmp_path / "asked").read_text().splitlines()

    return night


def test_the_night_hands_over_ranks_and_brings_the_best_in(night, tmp_path):
    code, said = night()

    [folder] = (tmp_path / "nights").iterdir()
    assert code == 0
    assert said == [
        f"-m smartbank data in-force {folder}/in-force",
        f"-m smartbank score --input /srv/leads --output {folder}/ranked --in-force {folder}/in-force --best 9",
        f"-m smartbank score {folder}/ranked/_best.parquet --picked",
    ]


def test_a_step_that_fails_fails_the_night_and_nothing_follows(night):
    code, said = night(fails="--output")

    assert code != 0
    assert len(said) == 2


def test_the_timer_starts_the_night():
    assert NIGHT.with_suffix(".timer").exists()
