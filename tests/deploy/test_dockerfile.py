import json
import re
import subprocess
import sys
from http.server import BaseHTTPRequestHandler

import pytest

from smartbank.config import Settings
from tests.deploy.files import DEPLOY, PINNED, ROOT, dockerfile, image_variables, tool


def said(instruction):
    return [words for name, words in dockerfile() if name == instruction]


@pytest.fixture
def answering(listening):
    """Return a function that starts a server which answers /healthz with a status, and returns its port."""

    def start(status):
        class Answer(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(status if self.path == "/healthz" else 404)
                self.end_headers()

            def log_message(self, *arguments):
                pass

        return listening(Answer)

    return start


def test_hadolint_finds_nothing_wrong_with_the_dockerfile():
    checked = subprocess.run(
        [tool("hadolint"), "--failure-threshold", "style", str(DEPLOY / "Dockerfile")],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (checked.returncode, checked.stdout) == (0, "")


def test_every_stage_begins_with_an_image_of_one_version():
    images = [words.split()[0] for words in said("FROM")]

    assert len(images) == 2
    assert all(PINNED.fullmatch(image) for image in images)


def test_only_what_the_main_lock_file_pins_is_installed_with_its_hashes():
    [install] = [words for words in said("RUN") if "pip install" in words]

    assert "--require-hashes --no-deps" in install
    assert re.findall(r"-r (\S+)", install) == ["/tmp/requirements.txt"]  # noqa: S108
    assert said("COPY")[0] == "requirements.txt /tmp/requirements.txt"
    assert "embedded" not in (ROOT / ".dockerignore").read_text()


def test_it_runs_as_a_fixed_user_who_owns_nothing_but_the_folder_for_backups():
    owned = [words for words in said("RUN") if "10001" in words]

    assert said("USER") == ["10001:10001"]
    assert dockerfile().index(("USER", "10001:10001")) > max(
        place for place, (name, _) in enumerate(dockerfile()) if name in ("RUN", "COPY")
    )
    assert len(owned) == 1
    assert image_variables()["SMARTBANK_VAR_DIR"] in owned[0]
    assert not any("--chown" in words for words in said("COPY"))


def test_every_variable_of_smartbank_is_a_setting_and_production_mode_is_on(monkeypatch):
    variables = image_variables()
    ours = {name for name in variables if name.startswith("SMARTBANK_")}
    for name, value in variables.items():
        if name in ours or name == "PORT":
            monkeypatch.setenv(name, value)

    settings = Settings(_env_file=None)

    assert ours <= {f"SMARTBANK_{field.upper()}" for field in Settings.model_fields}
    assert (settings.production, settings.host, settings.demo_customers) == (True, "0.0.0.0", 0)  # noqa: S104
    assert variables["PYTHONDONTWRITEBYTECODE"] == "1"


def test_all_that_is_copied_is_let_in_and_nothing_else():
    allowed = {
        line.removeprefix("!").split("/")[0]
        for line in (ROOT / ".dockerignore").read_text().splitlines()
        if line.startswith("!")
    }

    copied = {words.split()[0] for words in said("COPY") if not words.startswith("--from")}

    assert copied == allowed
    assert all((ROOT / name).exists() for name in copied)


@pytest.mark.parametrize(("status", "is_well"), [(200, True), (503, False)])
def test_the_health_check_asks_the_process_without_another_program(answering, status, is_well):
    [check] = said("HEALTHCHECK")
    command = json.loads(check[check.index("[") :])

    done = subprocess.run(
        [sys.executable, *command[1:]], env={"PORT": str(answering(status))}, capture_output=True, check=False
    )

    assert command[0] == "python"
    assert (done.returncode == 0) is is_well


def test_its_commands_are_those_of_smartbank_in_exec_form():
    assert json.loads(said("ENTRYPOINT")[0]) == ["python", "-m", "smartbank"]
    assert json.loads(said("CMD")[0]) == ["web"]
