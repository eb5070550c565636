import numpy as np
import pytest

from smartbank.core.level import propensity
from smartbank.ml.backtest.levels import followed_level, group_offsets, nested_level

NO_MARGIN = np.zeros(400)
HALF_EACH = np.repeat([0, 1], 200)
SOLD_LATE = np.concatenate([np.arange(200) % 10 == 0, np.arange(200) % 2 == 0])
"""Of the first 200 calls a tenth sold, of the next 200 a half."""


def logit(share):
    return np.log(share / (1 - share))


def test_a_large_group_has_its_own_rate_for_a_level():
    level = nested_level(NO_MARGIN, SOLD_LATE, [(HALF_EACH, np.array([0, 1]), 0.01)])

    assert propensity(level) == pytest.approx([0.1, 0.5], abs=0.001)


def test_a_group_without_a_call_has_the_level_of_the_one_it_lies_in():
    days = HALF_EACH * 2
    new_day_of_the_second_month = (days, np.array([3]), 3.0)

    level = nested_level(NO_MARGIN, SOLD_LATE, [(HALF_EACH, np.array([1]), 0.01), new_day_of_the_second_month])

    assert propensity(level) == pytest.approx([0.5], abs=0.001)


def test_a_strong_ridge_leaves_the_level_of_all_calls():
    level = nested_level(NO_MARGIN, SOLD_LATE, [(HALF_EACH, np.array([0, 1]), 1e9)])

    assert propensity(level) == pytest.approx([0.3, 0.3], abs=0.001)


def test_what_the_margins_explain_already_is_not_added_again():
    margins = np.where(HALF_EACH == 1, logit(0.5), logit(0.1))

    offsets = group_offsets(margins, SOLD_LATE, HALF_EACH, n_groups=2, shrinkage=0.01)

    assert offsets == pytest.approx([0, 0], abs=1e-6)


def test_the_followed_level_is_that_of_the_newest_calls():
    short = followed_level(NO_MARGIN, SOLD_LATE, half_life_calls=20)
    endless = followed_level(NO_MARGIN, SOLD_LATE, half_life_calls=1e9)

    assert propensity(np.array([short, endless])) == pytest.approx([0.5, 0.3], abs=0.05)


def test_a_long_time_without_a_sale_gives_a_finite_level():
    none_lately = np.arange(400) < 40

    assert -12 < followed_level(NO_MARGIN, none_lately, half_life_calls=5) < -2
