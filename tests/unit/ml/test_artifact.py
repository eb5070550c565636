import hashlib
import json
import shutil

import pytest

from smartbank.errors import ModelArtifactError
from smartbank.ml.artifact import load_scorer, load_version
from smartbank.ml.artifact_files import FILES, champion_version, content_version, put_in_force, save_artifact


@pytest.fixture
def models(small_models, tmp_path):
    return shutil.copytree(small_models, tmp_path / "models")


@pytest.fixture
def folder(models):
    return models / json.loads((models / "champion.json").read_text())["version"]


def rewrite(folder, name, change):
    """Change a JSON file and its hash, as a later version of the programme might have written it."""
    content = json.loads((folder / name).read_text())
    change(content)
    (folder / name).write_text(json.dumps(content))
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"][name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest))


def test_an_untouched_artifact_loads_with_its_card(models, folder):
    scorer = load_scorer(models)

    assert scorer.version == folder.name == scorer.card["version"]


@pytest.mark.parametrize("name", [*FILES, "manifest.json"])
def test_a_missing_file_is_named(models, folder, name):
    (folder / name).unlink()

    with pytest.raises(ModelArtifactError, match=f"{name} of model .* is missing"):
        load_scorer(models)


@pytest.mark.parametrize("name", FILES)
def test_an_altered_file_is_named(models, folder, name):
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)

    with pytest.raises(ModelArtifactError, match=f"{name} of model .* was altered"):
        load_scorer(models)


def test_another_format_version_is_named(models, folder):
    manifest = json.loads((folder / "manifest.json").read_text()) | {"format_version": 4}
    (folder / "manifest.json").write_text(json.dumps(manifest))

    with pytest.raises(ModelArtifactError, match="format version 4; this SmartBank reads versions 1, 2, 3"):
        load_scorer(models)


@pytest.mark.parametrize("content", ["not json", "[]", "{}"])
def test_a_manifest_that_says_nothing_is_refused(models, folder, content):
    (folder / "manifest.json").write_text(content)

    with pytest.raises(ModelArtifactError, match=r"manifest\.json|format version None"):
        load_scorer(models)


def test_a_manifest_that_leaves_a_file_out_is_refused(models, folder):
    manifest = json.loads((folder / "manifest.json").read_text())
    del manifest["files"]["tables.json"]
    (folder / "manifest.json").write_text(json.dumps(manifest))

    with pytest.raises(ModelArtifactError, match=r"manifest\.json of model .* was altered"):
        load_scorer(models)


def test_a_golden_row_that_scores_differently_is_named(models, folder):
    def move(golden):
        golden["margins"][7] += 1e-9

    rewrite(folder, "golden.json", move)

    with pytest.raises(ModelArtifactError, match=r"golden row 7 differently here \(1 of 200 rows"):
        load_scorer(models)


def test_a_golden_row_that_is_explained_differently_is_named(models, folder):
    def move(golden):
        golden["contributions"][9][0] += 1e-9

    rewrite(folder, "golden.json", move)

    with pytest.raises(ModelArtifactError, match=r"golden row 9 differently here \(1 of 200 rows"):
        load_scorer(models)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        pytest.param("card.json", lambda card: card.update(version="other"), id="another card"),
        pytest.param("tables.json", lambda tables: tables.update(format_version=1), id="other tables"),
        pytest.param("tables.json", lambda tables: tables.pop("level"), id="no level model"),
        pytest.param("tables.json", lambda tables: tables.update(features=["duration"]), id="duration as a feature"),
        pytest.param("tables.json", lambda tables: tables["features"].pop(), id="a feature less than the trees"),
        pytest.param(
            "tables.json", lambda tables: tables["linear"]["job"]["levels"].pop(), id="a level without a term"
        ),
        pytest.param("booster.json", lambda booster: booster.clear(), id="no trees"),
        pytest.param("golden.json", lambda golden: golden.pop("margins"), id="no golden margins"),
        pytest.param("golden.json", lambda golden: golden["margins"].pop(), id="a golden row without a margin"),
        pytest.param("golden.json", lambda golden: golden.update(rows=[], margins=[]), id="no golden rows"),
    ],
)
def test_content_this_version_cannot_read_is_refused(models, folder, name, change):
    rewrite(folder, name, change)

    with pytest.raises(ModelArtifactError, match="cannot be read by this SmartBank"):
        load_scorer(models)


@pytest.mark.parametrize(
    "champion",
    [
        *('{"version": "2020.1-none"}', '{"version": "../elsewhere"}', '{"version": ".."}', '{"version": ""}', "[]"),
        *("{}", '{"version": "' + "a" * 300 + '"}'),
    ],
)
def test_a_champion_that_is_not_there_is_refused(models, champion):
    (models / "champion.json").write_text(champion)

    with pytest.raises(ModelArtifactError, match=r"champion\.json names a model that is not there"):
        load_scorer(models)


@pytest.mark.parametrize("version", ["", "..", "a/b", "a" * 300])
def test_a_version_that_is_no_folder_of_a_model_is_refused(models, version):
    with pytest.raises(ModelArtifactError, match="is not in the models folder"):
        load_version(models, version)


def test_an_empty_models_folder_is_explained(tmp_path):
    with pytest.raises(ModelArtifactError, match=r"champion\.json is missing .*train"):
        load_scorer(tmp_path)


def test_saving_replaces_a_folder_of_that_version_and_puts_it_in_force(tmp_path):
    save_artifact(tmp_path, "2026.1-aa", {"card.json": b"{}", "old.json": b"{}"})

    folder = save_artifact(tmp_path, "2026.1-aa", {"card.json": b"{}"})
    put_in_force(tmp_path, "2026.1-aa")

    assert sorted(path.name for path in folder.iterdir()) == ["card.json", "manifest.json"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["2026.1-aa", "champion.json"]
    assert champion_version(tmp_path) == "2026.1-aa"


def test_a_folder_that_cannot_be_written_is_explained(tmp_path):
    (tmp_path / "models").write_bytes(b"")

    with pytest.raises(ModelArtifactError, match="could not be written to models"):
        save_artifact(tmp_path / "models", "2026.1-aa", {})
    with pytest.raises(ModelArtifactError, match="could not be written to models"):
        put_in_force(tmp_path / "models", "2026.1-aa")


def test_the_version_follows_the_content():
    files = {"booster.json": b"trees"}

    first = content_version({"seed": 0}, files)

    assert first == content_version({"seed": 0}, dict(files))
    assert first not in (content_version({"seed": 1}, files), content_version({"seed": 0}, {"booster.json": b"tree"}))
    assert first.startswith("2026.4-")
