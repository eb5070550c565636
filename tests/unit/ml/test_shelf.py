import io
import json
import zipfile

import pytest

from smartbank.adapters.memory import MemoryFileStore
from smartbank.core.model_versions import model_file
from smartbank.core.ports import Artifact
from smartbank.errors import ModelArtifactError
from smartbank.ml.artifact_files import champion_version, load_files
from smartbank.ml.shelf import ArtifactShelf


@pytest.fixture
def files():
    return MemoryFileStore()


@pytest.fixture
def version(small_models):
    return champion_version(small_models)


@pytest.fixture
def kept(small_models, version, files, tmp_path):
    """A shelf whose folder is empty, with the small model in the database."""
    shelf = ArtifactShelf(tmp_path, files)
    shelf.keep(Artifact(version, load_files(small_models, version)))
    return shelf


def test_a_kept_model_scores_as_the_one_in_the_folder(kept, small_models, version):
    here, there = ArtifactShelf(small_models).load(version), kept.load(version)

    assert here.version == there.version == version
    assert (here.scorer.reference_margins() == there.scorer.reference_margins()).all()
    assert here.training_rows.rows().equals(there.training_rows.rows())
    assert kept.content(version) == load_files(small_models, version)
    assert kept.card(version) == json.loads(load_files(small_models, version)["card.json"])
    assert kept.card(version) is kept.card(version)


def test_the_same_model_is_kept_as_the_same_bytes(kept, small_models, version, files):
    before = b"".join(files.open(model_file(version)))
    kept.keep(Artifact(version, dict(reversed(load_files(small_models, version).items()))))

    assert b"".join(files.open(model_file(version))) == before


def test_the_folder_has_its_own_versions(small_models, version, kept):
    shipped = ArtifactShelf(small_models).shipped_versions()
    assert len(shipped) == 2
    assert version in shipped
    assert ArtifactShelf(small_models).shipped() == version
    assert kept.shipped_versions() == []


@pytest.mark.parametrize("name", ["booster.json", "card.json", "manifest.json", "reference.parquet"])
def test_a_kept_model_that_was_altered_is_refused_by_the_name_of_the_file(kept, version, files, name):
    content = unpacked(files, version)
    put(files, version, content | {name: content[name] + b" "})
    if name == "manifest.json":  # white space after JSON changes nothing
        put(files, version, content | {name: content[name].replace(b'"sha', b'"SHA').replace(b'"files"', b'"file"')})

    with pytest.raises(ModelArtifactError, match=f"{name.replace('.', '[.]')} of model {version} was altered"):
        kept.load(version)


def test_a_file_that_is_left_out_is_refused(kept, version, files):
    content = unpacked(files, version)
    del content["golden.json"]
    put(files, version, content)

    with pytest.raises(ModelArtifactError, match=r"golden\.json of model .* was altered"):
        kept.load(version)


def test_what_is_no_archive_is_refused(kept, version, files):
    files.save(model_file(version), [b"not a model"])

    with pytest.raises(ModelArtifactError, match="was altered"):
        kept.card(version)


@pytest.mark.parametrize("wanted", ["2026.2-00000000", "", "..", "../../etc", "a" * 300])
def test_a_version_that_lies_nowhere_is_said_so(kept, wanted):
    with pytest.raises(ModelArtifactError, match="neither in the models folder nor in the database"):
        kept.load(wanted)


def test_a_model_under_another_name_is_refused(kept, version, files):
    files.save(model_file("2026.2-00000000"), files.open(model_file(version)))

    with pytest.raises(ModelArtifactError, match=r"manifest\.json of model 2026\.2-00000000 was altered"):
        kept.load("2026.2-00000000")


def test_without_a_database_nothing_is_kept(small_models, version):
    with pytest.raises(ModelArtifactError, match="no database"):
        ArtifactShelf(small_models).keep(Artifact(version, {}))


def unpacked(files, version):
    with zipfile.ZipFile(io.BytesIO(b"".join(files.open(model_file(version))))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def put(files, version, content):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    files.save(model_file(version), [packed.getvalue()])
