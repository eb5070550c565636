"""Intervals of the sales of a list, on lists small enough to count through."""

from itertools import product
from math import prod

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartbank.core import expected_sales
from smartbank.core.expected_sales import SalesInterval, sales_interval

HALF = np.full(4, 0.5)


def test_four_coins_fall_heads_nought_to_four_times():
    found = sales_interval(HALF)

    assert found == SalesInterval(2.0, 0, 4)  # 1 of 16 each for none and all


def test_a_narrower_interval_leaves_the_ends_out():
    assert sales_interval(HALF, coverage=0.8) == SalesInterval(2.0, 1, 3)  # 14 of 16


def test_who_buys_for_sure_and_who_never_does_leaves_nothing_open():
    assert sales_interval(np.array([1.0, 1.0, 0.0])) == SalesInterval(2.0, 2, 2)


def test_a_list_of_nobody_brings_nothing():
    assert sales_interval(np.array([])) == SalesInterval(0.0, 0, 0)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=6))
def test_it_is_what_counting_every_outcome_gives(propensities):
    chances = np.zeros(len(propensities) + 1)
    for outcome in product([0, 1], repeat=len(propensities)):
        chances[sum(outcome)] += prod(p if bought else 1 - p for p, bought in zip(propensities, outcome, strict=True))
    at_most = chances.cumsum()

    found = sales_interval(np.array(propensities))

    assert at_most[found.low] >= 0.025 - 1e-12
    assert at_most[found.high] >= 0.975 - 1e-12
    assert found.low == 0 or at_most[found.low - 1] < 0.025 + 1e-12
    assert found.high == 0 or at_most[found.high - 1] < 0.975 + 1e-12


def test_a_long_list_is_as_the_normal_distribution_says():
    found = sales_interval(np.full(10_000, 0.1))

    assert (found.expected, found.low, found.high) == (pytest.approx(1_000), 941, 1_059)  # 1,000 and 1.96 times 30


@pytest.mark.parametrize("level_error", [0.0, 0.6])
def test_both_ways_of_computing_agree_within_a_sale_or_two(monkeypatch, level_error):
    propensities = np.linspace(0.02, 0.4, 1_500)
    exact = sales_interval(propensities, level_error=level_error)

    monkeypatch.setattr(expected_sales, "EXACT_UP_TO", 0)
    normal = sales_interval(propensities, level_error=level_error)

    assert abs(exact.low - normal.low) <= 2
    assert abs(exact.high - normal.high) <= 2


def test_months_that_differ_widen_the_interval_and_leave_the_expectation():
    right, differ = sales_interval(np.full(1_000, 0.1)), sales_interval(np.full(1_000, 0.1), level_error=0.6)

    assert (right.low, right.high) == (82, 119)
    assert differ.expected == right.expected
    assert differ.low < 45  # levels of 3.5 and 26 % lie 1.9 errors away
    assert differ.high > 220


@pytest.mark.parametrize(("propensities", "level_error"), [([1.1], 0.0), ([-0.1], 0.0), ([0.5], -1.0), ([np.nan], 0.0)])
def test_what_is_no_propensity_or_no_error_is_refused(propensities, level_error):
    with pytest.raises(ValueError, match="propensities from 0 to 1"):
        sales_interval(np.array(propensities), level_error=level_error)
