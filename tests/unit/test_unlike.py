"""Customers are far unlike those ranked before where anchoring moves the level by more than twice the odds."""

import math

import numpy as np
import pytest

from smartbank.core.level import Level, logit
from smartbank.core.unlike import BEFORE, REFERENCE, Unlike, unlike_leads, unlike_words

REFERENCE_LEADS = np.zeros(10)


def whole(*, rate=0.1, log_odds=None):
    """The level of a whole ranked before, of customers who are all at a margin of 0."""
    intercept = logit(rate) if log_odds is None else log_odds
    return Level(intercept, 0.0, rate, "market", "model", "run", rate)


def unlike(odds, *, before):
    return unlike_leads(np.full(10, math.log(odds)), rate=0.1, reference_margins=REFERENCE_LEADS, before=before)


@pytest.mark.parametrize(
    ("odds", "beside_before", "beside_reference"),
    [
        (1.0, False, False),
        (1.9, False, False),
        (2.1, True, False),
        (2.6, True, True),
        (0.55, False, False),
        (0.45, True, False),
        (0.35, True, True),
    ],
)
def test_beside_a_ranking_before_twice_the_odds_is_far_and_beside_the_reference_two_and_a_half(
    odds, beside_before, beside_reference
):
    assert (unlike(odds, before=whole()) is not None) is beside_before
    assert (unlike(odds, before=None) is not None) is beside_reference


def test_it_says_by_how_much_in_odds_and_in_shares():
    found = unlike(6.0, before=whole())

    assert (found.beside, found.rate) == (BEFORE, 0.1)
    assert found.odds == pytest.approx(6.0)
    assert found.share == pytest.approx(0.4)  # odds of 10 to 90, times 6: 40 to 60
    assert found.times == pytest.approx(4.0)


def test_a_ranking_by_another_base_rate_is_as_good_to_compare_with():
    assert unlike(3.0, before=whole(rate=0.03)).odds == pytest.approx(3.0)
    assert unlike(1.0, before=whole(rate=0.03)) is None


def test_the_order_of_the_leads_makes_no_difference():
    margins = np.random.default_rng(0).normal(2.0, 1.0, 500)

    found = [
        unlike_leads(each, rate=0.1, reference_margins=REFERENCE_LEADS, before=whole())
        for each in (margins, margins[::-1])
    ]

    assert found[0] == found[1] is not None


def test_it_is_said_in_words_which_way_percentages_are_wrong():
    more = unlike_words(Unlike(BEFORE, 6.0, 0.4, 0.1))
    less = unlike_words(Unlike(REFERENCE, 0.2, 0.04, 0.1))

    assert more.startswith(
        "These customers are far more likely to buy than those ranked before (about 4.0 times as likely). If they "
        "were picked from a larger number, rank them again as picked: their percentages are too low."
    )
    assert "far less likely to buy than those the model learned from (about 0.4 times as likely)" in less
    assert "their percentages are too high. If they are all your customers, there is nothing to do." in less
