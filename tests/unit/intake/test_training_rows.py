"""Files made of the rows the model in force was trained on, in parts and other shapes, and files of other people."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from smartbank.core.fields import LEAD_COLUMNS
from smartbank.core.training_rows import RowMatches
from smartbank.ml.artifact import load_scorer
from smartbank.ml.artifact_files import champion_version
from smartbank.ml.demo_population import demo_population
from smartbank.ml.months import training_months
from smartbank.ml.shelf import ArtifactShelf
from smartbank.ml.synthetic import load_demo_tables

MODELS = Path(__file__).parents[3] / "models"


@pytest.fixture(scope="module")
def reference():
    return ArtifactShelf(MODELS).load(champion_version(MODELS)).training_rows


@pytest.fixture(scope="module")
def training():
    """The training rows in words, with the market of their month."""
    scorer = load_scorer(MODELS)
    coded = pd.read_parquet(MODELS / scorer.version / "reference.parquet")
    levels = scorer.ranking.encoder.levels
    words = {
        name: coded[name].map(dict(enumerate(levels[name]))) if name in levels else coded[name] for name in LEAD_COLUMNS
    }
    return pd.DataFrame(words).assign(period=coded["period"].astype(str))


@pytest.fixture
def said(upload, reference):
    """Upload a frame and return what the report says of training rows; None where it says nothing."""

    def said(frame, **columns):
        report = upload(frame.to_csv(index=False), training_rows=reference, **columns).report
        told = [notice for notice in report.notices if "was trained on" in notice]
        assert bool(told) == report.training_rows
        return told[0] if told else None

    return said


def with_market(frame):
    months = training_months().set_index("period")
    return frame.assign(**{name: frame["period"].map(months[name]) for name in ("cpi", "emp_var_rate", "euribor3m")})


def shuffled(frame, n):
    return frame.sample(n, random_state=0)


@pytest.mark.parametrize("n", [50, 3_000])
def test_a_part_of_the_training_rows_in_another_order_is_labelled(said, training, n):
    rows = shuffled(training, n).assign(town="Porto").drop(columns="period")

    assert said(rows[reversed(rows.columns)]).startswith(f"{n:,} of {n:,} rows are among those the model was trained")


def test_other_headers_and_fewer_columns_do_not_hide_them(said, training):
    rows = shuffled(training, 500).drop(columns=["period", "housing", "poutcome"])

    assert said(rows.rename(columns={"age": "Idade", "job": "Beruf", "attempt": "campaign"})).startswith("500 of 500")


def test_a_file_half_of_which_are_training_rows_is_labelled(said, training):
    others = demo_population(load_demo_tables(MODELS), n=500, seed=1)[list(LEAD_COLUMNS)]

    told = said(pd.concat([shuffled(training, 500).drop(columns="period"), others]))

    assert 600 <= int(told.split()[0]) <= 750


def test_the_market_in_the_file_makes_it_sharp(reference, training):
    rows = with_market(shuffled(training, 500))
    moved = rows.assign(cpi=np.random.default_rng(0).permutation(rows["cpi"]))

    assert reference.matches(rows, LEAD_COLUMNS).found == 500
    assert reference.matches(rows, LEAD_COLUMNS).by_chance < 0.2 * 500
    assert reference.matches(moved, LEAD_COLUMNS).found < 0.4 * 500
    assert reference.matches(rows.assign(cpi=120.0), LEAD_COLUMNS).found == 500


@pytest.mark.parametrize("n", [50, 200, 5_000])
@pytest.mark.parametrize("columns", [LEAD_COLUMNS, LEAD_COLUMNS[:7], ("age", "job")])
def test_people_drawn_from_the_same_frequencies_are_not_taken_for_training_rows(reference, columns, n):
    people = demo_population(load_demo_tables(MODELS), n=20_000, seed=2)
    alike = people[(people["job"] == "admin.") & (people["marital"] == "married") & (people["previous"] == 0)]

    for start in range(0, 10):
        for group in (people.iloc[start * n :].head(n), alike.sample(min(n, len(alike)), random_state=start)):
            assert not reference.matches(group, columns).tell_training_rows


def test_rows_at_random_are_hardly_ever_training_rows(reference):
    random = np.random.default_rng(0)
    people = demo_population(load_demo_tables(MODELS), n=2_000, seed=3)
    rows = people.apply(lambda column: column.iloc[random.permutation(len(column))].to_numpy())

    matches = reference.matches(rows, LEAD_COLUMNS)

    assert matches.found < 0.25 * 2_000
    assert not matches.tell_training_rows


def test_nothing_is_told_of_few_rows_or_where_chance_explains_them():
    assert RowMatches(50, 50, 20.0).tell_training_rows
    assert not RowMatches(49, 49, 20.0).tell_training_rows
    assert not RowMatches(1_000, 1_000, 960.0).tell_training_rows
    assert not RowMatches(1_000, 450, 400.0).tell_training_rows
    assert not RowMatches().tell_training_rows
    assert RowMatches(10, 4, 1.0) + RowMatches(5, 1, 0.5) == RowMatches(15, 5, 1.5)


def test_no_rows_and_no_fields_are_no_matches(reference, training):
    assert reference.matches(training.head(0), LEAD_COLUMNS) == RowMatches()
    assert reference.matches(training.head(5), ["name"]) == RowMatches()


def test_the_rows_come_back_as_leads_with_month_and_outcome(reference):
    found = reference.rows()

    assert len(found) == 41_188
    assert found["y"].sum() == 4_640
    assert found.loc[0, ["job", "marital", "contact", "period"]].tolist() == [
        "housemaid",
        "married",
        "telephone",
        "2008-05",
    ]
    assert found["days_since_contact"].isna().mean() > 0.9
