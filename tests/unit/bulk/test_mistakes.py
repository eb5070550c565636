"""Mistakes in the arguments and the files of a ranking from file to file: what is said, and that nothing is left."""

import os

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smartbank.adapters.bulk.places import found
from smartbank.bootstrap import bulk_steps
from smartbank.bootstrap.bulk import BulkOptions, score_parquet
from smartbank.config import Settings
from smartbank.core.bulk.in_force import InForce
from smartbank.core.rules import ScoringRules
from smartbank.errors import LeadValidationError, ModelArtifactError, OutputError
from tests.bulk import scored, some_leads, written


@pytest.mark.parametrize(
    ("frames", "said"),
    [
        ({"a": some_leads(9).assign(age=500)}, r"None of the 9 .* first is row 1 of .*a\.parquet: Age must be from"),
        ({"a": some_leads(9), "b": some_leads(9), "c": some_leads(9)}, r"first is row 1 of .*b\.parquet: Duplicate"),
        ({"a": some_leads(9).drop(columns="job")}, r"No column for Job was .*\. Rename a column in all files\.$"),
        ({"a": some_leads(9)[[]].assign(x=1)}, r"Columns in the file: x\. Rename"),
        ({"a": some_leads(9).assign(job=b"\xff")}, r"a\.parquet: A column of the Parquet file .* no text in UTF-8"),
    ],
)
def test_why_files_are_refused_is_said_with_a_file_and_a_row(tmp_path, frames, said):
    written(tmp_path / "in", **frames)

    with pytest.raises(LeadValidationError, match=said):
        scored(tmp_path / "in", tmp_path / "out")

    assert [each.name for each in tmp_path.iterdir()] == ["in"]


def test_too_many_columns_are_said_with_the_file(tmp_path):
    (tmp_path / "in").mkdir()
    pq.write_table(pa.table({f"x{number}": [1] for number in range(300)}), tmp_path / "in" / "a.parquet")

    with pytest.raises(LeadValidationError, match=r"a\.parquet: The file has 300 columns; 200 is the limit"):
        scored(tmp_path / "in", tmp_path / "out")


def test_a_name_with_marks_of_a_pattern_is_taken_as_it_is_where_it_is_there(tmp_path):
    folder = written(tmp_path / "night [1]", a=some_leads(9))

    assert found(str(folder)) == found(str(folder / "a.parquet")) == [f"file://{folder}/a.parquet"]
    with pytest.raises(LeadValidationError, match="There is no Parquet file"):
        found(str(tmp_path / "night [2]"))
    with pytest.raises(OutputError, match="finds leads"):
        scored(folder, folder / "ranked")


@pytest.fixture
def closed(monkeypatch):
    """Have folders of some names refuse to be looked into, also to root."""
    scandir = os.scandir

    def refusing(path):
        if os.path.basename(path) in ("closed", "lost+found"):
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)


def test_leads_that_cannot_be_looked_for_are_not_left_out_in_silence(tmp_path, closed):
    written(tmp_path / "in", a=some_leads(9))
    (tmp_path / "in" / "lost+found").mkdir()
    assert len(found(str(tmp_path / "in"))) == 1
    written(tmp_path / "in" / "closed", b=some_leads(9))

    for place in (tmp_path / "in", tmp_path / "in" / "closed"):
        with pytest.raises(LeadValidationError, match=r"cannot be read\. Check the address and your rights"):
            found(str(place))


def test_a_file_is_no_place_for_a_ranking(tmp_path):
    written(tmp_path / "in", a=some_leads(9))
    (tmp_path / "file").write_text("mine")

    with pytest.raises(OutputError, match=r"file is a file\. Name a new folder"):
        scored(tmp_path / "in", tmp_path / "file")

    assert (tmp_path / "file").read_text() == "mine"


def test_a_folder_without_models_is_named(tmp_path):
    written(tmp_path / "in", a=some_leads(9))
    options = BulkOptions(given=InForce(ScoringRules()), market="snapshot", rows_per_part=10)

    with pytest.raises(ModelArtifactError, match=r"champion\.json is missing in the folder of models, away\."):
        score_parquet(
            str(tmp_path / "in"),
            str(tmp_path / "out"),
            options=options,
            settings=Settings(models_dir=tmp_path / "away"),
            say=lambda _: None,
        )


def test_no_driver_for_the_web_is_said_by_its_name(tmp_path, monkeypatch):
    def no_driver(_):
        raise ImportError

    monkeypatch.setattr("smartbank.adapters.bulk.places.url_to_fs", no_driver)

    with pytest.raises(LeadValidationError, match="https:// needs aiohttp, which is not installed"):
        found("https://bank.example/a.parquet")


@pytest.mark.parametrize("how", ["written again", "taken away"])
@pytest.mark.parametrize("where", ["{here}", "memory://{here}"])
def test_a_file_that_changes_while_it_is_scored_makes_no_ranking(tmp_path, monkeypatch, where, how):
    place = where.format(here=tmp_path)
    system, root = fsspec.core.url_to_fs(place)
    system.put(str(written(tmp_path / "made", a=some_leads(9))), f"{root}/in", recursive=True)
    rank, leads = bulk_steps.rank, system.cat_file(f"{root}/in/a.parquet")

    def changes(*arguments):
        system.rm_file(f"{root}/in/a.parquet")
        if how == "written again":
            system.pipe_file(f"{root}/in/a.parquet", leads)
        return rank(*arguments)

    monkeypatch.setattr(bulk_steps, "rank", changes)
    with pytest.raises(LeadValidationError, match=r"in/a\.parquet was written again or taken away meanwhile"):
        scored(f"{place}/in", f"{place}/out")

    assert not [each for each in system.find(root) if "out" in each]
    system.rm(f"{root}/in", recursive=True)
