"""The interval of a difference of shares, against published figures and by its properties."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from smartbank.core.evaluation import Interval
from smartbank.core.similar import share_interval
from smartbank.core.uplift_interval import difference_interval, weighted_share

SIZES = st.integers(1, 3_000)


def newcombe(sold, of, other_sold, other_of):
    return difference_interval(share_interval(sold, of), share_interval(other_sold, other_of))


def weighted(sold, of, weights):
    return weighted_share(np.array(sold), np.array(of), np.array(weights))


@st.composite
def counts(draw):
    of = draw(SIZES)
    return draw(st.integers(0, of)), of


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0),
        ((10, 10), (0, 10), 0.6075, 1.0),
    ],
)
def test_it_is_newcombes_method_10_in_his_own_table(one, other, low, high):
    found = newcombe(*one, *other)

    assert found.value == pytest.approx(one[0] / one[1] - other[0] / other[1])
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


@given(counts(), counts())
def test_swapping_the_sides_turns_the_interval_round(one, other):
    found, turned = newcombe(*one, *other), newcombe(*other, *one)

    assert turned == Interval(-found.value, -found.high, -found.low)


@given(counts(), counts())
def test_it_holds_the_difference_and_stays_within_minus_1_and_1(one, other):
    found = newcombe(*one, *other)

    assert -1 - 1e-12 <= found.low <= found.value <= found.high <= 1 + 1e-12
    assert found.low < found.high


@given(counts(), counts(), st.integers(2, 9))
def test_the_same_shares_of_fewer_customers_have_a_wider_interval(one, other, times):
    few = newcombe(*one, *other)
    many = newcombe(*(times * each for each in (*one, *other)))

    assert many.high - many.low < few.high - few.low


@given(counts(), SIZES)
def test_the_share_of_a_single_list_is_wilsons_whatever_it_weighs(one, weight):
    sold, of = one

    found = weighted([sold], [of], [weight])

    assert found.size == pytest.approx(of)
    assert vars(found.share) == pytest.approx(vars(share_interval(sold, of)), abs=1e-9)


@given(st.lists(counts(), min_size=1, max_size=6), st.integers(1, 20))
def test_lists_that_hold_out_alike_count_as_one_list(lists, best_for_each):
    sold, of = (np.array(each) for each in zip(*lists, strict=True))

    found = weighted(sold, of, best_for_each * of)

    assert found.size == pytest.approx(of.sum())
    assert vars(found.share) == pytest.approx(vars(share_interval(int(sold.sum()), int(of.sum()))), abs=1e-9)


def test_lists_that_hold_out_differently_count_by_their_weight():
    found = weighted([10, 10], [20, 100], [300, 100])

    assert found.share.value == pytest.approx(0.75 * 0.5 + 0.25 * 0.1)
    assert found.size < 1 / (0.75**2 / 20 + 0.25**2 / 100)  # the list that weighs more varies more, too


@given(st.lists(counts(), min_size=2, max_size=6), st.data())
def test_several_lists_never_tell_more_than_all_their_entries(lists, data):
    sold, of = zip(*lists, strict=True)
    weights = data.draw(st.lists(SIZES, min_size=len(lists), max_size=len(lists)))
    assume(len(set(weights)) > 1)

    found = weighted(sold, of, weights)

    assert 0 < found.size <= sum(of) * (1 + 1e-9)
    assert 0 <= found.share.low <= found.share.value + 1e-9
    assert found.share.value - 1e-9 <= found.share.high <= 1
