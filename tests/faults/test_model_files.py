"""A model file is flipped by a bit, missing, or from a newer SmartBank: nothing starts on it, and what runs goes on."""

import contextlib
import json
import random
import re
import shutil
import sys

import pytest

from smartbank import cli
from smartbank.adapters import mongo
from smartbank.errors import ModelArtifactError
from smartbank.ml.artifact_files import FILES
from smartbank.ml.shelf import ArtifactShelf
from smartbank.services.models_in_force import ModelsInForce
from tests.start.processes import ROOT

LEAD = {"personal_info": {"age": 45, "job": "admin"}, "financial_info": {}}


@pytest.fixture
def models(tmp_path):
    """A folder with the champion alone."""
    version = json.loads((ROOT / "models" / "champion.json").read_text())["version"]
    shutil.copytree(ROOT / "models" / version, tmp_path / "models" / version)
    shutil.copy(ROOT / "models" / "champion.json", tmp_path / "models")
    return tmp_path / "models"


def flip(path, rng):
    """Flip one bit of a file, anywhere."""
    content = bytearray(path.read_bytes())
    content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    path.write_bytes(content)


def from_a_newer_one(folder):
    manifest = json.loads((folder / "manifest.json").read_text()) | {"format_version": 99}
    (folder / "manifest.json").write_text(json.dumps(manifest))


@pytest.mark.parametrize("name", FILES)
def test_one_bit_anywhere_in_any_file_is_noticed_and_the_file_is_named(models, name):
    rng = random.Random(name)  # noqa: S311  the name alone makes the fault again
    (folder,) = models.glob("2*")
    whole = (folder / name).read_bytes()

    for _ in range(20):
        flip(folder / name, rng)
        with pytest.raises(ModelArtifactError, match=f"{name} of model .* was altered. Restore the models folder"):
            ArtifactShelf(models).content(folder.name)
        (folder / name).write_bytes(whole)

    assert ArtifactShelf(models).content(folder.name)


def test_one_bit_anywhere_in_the_manifest_is_noticed_or_changes_nothing(models):
    rng = random.Random(0)  # noqa: S311
    (folder,) = models.glob("2*")
    whole, manifest = ArtifactShelf(models).content(folder.name), (folder / "manifest.json").read_bytes()

    for _ in range(60):
        flip(folder / "manifest.json", rng)
        with contextlib.suppress(ModelArtifactError):
            assert ArtifactShelf(models).content(folder.name) == whole
        (folder / "manifest.json").write_bytes(manifest)


@pytest.fixture
def on_faulty(models, server, monkeypatch):
    """Have commands find the database of the folder, its keys, and these models."""
    named = {"MONGODB_URI": server.uri, "MONGODB_DATABASE": "faults", "MODELS_DIR": models, "VAR_DIR": server.folder}
    for name, value in named.items():
        monkeypatch.setenv(f"SMARTBANK_{name}", str(value))
    monkeypatch.setenv("SMARTBANK_EMBEDDED_DATABASE", "true")
    monkeypatch.setattr(sys, "argv", ["smartbank", "models", "list"])
    monkeypatch.setattr(cli, "start_log", lambda *_, **__: None)  # it holds for the whole process
    connect, opened = mongo.connect, []
    monkeypatch.setattr(mongo, "connect", lambda *args, **named: opened.append(connect(*args, **named)) or opened[-1])
    yield
    for database in opened:  # the command's process would have ended
        database.client.close()


FAULTS = {
    "flipped": (lambda folder: flip(folder / "booster.json", random.Random(0)), "booster.json of model .* was altered"),  # noqa: S311
    "missing": (lambda folder: (folder / "tables.json").unlink(), "tables.json of model .* is missing"),
    "newer": (from_a_newer_one, "format version 99; this SmartBank reads versions"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_nothing_starts_on_it_and_the_last_line_says_why(models, on_faulty, capsys, fault):
    spoil, said = FAULTS[fault]
    spoil(*models.glob("2*"))

    with pytest.raises(SystemExit) as ended:
        cli.main()

    said_last = capsys.readouterr().err
    assert ended.value.code == 1
    assert re.search(said, said_last)
    assert "Traceback" not in said_last


@pytest.mark.parametrize("fault", FAULTS)
def test_a_process_that_runs_goes_on_with_the_model_it_has_loaded(models, services, fault):
    running = ModelsInForce(services.registry, ArtifactShelf(models), max_age_s=0)
    before = running.current()

    FAULTS[fault][0](*models.glob("2*"))

    assert running.current() is before
