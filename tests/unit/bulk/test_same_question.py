"""The same command once more, as a scheduler gives it: a ranking that is there is not made again, nor written over."""

import json
import os
from datetime import UTC, datetime

import fsspec
import pytest

from smartbank.adapters.bulk.in_force_folder import write_in_force
from smartbank.bootstrap import bulk_steps
from smartbank.bootstrap.bulk import BulkOptions, score_parquet
from smartbank.core.bulk.in_force import InForce, barred_ids
from smartbank.core.rules import ScoringRules
from smartbank.errors import OutputError
from smartbank.ml.artifact_files import champion_version
from smartbank.ml.shelf import ArtifactShelf
from tests.bulk import SETTINGS, content, scored, some_leads, written


@pytest.fixture(params=["{here}/", "file://{here}/", "memory://{here}/"])
def where(request, tmp_path):
    """A place for leads and rankings, with leads; empty afterwards."""
    place = request.param.format(here=tmp_path)
    folder = written(tmp_path / "written", a=some_leads(40), b=some_leads(30, seed=1, first=40))
    system, root = fsspec.core.url_to_fs(place)
    system.put(str(folder), f"{root.rstrip('/')}/in", recursive=True)
    yield place
    if "memory" in place:
        system.store.clear()
        system.pseudo_dirs[:] = [""]


def ranked(place, **more):
    """Rank the leads of a place, and return what is said."""
    said = []
    options = BulkOptions(**{"given": InForce(ScoringRules()), "market": "snapshot", "rows_per_part": 50} | more)
    score_parquet(f"{place}in", f"{place}out", options=options, settings=SETTINGS, say=said.append)
    return said


def kept(place):
    system, path = fsspec.core.url_to_fs(f"{place}out")
    return {each: system.cat_file(each) for each in system.ls(path, detail=False)}


def test_the_same_once_more_says_that_it_is_there_and_does_nothing(where, monkeypatch):
    ranked(where, best=5)
    before = kept(where)
    monkeypatch.setattr(bulk_steps, "score", lambda *_: pytest.fail("scored again"))

    said = ranked(where, best=5, workers=3)

    assert said == [f"{where}out holds the whole ranking of these files by these options already. Nothing was done."]
    assert kept(where) == before
    system, root = fsspec.core.url_to_fs(where)
    assert len([each for each in system.ls(root, detail=False) if "smartbank-" in each]) == 0


def test_files_written_anew_are_another_question(where):
    ranked(where)
    system, root = fsspec.core.url_to_fs(f"{where}in")
    leads, before = system.cat_file(f"{root}/b.parquet"), kept(where)
    system.pipe_file(f"{root}/b.parquet", leads)
    if "memory" not in where:
        os.utime(f"{root}/b.parquet", (1, 1))  # the same bytes, at another moment

    with pytest.raises(OutputError, match=r"what differs is 1 file of --input that was added.*in/b\.parquet\)\. Name"):
        ranked(where)
    system.pipe_file(f"{root}/c.parquet", leads)
    with pytest.raises(OutputError, match=r"what differs is 2 files of --input that were added"):
        ranked(where)

    assert kept(where) == before


def test_a_file_behind_a_link_that_is_written_anew_is_noticed(tmp_path):
    written(tmp_path / "night", a=some_leads(20))
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.parquet").symlink_to(tmp_path / "night" / "a.parquet")
    ranked(f"{tmp_path}/")
    os.utime(tmp_path / "night" / "a.parquet", (1, 1))

    with pytest.raises(OutputError, match="1 file of --input"):
        ranked(f"{tmp_path}/")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"given": InForce(ScoringRules(base_rate=0.05))}, "the base rate or the bands"),
        ({"given": InForce(ScoringRules(), require_consent=True)}, "whether consent is required"),
        ({"with_reasons": False}, r"\(--no-reasons\)"),
        ({"best": 6}, r"\(--best\)"),
        ({"rows_per_part": 49, "anyway": True}, r"\(--rows-per-part\) and whether .* \(--anyway\)\."),
        ({"given": InForce(ScoringRules(), barred=barred_ids({"C-1": "objected"}))}, "whom SmartBank knows"),
    ],
)
def test_another_question_is_refused_and_said_in_what_it_differs(tmp_path, more, said):
    written(tmp_path / "in", a=some_leads(40))
    ranked(f"{tmp_path}/", best=5)
    before = content(tmp_path / "out")

    with pytest.raises(OutputError, match=said):
        ranked(f"{tmp_path}/", **{"best": 5} | more)

    assert content(tmp_path / "out") == before


def test_what_is_in_force_is_part_of_the_question(tmp_path):
    shelf, rules = ArtifactShelf(SETTINGS.models_dir), ScoringRules(base_rate=0.05)
    shipped = champion_version(SETTINGS.models_dir)
    other = next(version for version in shelf.shipped_versions() if version != shipped)
    written(tmp_path / "in", a=some_leads(40))
    for name, version in (("same", shipped), ("other", other)):
        in_force = InForce(rules, made_at=datetime.now(UTC), barred=barred_ids({"C-1": "objected"}))
        write_in_force(str(tmp_path / name), in_force, version=version, model=shelf.packed(version))
    ranked(f"{tmp_path}/", in_force=str(tmp_path / "same"))

    assert "Nothing was done" in ranked(f"{tmp_path}/", in_force=str(tmp_path / "same"))[0]
    with pytest.raises(OutputError, match="what differs is the model and when the database said what is in force"):
        ranked(f"{tmp_path}/", in_force=str(tmp_path / "other"))


@pytest.mark.parametrize("change", ["missing", "shorter", "more"])
def test_a_ranking_that_is_not_whole_any_more_is_not_taken_for_the_answer(tmp_path, change):
    written(tmp_path / "in", a=some_leads(90))
    ranked(f"{tmp_path}/")
    part = tmp_path / "out" / "part-00001.parquet"
    if change == "missing":
        part.unlink()
    else:
        (part if change == "shorter" else part.with_name("part-00002.parquet")).write_bytes(b"PAR1")

    with pytest.raises(OutputError, match=r"not whole any more: part-0000[12]\.parquet is missing, changed or not"):
        ranked(f"{tmp_path}/")


def test_a_ranking_that_does_not_say_what_it_was_asked_is_another_one(tmp_path):
    written(tmp_path / "in", a=some_leads(20))
    manifest = scored(tmp_path / "in", tmp_path / "out")
    manifest.pop("question")
    (tmp_path / "out" / "_manifest.json").write_text(json.dumps(manifest))

    with pytest.raises(OutputError, match="it does not say what it was asked"):
        scored(tmp_path / "in", tmp_path / "out")


@pytest.mark.parametrize("best", [0, 5])
def test_of_two_at_once_the_later_one_finds_the_ranking_of_the_first(tmp_path, monkeypatch, best):
    written(tmp_path / "in", a=some_leads(20))
    rank = bulk_steps.rank

    def another_ends_first(*arguments):
        monkeypatch.setattr(bulk_steps, "rank", rank)
        ranked(f"{tmp_path}/")
        return rank(*arguments)

    monkeypatch.setattr(bulk_steps, "rank", another_ends_first)
    if best:
        with pytest.raises(OutputError, match=r"what differs is .* \(--best\)"):
            ranked(f"{tmp_path}/", best=best)
    else:
        assert ranked(f"{tmp_path}/")[-1].endswith("already. Nothing was done.")

    assert sorted(each.name for each in tmp_path.iterdir()) == ["in", "out"]
