import numpy as np
import pytest

from smartbank.core.level import propensity
from smartbank.ml.backtest.levels import group_offsets, nested_level

NO_MARGIN = np.zeros(400)
ALIKE = np.ones(400)
HALF_EACH = np.repeat([0, 1], 200)
SOLD_LATE = np.concatenate([np.arange(200) % 10 == 0, np.arange(200) % 2 == 0])
"""Of the first 200 calls a tenth sold, of the next 200 a half."""


def logit(share):
    return np.log(share / (1 - share))


def test_a_large_group_has_its_own_rate_for_a_level():
    level = nested_level(NO_MARGIN, SOLD_LATE, [(HALF_EACH, np.array([0, 1]), 0.01)], ALIKE)

    assert propensity(level) == pytest.approx([0.1, 0.5], abs=0.001)


def test_a_group_without_a_call_has_the_level_of_the_one_it_lies_in():
    days = HALF_EACH * 2
    new_day_of_the_second_month = (days, np.array([3]), 3.0)

    level = nested_level(NO_MARGIN, SOLD_LATE, [(HALF_EACH, np.array([1]), 0.01), new_day_of_the_second_month], ALIKE)

    assert propensity(level) == pytest.approx([0.5], abs=0.001)


def test_a_strong_ridge_leaves_the_level_of_all_calls():
    level = nested_level(NO_MARGIN, SOLD_LATE, [(HALF_EACH, np.array([0, 1]), 1e9)], ALIKE)

    assert propensity(level) == pytest.approx([0.3, 0.3], abs=0.001)


def test_what_the_margins_explain_already_is_not_added_again():
    margins = np.where(HALF_EACH == 1, logit(0.5), logit(0.1))

    offsets = group_offsets(margins, SOLD_LATE, HALF_EACH, n_groups=2, shrinkage=0.01, weights=ALIKE)

    assert offsets == pytest.approx([0, 0], abs=1e-6)


def test_a_level_follows_the_calls_that_weigh_most():
    everyone = [(np.zeros(400, dtype=int), np.zeros(1, dtype=int), 1.0)]

    short, endless = (
        nested_level(NO_MARGIN, SOLD_LATE, everyone, 0.5 ** (np.arange(400)[::-1] / half_life))
        for half_life in (20, 1e9)
    )

    assert propensity(np.array([short, endless])).ravel() == pytest.approx([0.5, 0.3], abs=0.05)


def test_a_long_time_without_a_sale_gives_a_finite_level():
    everyone = [(np.zeros(400, dtype=int), np.zeros(1, dtype=int), 1.0)]

    level = nested_level(NO_MARGIN, np.arange(400) < 40, everyone, 0.5 ** (np.arange(400)[::-1] / 5))

    assert -12 < level.item() < -2
