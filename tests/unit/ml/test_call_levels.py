from dataclasses import replace

import numpy as np
import pytest

from smartbank.core.level import propensity
from smartbank.ml.backtest.call_levels import ALL, APPROACH, DAY, WEEK, CallLevels

N = 1_560
FITTED, SCORED = np.arange(N - 60), np.arange(N - 60, N)
KNOWN = np.zeros(len(FITTED))


def levels(training_data, converted):
    return CallLevels(replace(training_data, frame=training_data.frame.assign(y=converted)))


def shares(log_odds, where):
    return propensity(log_odds[where]).mean()


@pytest.fixture
def leads(training_data):
    return training_data.frame.iloc[SCORED]


def test_a_window_follows_its_newest_calls(training_data):
    known = levels(training_data, np.arange(N) % np.where(np.arange(N) < N - 360, 10, 2) == 0)

    quick, slow = (known.of_window(KNOWN, FITTED, SCORED, ridges={ALL: 1.0}, half_life_calls=n) for n in (50, 1e9))

    assert shares(quick, slice(None)) == pytest.approx(0.5, abs=0.05)
    assert shares(slow, slice(None)) == pytest.approx(0.18, abs=0.05)


def test_a_window_knows_what_a_channel_goes_with(training_data, leads):
    rng = np.random.default_rng(0)
    mobile = (training_data.frame["contact"] == "cellular").to_numpy()
    known = levels(training_data, rng.random(N) < np.where(mobile, 0.6, 0.2))
    by_mobile = (leads["contact"] == "cellular").to_numpy()

    found = known.of_window(KNOWN, FITTED, SCORED)
    without = known.of_window(KNOWN, FITTED, SCORED, ridges={ALL: 1.0, WEEK: 10.0, DAY: 10.0})

    assert shares(found, by_mobile) > shares(found, ~by_mobile) + 0.15
    assert shares(without, by_mobile) == pytest.approx(shares(without, ~by_mobile), abs=0.05)


def test_what_the_margins_say_of_a_channel_is_not_said_again(training_data, leads):
    rng = np.random.default_rng(0)
    mobile = (training_data.frame["contact"] == "cellular").to_numpy()
    margins = np.where(mobile, 0.9, -0.9)
    known = levels(training_data, rng.random(N) < propensity(margins))
    by_mobile = (leads["contact"] == "cellular").to_numpy()

    found = known.of_window(margins[FITTED], FITTED, SCORED, ridges={ALL: 1.0, APPROACH: 10.0})

    assert found[by_mobile].mean() == pytest.approx(found[~by_mobile].mean(), abs=0.3)


def test_a_fold_knows_the_day_of_its_calls(training_data):
    day = training_data.frame["day"].to_numpy()
    good = np.isin(day, np.unique(day)[::2])
    known = levels(training_data, good)
    fitted, scored = np.arange(0, N, 2), np.arange(1, N, 2)

    found = known.of_folds(np.zeros(len(fitted)), fitted, scored)

    assert (found[good[scored]].min(), found[~good[scored]].max()) == (pytest.approx(1, abs=1), pytest.approx(-1, abs=1))


def test_weekdays_that_make_no_difference_move_nothing(training_data):
    rng = np.random.default_rng(1)

    found = levels(training_data, rng.random(N) < 0.3).of_weekdays(KNOWN, FITTED, SCORED)

    assert np.abs(found).max() < 0.1
