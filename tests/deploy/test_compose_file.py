import os
import shutil
import subprocess

import pytest

from tests.deploy.files import DEPLOY, schema_check

COMPOSE = DEPLOY / "compose.yaml"


def compose(*words, **variables):
    command = ["docker", "compose", "--file", str(COMPOSE), *words]
    own = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
    return subprocess.run(command, env=own | variables, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture
def needs_compose():
    if shutil.which("docker") is None or compose("version").returncode:
        pytest.skip("docker compose is not installed here")


def test_the_file_is_one_as_the_compose_specification_has_it(tmp_path):
    wrong = tmp_path / "compose.yaml"
    wrong.write_text(COMPOSE.read_text().replace("healthcheck:", "healthchecks:"))

    assert schema_check("compose-spec", COMPOSE).returncode == 0
    assert schema_check("compose-spec", wrong).returncode == 1


@pytest.mark.usefixtures("needs_compose")
def test_compose_itself_reads_the_file_and_asks_for_the_name():
    example = ["--env-file", str(DEPLOY / "compose.env.example")]

    assert compose(*example, "config", "--quiet").returncode == 0
    nameless = compose("--env-file", os.devnull, "config", "--quiet")
    assert nameless.returncode != 0
    assert "SMARTBANK_ALLOWED_HOSTS" in nameless.stderr
