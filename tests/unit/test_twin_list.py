from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartbank.core.twin_list import twin_list

MARGINS = st.lists(st.floats(-6, 6), min_size=2, max_size=8)


def listed_of(mask):
    return np.flatnonzero(mask).tolist()


def test_each_model_lists_its_own_best_and_the_one_that_knows_both_judges_them():
    found = twin_list(np.array([2.0, 1.0, 0.0, -1.0]), np.array([0.0, 0.0, 3.0, 1.0]), base_rate=0.2, length=2)

    assert (listed_of(found.best), listed_of(found.listed)) == ([0, 1], [2, 3])
    assert found.propensities.mean() == pytest.approx(0.2)
    assert found.unbounded_sales == pytest.approx(found.propensities[:2].sum())
    assert found.cost == pytest.approx(found.propensities[:2].sum() - found.propensities[2:].sum())
    assert found.swapped == 2


def test_ties_keep_the_order_so_a_twin_that_knows_nothing_lists_the_first():
    found = twin_list(np.array([0.0, 3.0, 1.0]), np.zeros(3), base_rate=0.1, length=1)

    assert listed_of(found.listed) == [0]


@given(with_both=MARGINS, without=MARGINS, base_rate=st.floats(0.01, 0.9))
def test_no_list_of_that_length_sells_more_than_the_judges_own(with_both, without, base_rate):
    n = min(len(with_both), len(without))
    length = max(1, n // 2)

    found = twin_list(np.array(with_both[:n]), np.array(without[:n]), base_rate=base_rate, length=length)

    best = max(found.propensities[list(rows)].sum() for rows in combinations(range(n), length))
    assert found.unbounded_sales == pytest.approx(best)
    assert found.cost == pytest.approx(best - found.expected_sales)
    assert found.best.sum() == found.listed.sum() == length
    assert (found.swapped == 0) == (found.best == found.listed).all()
