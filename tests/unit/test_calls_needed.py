"""How many more calls it takes, by eye and by trying them out."""

import numpy as np
import pytest

from smartbank.core.calls_needed import MAX_CALLS_NEEDED, MIN_HELD_OUT, calls_needed, enough_calls
from smartbank.core.similar import share_interval
from smartbank.core.uplift_interval import difference_interval


def test_no_difference_or_one_against_calling_cannot_be_waited_for():
    assert calls_needed(0.1, 900, 0.1, 100) is None
    assert calls_needed(0.08, 900, 0.1, 100) is None
    assert calls_needed(0.0, 900, 0.0, 100) is None


def test_hardly_any_difference_would_take_more_calls_than_anybody_makes():
    assert calls_needed(0.1001, 900, 0.1, 100) is None
    assert calls_needed(0.12, 900, 0.1, 100) < MAX_CALLS_NEEDED


def test_it_takes_fewer_calls_where_the_difference_is_larger_or_more_are_held_out():
    small, large = calls_needed(0.12, 900, 0.08, 100), calls_needed(0.14, 900, 0.08, 100)
    more_held_out = calls_needed(0.12, 900, 0.08, 200)

    assert large < small
    assert more_held_out < small


def test_where_shares_are_known_well_it_is_the_textbooks_number():
    # (1.96 * sqrt(2 * .15 * .85) + .8416 * sqrt(.2 * .8 + .1 * .9))² / .1²
    assert enough_calls(0.1, 0.15, 1.0) == pytest.approx(199, abs=1)


def test_a_difference_seen_on_few_calls_is_taken_for_smaller_than_it_looks():
    few = 100 + calls_needed(0.2, 100, 0.1, 10)
    many = 300 + calls_needed(0.2, 300, 0.1, 30)

    assert few > many > enough_calls(0.1, 2.1 / 11, 10.0)


def test_at_least_enough_are_asked_for_to_hold_a_few_customers_out():
    assert calls_needed(1.0, 10, 0.0, 1) == 10 * MIN_HELD_OUT - 10


@pytest.mark.parametrize(("called", "held_out", "ratio"), [(0.27, 0.15, 19), (0.11, 0.05, 9), (0.03, 0.01, 4)])
def test_with_so_many_calls_four_campaigns_of_five_can_tell(called, held_out, ratio):
    rng = np.random.default_rng(5)
    n_held_out = round(enough_calls(called - held_out, (ratio * called + held_out) / (ratio + 1), ratio) / ratio)
    n_called = ratio * n_held_out

    told = [
        difference_interval(share_interval(sold, n_called), share_interval(alone, n_held_out)).low > 0
        for sold, alone in zip(
            rng.binomial(n_called, called, 4_000).tolist(),
            rng.binomial(n_held_out, held_out, 4_000).tolist(),
            strict=True,
        )
    ]

    assert 0.77 < np.mean(told) < 0.84
