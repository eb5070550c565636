import json

import numpy as np
import pandas as pd
import pytest

from smartbank.core.card_figures import trained_until, twin_of
from smartbank.core.fields import LEAD_COLUMNS
from smartbank.core.own_calls import OWN_COLUMNS, OwnCalls
from smartbank.core.training_data import DAY, WEEKDAY
from smartbank.errors import WorkCancelledError
from smartbank.ml.artifact import scorer_of
from smartbank.ml.artifact_files import champion_version, load_files
from smartbank.ml.months import joined_months, recency_weights
from smartbank.ml.reference_rows import ReferenceRows
from smartbank.ml.retraining import joined_data, retrain
from tests.unit.ml.conftest import made_up_rows

MONTHS = ("2026-09", "2026-10", "2026-11")
ROWS = 150
NOBODY = OwnCalls(pd.DataFrame(columns=list(OWN_COLUMNS)))


def own_calls(*, sign=-1.0):
    """Return calls of three months in which, unlike in the training rows, a mobile phone sells badly."""
    rows = made_up_rows(seed=5).head(len(MONTHS) * ROWS)[[*LEAD_COLUMNS, WEEKDAY, DAY]].reset_index(drop=True)
    log_odds = -0.5 + sign * 3.0 * (rows["contact"] == "cellular")
    sold = np.random.default_rng(3).random(len(rows)) < 1 / (1 + np.exp(-log_odds))
    period = pd.Series(np.repeat(MONTHS, ROWS), dtype="str")
    return OwnCalls(rows.assign(period=period, y=sold.astype(bool))[list(OWN_COLUMNS)], left_out=7)


@pytest.fixture(scope="module")
def own():
    return own_calls()


@pytest.fixture(scope="module")
def train(training_data):
    from tests.unit.ml.conftest import SMALL  # noqa: PLC0415  the settings of the small models

    def train(own, *, until="2010-11", said=None, **more):
        return retrain(
            training_data,
            own,
            champion={"data": {"last_period": until}} | (said or {}),
            settings=SMALL,
            min_month_rows=60,
            resamples=5,
            **{"min_own": 0} | more,
        )

    return train


@pytest.fixture(scope="module")
def retrained(train, own):
    return train(own)


def test_without_own_calls_the_model_is_that_of_the_training_file_to_the_last_bit(train, small_models):
    found = train(NOBODY)

    for each in (found.challenger, found.counterpart):
        assert each.content == load_files(small_models, each.version)
    assert found.challenger.version == champion_version(small_models)
    assert len(found.ahead) == 0


def test_the_counterpart_is_the_same_without_age_and_marital_status(retrained, own):
    full, twin = (json.loads(each.content["card.json"]) for each in (retrained.challenger, retrained.counterpart))

    assert twin_of(twin) == retrained.challenger.version
    assert twin_of(full) is None
    assert set(full["features"]) - set(twin["features"]) == {"age", "marital"}
    assert twin["data"] == full["data"]
    assert set(twin["metrics"]) == set(full["metrics"])
    assert twin["metrics"]["A"] != full["metrics"]["A"]
    leads = own.frame[list(LEAD_COLUMNS)].head(50)
    others = leads.assign(age=leads["age"].to_numpy()[::-1], marital=leads["marital"].to_numpy()[::-1])
    scorer = scorer_of(retrained.counterpart.version, dict(retrained.counterpart.content))
    assert np.array_equal(scorer.margins(leads), scorer.margins(others))


def test_where_the_champion_leaves_them_out_the_challenger_does_too_and_is_judged_so(train, own, retrained):
    found = train(own, said={"twin_of": "2026.2-00000001"})

    assert (found.challenger, found.counterpart) == (retrained.counterpart, retrained.challenger)
    assert found.ahead.shape == retrained.ahead.shape
    assert not np.array_equal(found.ahead, retrained.ahead)


def test_the_model_learns_from_the_banks_own_calls(retrained, scorer):
    leads = pd.DataFrame({name: [np.nan, np.nan] for name in LEAD_COLUMNS} | {"contact": ["cellular", "telephone"]})
    there = scorer_of(retrained.challenger.version, dict(retrained.challenger.content)).margins(leads)
    here = scorer.margins(leads)

    assert here[0] > here[1]
    assert there[0] - there[1] < here[0] - here[1] - 0.5


def test_the_card_says_what_it_learned_from(retrained, own, training_data):
    card = json.loads(retrained.challenger.content["card.json"])

    assert card["version"] == retrained.challenger.version
    assert card["data"]["rows"] == len(training_data.frame) + len(own.frame)
    assert card["data"]["own_calls"] == len(own.frame)
    assert card["data"]["own_sales"] == int(own.frame["y"].sum())
    assert card["data"]["own_left_out"] == 7
    assert (card["data"]["own_first_period"], trained_until(card)) == ("2026-09", "2026-11")
    assert card["data"]["sha256"] != training_data.sha256
    assert any("nobody called" in limit for limit in card["limits"])


def test_levels_stay_those_of_the_training_file(retrained, small_models):
    before = json.loads(load_files(small_models, champion_version(small_models))["tables.json"])
    after = json.loads(retrained.challenger.content["tables.json"])

    assert after["level"]["low"] == before["level"]["low"]
    assert after["level"]["high"] == before["level"]["high"]
    assert after["calibration"]["slope"] == before["calibration"]["slope"]


def test_every_call_of_a_month_after_the_champions_last_is_judged_by_months_before_it(train, own, retrained):
    later = train(own, until="2026-09")

    assert not np.isnan(retrained.ahead).any()
    assert np.isnan(later.ahead[:ROWS]).all()
    assert np.array_equal(later.ahead[ROWS:], retrained.ahead[ROWS:])
    assert later.challenger.version == retrained.challenger.version


def test_a_month_before_which_nothing_was_learned_of_the_bank_is_not_judged(train, own, retrained):
    found = train(own, min_own=ROWS)

    assert np.isnan(found.ahead[:ROWS]).all()
    assert np.array_equal(found.ahead[ROWS:], retrained.ahead[ROWS:])


def test_no_call_is_judged_by_what_came_of_it_or_of_its_month_or_a_later_one(train, own, retrained):
    last = own.frame["period"] >= MONTHS[1]
    turned = own.frame.assign(y=np.where(last, ~own.frame["y"], own.frame["y"]).astype(bool))

    other = train(OwnCalls(turned))

    assert np.array_equal(other.ahead[: 2 * ROWS], retrained.ahead[: 2 * ROWS])
    assert not np.array_equal(other.ahead[2 * ROWS :], retrained.ahead[2 * ROWS :])
    assert other.challenger.version != retrained.challenger.version


def test_the_same_calls_give_the_same_model(train, own, retrained):
    again = train(OwnCalls(own.frame.copy(), own.left_out))

    assert (again.challenger, again.counterpart) == (retrained.challenger, retrained.counterpart)
    assert np.array_equal(again.ahead, retrained.ahead)


def test_the_training_rows_of_the_model_hold_both_and_nobodys_id(retrained, own, training_data):
    rows = ReferenceRows(lambda _version: retrained.challenger.content, retrained.challenger.version)
    found = rows.rows()

    assert len(found) == len(training_data.frame) + len(own.frame)
    assert found["period"].iloc[-1] == MONTHS[-1]
    assert found["y"].tolist()[-ROWS:] == own.frame["y"].tolist()[-ROWS:]
    assert {sum(field.counts) for field in rows.bins()} == {len(found)}
    leads = list(LEAD_COLUMNS)
    assert rows.matches(training_data.frame[leads], leads).found == len(training_data.frame)
    assert rows.matches(own.frame[leads], leads).found < len(own.frame) / 10


def test_years_between_the_file_and_the_banks_calls_take_no_weight_from_the_file():
    first = pd.Series(["2008-05", "2010-11", "2010-11"], dtype="str")
    second = pd.Series(["2026-09", "2026-11"], dtype="str")

    months = joined_months(first, second)

    assert (months - months[0]).tolist() == [0, 30, 30, 31, 33]
    assert recency_weights(months, half_life=6.0)[1] == pytest.approx(0.5**0.5)
    assert joined_months(first, second.head(0)).tolist() == months[:3].tolist()


def test_it_can_be_broken_off_at_any_fit(train, own):
    told = []

    def report(line):
        told.append(line)
        if len(told) == 40:
            raise WorkCancelledError("Cancelled.")

    with pytest.raises(WorkCancelledError):
        train(own, report=report)
    assert len(told) == 40


def test_it_tells_what_it_does(train, own):
    told = []
    train(own, report=told.append)

    lines = list(dict.fromkeys(told))
    assert lines[0].startswith("1,560 rows")
    assert lines[-5:] == [
        *(f"Judging on the calls of {month}…" for month in MONTHS),
        "Fitting on all rows…",
        "Fitting on all rows, without age and marital status…",
    ]


def test_the_hash_is_of_both(training_data, own):
    whole = joined_data(training_data, own)

    assert joined_data(training_data, NOBODY) is training_data
    assert whole.frame["y"].dtype == bool
    assert whole.sha256 != joined_data(training_data, own_calls(sign=1.0)).sha256
