import json

import numpy as np
import pandas as pd
import pytest

from smartbank.adapters.uci import read_uci
from smartbank.core.level import anchored_by_month
from smartbank.ml.fairness_price import (
    JudgedScores,
    best_of_each_month,
    fairness_by_group,
    fairness_price,
    without_age_and_marital,
)
from smartbank.ml.protocols import MIN_MONTH_ROWS
from smartbank.ml.ranking import RankingSettings
from smartbank.ml.training import Training

ROWS = 100
"""Rows of each of the two months of `made_up`."""


def made_up():
    """Two months alike; a tenth of each is over 60, and only they and every ninth of the others buy."""
    place = np.tile(np.arange(ROWS), 2)
    old = place < 10
    return pd.DataFrame(
        {
            "age": np.where(old, 65.0, 35.0),
            "marital": pd.Series(np.where(old, "married", "single"), dtype="str"),
            "job": pd.Series(np.where(old, "retired", "services"), dtype="str"),
            "period": np.repeat(["2010-03", "2010-04"], ROWS),
            "y": old | (place % 9 == 0),
        }
    )


def judged(frame, scores):
    return JudgedScores(folds=scores, ahead=scores)


def figures_of(frame, full, bare, *, resamples):
    price = fairness_price(frame, full, bare, seed=0, resamples=resamples)
    return price | fairness_by_group(frame, full.ahead)


def figures():
    """The figures of a model that puts those over 60 first, and of one that puts them last."""
    frame = made_up()
    old_first = np.where(frame["age"] > 60, 1.0, -1.0)
    return figures_of(frame, judged(frame, old_first), judged(frame, -old_first), resamples=5)


def test_the_price_is_the_difference_of_the_two_models_in_both_protocols():
    price = figures()["without_age_and_marital"]

    assert price["A"]["auc_difference"] == pytest.approx(price["A"]["auc_without"] - price["A"]["auc_with"])
    assert price["A"]["auc_difference"] < -0.3
    difference = price["C"]["auc_month_mean_difference"]
    assert difference["low"] <= difference["value"] <= difference["high"] < 0


def test_sales_and_the_oldest_on_the_best_fifth_are_counted_with_and_without():
    price = figures()["without_age_and_marital"]

    assert price["C"]["oldest_listed"] == price["A"]["oldest_listed"] == {"with": 1.0, "without": 0.0}
    assert price["C"]["leads"] == 200
    # of each month's 20: the 10 over 60 and the first 10 others (18 buys), or the first 20 others (18 and 27)
    assert price["C"]["sales"] == {"with": 2 * 11, "without": 2 * 2}


def test_the_groups_are_those_of_the_best_fifth_of_each_month_with_their_outcomes():
    groups = figures()["groups"]

    assert [row["group"] for row in groups["age"]] == ["30 to 39", "60 and over"]
    old = groups["age"][1]
    assert (old["leads"], old["listed"], old["share_listed"], old["ratio"]) == (20, 20, 1.0, 5.0)
    assert (old["rate"], old["conversion_listed"], old["small"]) == (1.0, 1.0, True)
    assert [row["group"] for row in groups["job"]] == ["retired", "services"]


def test_a_card_can_keep_the_figures():
    assert json.loads(json.dumps(figures(), allow_nan=False)) == figures()


def test_the_best_of_each_month_are_so_many_of_every_month():
    period = np.array(["a"] * 10 + ["b"] * 5, dtype=object)
    scores = np.arange(15.0)

    assert np.flatnonzero(best_of_each_month(scores, period)).tolist() == [8, 9, 14]
    assert np.flatnonzero(best_of_each_month(scores, None)).tolist() == [12, 13, 14]
    assert np.flatnonzero(best_of_each_month(np.zeros(15), None)).tolist() == [0, 1, 2]


def test_months_are_anchored_at_their_own_rates():
    frame = made_up()
    converted, period = frame["y"].to_numpy(), frame["period"].to_numpy(dtype=object)
    converted = converted & (period == "2010-03")

    found = anchored_by_month(converted, np.tile(np.linspace(-1, 1, ROWS), 2), period)

    assert found[:ROWS].mean() == pytest.approx(converted[:ROWS].mean())
    assert found[ROWS:].mean() == pytest.approx(0, abs=1e-5)


def test_age_and_marital_status_are_left_out_and_nothing_else():
    settings = RankingSettings(monotone={"age": 1, "attempt": -1})

    bare = without_age_and_marital(settings)

    assert set(settings.features) - set(bare.features) == {"age", "marital"}
    assert bare.monotone == {"attempt": -1}
    assert (bare.n_trees, bare.half_life_months) == (settings.n_trees, settings.half_life_months)


def both_fits(data, settings, *, min_month_rows):
    """Return what training hands over: the model's scores and its twin's."""
    found = []
    for chosen in (settings, without_age_and_marital(settings)):
        training = Training(data.frame, chosen, seed=0, n_threads=1, min_month_rows=min_month_rows)
        unseen = training.protocols(training.fit_and_score)
        found.append(JudgedScores(unseen.folds[:, 1], unseen.ahead[:, 0]))
    return found


def test_where_age_and_marital_status_say_nothing_leaving_them_out_costs_nothing(training_data, small_settings):
    full, bare = both_fits(training_data, small_settings, min_month_rows=60)

    found = figures_of(training_data.frame, full, bare, resamples=20)

    difference = found["without_age_and_marital"]["C"]["auc_month_mean_difference"]
    assert difference["low"] < 0 < difference["high"] or abs(difference["value"]) < 0.01
    listed = sum(row["listed"] for row in found["groups"]["age"])
    assert listed == sum(row["listed"] for row in found["groups"]["job"])
    assert listed / sum(row["leads"] for row in found["groups"]["age"]) == pytest.approx(0.2)


@pytest.mark.soak
def test_on_ucis_file_the_price_of_both_fields_is_inside_the_noise(uci_file):
    data = read_uci(uci_file)
    full, bare = both_fits(data, RankingSettings(), min_month_rows=MIN_MONTH_ROWS)

    price = fairness_price(data.frame, full, bare, seed=0, resamples=50)["without_age_and_marital"]

    assert -0.003 < price["A"]["auc_difference"] < 0.001
    assert price["C"]["auc_month_mean_difference"]["low"] < 0 < price["C"]["auc_month_mean_difference"]["high"]
