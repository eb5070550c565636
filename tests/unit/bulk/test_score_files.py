import json

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from smartbank.bootstrap import bulk, bulk_steps
from smartbank.core.level import propensity
from smartbank.core.market.points import point_of
from smartbank.core.market.snapshot import BUNDLED_SNAPSHOT
from smartbank.core.ranking import CONTRIBUTION_COLUMNS, ranked_frame
from smartbank.core.reasons import ReasonWriter
from smartbank.core.rules import ScoringRules
from smartbank.errors import LeadValidationError, OutputError, SmartBankError
from smartbank.services.leveling import replay_levels
from tests.bulk import content, ranking, scored, shipped_scorer, some_leads, written

REASONS = ["reason_1", "reason_2", "reason_3"]


@pytest.fixture(scope="module")
def scorer():
    return shipped_scorer()


def clean(leads):
    """Return leads as an upload has them: unknown is missing, 999 days are never."""
    return leads.replace("", None)


def test_the_ranking_is_that_of_a_run_with_the_same_bits_bands_and_reasons(tmp_path, scorer):
    leads = some_leads(700)
    manifest = scored(written(tmp_path / "in", a=leads.head(300), b=leads.tail(400)), tmp_path / "out")

    found = ranking(tmp_path / "out")
    margins, contributions = scorer.margins(clean(leads)), scorer.contributions(clean(leads))
    levels = np.full(700, manifest["level"]["intercept"] + manifest["level"]["market_shift"])
    run = ranked_frame(clean(leads), margins=margins, contributions=contributions, levels=levels, rules=ScoringRules())
    said = ReasonWriter(scorer.rate, float(scorer.card["base_rate"])).top_sentences(
        run, run[list(CONTRIBUTION_COLUMNS)].to_numpy(np.float64)
    )
    assert found["customer_id"].tolist() == run["customer_id"].tolist()
    assert found["rank"].tolist() == list(range(1, 701))
    assert np.array_equal(found["propensity"], run["propensity"])
    assert found["band"].astype(str).tolist() == run["band"].tolist()
    assert found[REASONS].astype(object).fillna("").to_numpy().tolist() == said.to_numpy().tolist()
    assert abs(found["propensity"].mean() - manifest["level"]["rate"]) < 1e-5
    assert manifest["leads"]["ranked"] == sum(manifest["leads"]["bands"].values()) == 700


def test_the_same_leads_come_to_the_same_leads_whatever_the_size_of_the_parts(tmp_path):
    folder = written(tmp_path / "in", a=some_leads(500), b=some_leads(300, seed=1, first=500))

    one = scored(folder, tmp_path / "one")
    many = scored(folder, tmp_path / "many", rows_per_part=90, with_reasons=False)
    again = scored(folder, tmp_path / "again", rows_per_part=90, with_reasons=False)

    assert (len(one["parts"]), len(many["parts"])) == (1, 9)
    pd.testing.assert_frame_equal(
        ranking(tmp_path / "one").drop(columns=REASONS), ranking(tmp_path / "many"), check_categorical=False
    )
    assert content(tmp_path / "many") == content(tmp_path / "again")
    assert many["leads"]["expected_sales"] == pytest.approx(one["leads"]["expected_sales"])
    assert again == many


def test_each_row_is_ranked_or_said_to_be_not_with_its_file_row_and_reason(tmp_path):
    first, second = some_leads(120), some_leads(120, seed=1, first=100)  # C-100 to C-119 are in both
    first = first.assign(age=first["age"].astype(str), objected="no")
    second = second.assign(age=second["age"].astype(str), objected="no")
    first.loc[3, "age"] = "old"
    first.loc[5, "objected"] = "yes"
    second.loc[0, "age"] = "old"  # C-100 again: it does not count as a duplicate
    folder = written(tmp_path / "in", a=first, b=second)

    manifest = scored(folder, tmp_path / "out", rows_per_part=60)

    aside = pd.read_parquet(tmp_path / "out" / "_set-aside.parquet")
    names = aside["file"].str.rpartition("/")[2]
    assert list(zip(names, aside["row"], aside["column"], aside["value"], aside["reason"], strict=True))[:3] == [
        ("a.parquet", 4, "age", "old", "Age is not a number."),
        ("a.parquet", 6, "", "", "Must not be called: objected to calls."),
        ("b.parquet", 1, "age", "old", "Age is not a number."),
    ]
    assert aside["row"].tolist()[3:] == list(range(2, 21))
    assert set(aside["reason"][3:]) == {"Duplicate customer id: the first row is used."}
    assert manifest["leads"]["set_aside"] == 21
    assert manifest["leads"]["of_them_duplicates"] == 19
    assert manifest["leads"]["must_not_be_called"] == {"objected": 1}
    assert manifest["leads"]["ranked"] + 21 + 1 == manifest["input"]["rows"] == 240
    found = ranking(tmp_path / "out")
    assert found["customer_id"].is_unique
    assert len(found) == 218
    assert found["propensity"].is_monotonic_decreasing


def test_ids_are_compared_range_by_range_where_there_are_many(tmp_path, monkeypatch):
    leads = some_leads(300)
    folder = written(tmp_path / "in", a=leads, b=leads.tail(40))
    whole = scored(folder, tmp_path / "whole")
    monkeypatch.setattr("smartbank.services.bulk.scoring.IDS_OF_A_RANGE", 50)

    ranges = scored(folder, tmp_path / "ranges")

    assert whole["leads"]["of_them_duplicates"] == 40
    assert content(tmp_path / "whole") == content(tmp_path / "ranges")
    assert ranges == whole


def test_a_replay_moves_each_row_to_its_own_market(tmp_path, scorer):
    leads = some_leads(400)
    euribor = np.where(np.arange(400) % 2, 0.7, 4.9)
    market = {"euribor3m": euribor, "cons_price_idx": 93.994, "emp_var_rate": 1.1}
    folder = written(tmp_path / "in", a=leads.assign(**market))

    manifest = scored(folder, tmp_path / "out", market="file", rows_per_part=150, rules=ScoringRules(base_rate=0.05))

    found = ranking(tmp_path / "out").set_index("customer_id")
    margins = scorer.margins(clean(leads))
    own = pd.DataFrame({"euribor3m": euribor, "emp_var_rate": 1.1, "cpi_yoy": scorer.cpi["93.994"]})
    _, levels = replay_levels(margins, own, rules=ScoringRules(base_rate=0.05), scorer=scorer)
    expected = pd.Series(propensity(levels + margins), index=leads["customer_id"])
    assert np.abs(found["propensity"] - expected[found.index]).max() < 1e-5
    assert found["propensity"].is_monotonic_decreasing
    assert manifest["market"] == {"of": "file"}
    assert manifest["level"]["snapshot_id"] == "file"


def test_few_leads_stand_on_the_reference_leads_and_an_own_base_rate_on_todays_market(tmp_path):
    folder = written(tmp_path / "in", a=some_leads(20))
    rules = ScoringRules(base_rate=0.04, base_rate_source="you", base_rate_market=point_of(BUNDLED_SNAPSHOT))

    level = scored(folder, tmp_path / "out", rules=rules)["level"]

    assert (level["anchor"], level["rate"], level["market_shift"]) == ("reference", 0.04, 0.0)


def test_a_part_says_what_made_it_and_the_manifest_its_checksums(tmp_path):
    manifest = scored(written(tmp_path / "in", a=some_leads(30)), tmp_path / "out")

    said = pq.read_schema(tmp_path / "out" / "part-00000.parquet").metadata
    assert said[b"smartbank.model_version"].decode() == manifest["model_version"]
    assert json.loads(said[b"smartbank.market"])["snapshot_id"] == BUNDLED_SNAPSHOT.snapshot_id
    assert json.loads(said[b"smartbank.level"])["level_id"] == manifest["level"]["level_id"]
    assert json.loads((tmp_path / "out" / "_manifest.json").read_text()) == json.loads(json.dumps(manifest))
    [part] = manifest["parts"]
    assert part["bytes"] == (tmp_path / "out" / part["name"]).stat().st_size
    assert (tmp_path / "out").stat().st_mode & 0o077 == 0


def test_rows_without_ids_get_some_by_file_and_row(tmp_path):
    leads = some_leads(40).drop(columns="customer_id")

    scored(written(tmp_path / "in", a=leads, b=leads), tmp_path / "out")

    ids = ranking(tmp_path / "out")["customer_id"]
    assert ids.is_unique
    assert ids.str.fullmatch(r"row-[0-9a-f]{8}-0000[0-9]{2}").all()


@pytest.mark.parametrize(
    ("frames", "more", "said"),
    [
        ({"a": some_leads(9), "b": some_leads(9).drop(columns="loan")}, {}, '"loan" is a column of only one of'),
        ({"a": some_leads(9).drop(columns="age")}, {}, "No column for Age was found"),
        ({"a": some_leads(9)}, {"market": "file"}, "leave --market file away"),
        ({"a": some_leads(0)}, {}, "have columns, but no rows"),
        ({"a": some_leads(9).assign(age="old")}, {"anyway": True}, "None of the 9 rows could be used."),
        ({"a": some_leads(9).assign(age=[40] * 4 + [500] * 5)}, {}, "score them all the same with --anyway"),
        ({}, {}, "There is no Parquet file at"),
    ],
)
def test_files_that_are_not_fit_are_refused_and_leave_nothing_behind(tmp_path, frames, more, said):
    folder = written(tmp_path / "in", **frames)

    with pytest.raises(LeadValidationError, match=said):
        scored(folder, tmp_path / "out", **more)

    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_what_is_damaged_or_cannot_be_reached_is_said(tmp_path):
    (tmp_path / "bad.parquet").write_bytes(b"PAR1 no")

    with pytest.raises(LeadValidationError, match=r"bad.parquet cannot be read as Parquet"):
        scored(tmp_path / "bad.parquet", tmp_path / "out")
    with pytest.raises(LeadValidationError, match="s3:// needs s3fs, which is not installed"):
        scored("s3://bank/leads/*.parquet", tmp_path / "out")
    with pytest.raises(SmartBankError, match="check the address"):
        scored("nowhere://bank/leads", tmp_path / "out")


def test_a_place_that_holds_something_is_refused_and_an_empty_one_is_taken(tmp_path):
    folder = written(tmp_path / "in", a=some_leads(9))
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").write_text("mine")
    (tmp_path / "empty").mkdir()

    with pytest.raises(OutputError, match="is not empty"):
        scored(folder, tmp_path / "full")
    with pytest.raises(OutputError, match="The folder above"):
        scored(folder, tmp_path / "away" / "out")
    scored(folder, tmp_path / "empty")

    assert (tmp_path / "full" / "mine").read_text() == "mine"
    assert len(content(tmp_path / "empty")) == 2


@pytest.mark.parametrize("step", ["score", "rank"])
def test_broken_off_it_leaves_nothing_behind(tmp_path, monkeypatch, step):
    folder = written(tmp_path / "in", a=some_leads(250))
    whole, calls = getattr(bulk_steps, step), []

    def breaks(*arguments):
        calls.append(1)
        if len(calls) > 1:
            raise KeyboardInterrupt
        return whole(*arguments)

    monkeypatch.setattr(bulk_steps, step, breaks)
    with pytest.raises(KeyboardInterrupt):
        scored(folder, tmp_path / "out", rows_per_part=50)

    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_an_object_store_gets_the_same_bytes_and_the_manifest_last(tmp_path, monkeypatch):
    import fsspec  # noqa: PLC0415

    store, moved = fsspec.filesystem("memory"), []
    folder = written(tmp_path / "in", a=some_leads(90))
    for path in folder.iterdir():
        store.pipe_file(f"/leads-in/{path.name}", path.read_bytes())
    monkeypatch.setattr(type(store), "mv", lambda self, old, new, **_: (moved.append(new), self.cp_file(old, new)))

    here = scored(folder, tmp_path / "out", rows_per_part=40)
    there = scored("memory://leads-in/*.parquet", "memory://leads-out", rows_per_part=40)

    assert {path.rpartition("/")[2]: store.cat_file(path) for path in store.ls("/leads-out", detail=False)} | {
        "_manifest.json": b""
    } == content(tmp_path / "out") | {"_manifest.json": b""}
    assert here["parts"] == there["parts"]
    assert [name.rpartition("/")[2] for name in moved][-1] == "_manifest.json"
    assert not [path for path in store.find("/") if "smartbank-" in path]
    store.rm("/leads-out", recursive=True)
    store.rm("/leads-in", recursive=True)


def test_processes_of_this_computer_are_worth_a_million_rows_each(monkeypatch):
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(8)), raising=False)

    assert [bulk.workers_worth(rows) for rows in (0, 1_999_999, 5_000_000, 10**9)] == [1, 1, 5, 8]
