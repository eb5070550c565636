from dataclasses import replace

import numpy as np
import pytest

from smartbank.core.level import propensity
from smartbank.ml.backtest.call_levels import ALL, APPROACH, DAY, HALF_LIFE_CALLS, WEEK, WINDOW_RIDGES, CallLevels
from smartbank.ml.backtest.times import call_times

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

    quick, in_force, slow = (
        known.of_window(KNOWN, FITTED, SCORED, ridges={ALL: 1.0}, half_life_calls=n) for n in (50, HALF_LIFE_CALLS, 1e9)
    )

    assert shares(quick, slice(None)) == pytest.approx(0.5, abs=0.05)
    assert shares(in_force, slice(None)) == pytest.approx(0.33, abs=0.04)
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


def test_a_fold_knows_the_month_the_week_and_the_day_of_its_calls(training_data):
    fitted, scored = np.arange(0, N, 2), np.arange(1, N, 2)
    month, week, day = call_times(training_data)
    for number in (month, week, day):
        good = number % 2 == 0
        known = levels(training_data, good)

        found = known.of_folds(np.zeros(len(fitted)), fitted, scored)

        assert found[good[scored]].min() > found[~good[scored]].max()


def test_a_day_of_which_a_fold_knows_no_call_has_the_level_of_its_month_or_week(training_data):
    month, week, day = call_times(training_data)
    unseen = day % 4 == 0
    fitted, scored = np.flatnonzero(~unseen), np.flatnonzero(unseen)
    for number in (month, week):
        good = number % 2 == 0

        found = levels(training_data, good).of_folds(np.zeros(len(fitted)), fitted, scored)

        assert found[good[scored]].mean() > found[~good[scored]].mean() + 1


def test_a_window_knows_the_week_and_the_day_it_ends_in(training_data):
    rng = np.random.default_rng(3)
    _, week, day = call_times(training_data)
    fitted, scored = np.arange(N - 33), np.arange(N - 33, N)
    for number in (week, day):
        good = number == number[fitted[-1]]
        known = levels(training_data, rng.random(N) < np.where(good, 0.9, 0.2))
        ridges = {ALL: 1.0} | ({WEEK: 1.0} if number is week else {DAY: 1.0})

        found = known.of_window(np.zeros(len(fitted)), fitted, scored, ridges=ridges, half_life_calls=1e9)

        assert found[good[scored]].min() > found[~good[scored]].max() + 0.5
    assert set(WINDOW_RIDGES) == {ALL, APPROACH, WEEK, DAY}


def test_weekdays_count_in_a_window_and_in_the_next_month_and_those_that_make_no_difference_do_not(
    training_data, leads
):
    rng = np.random.default_rng(1)
    monday = (training_data.frame["weekday"] == "mon").to_numpy()
    good, none = (levels(training_data, rng.random(N) < share) for share in (np.where(monday, 0.8, 0.2), 0.3))
    on_monday = (leads["weekday"] == "mon").to_numpy()

    found = good.of_weekdays(KNOWN, FITTED, SCORED)
    in_window = good.of_window(KNOWN, FITTED, SCORED, ridges={ALL: 1.0})

    assert found[on_monday].min() > found[~on_monday].max() + 0.5
    assert in_window[on_monday].min() > in_window[~on_monday].max() + 0.5
    assert np.abs(none.of_weekdays(KNOWN, FITTED, SCORED)).max() < 0.1
