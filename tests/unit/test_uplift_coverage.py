"""The interval of the extra sales holds the truth as often as it says, in campaigns of which the truth is known."""

from math import hypot

import numpy as np
import pytest

from smartbank.core.similar import share_interval
from smartbank.core.uplift import uplift_of
from smartbank.core.uplift_interval import difference_interval
from tests.campaigns import (
    CampaignPlan,
    counts_of,
    decided_counts_of,
    drawn_lists,
    expected_extra,
    realised_extra,
)

CAMPAIGNS = 2_000
PLANS = {
    "small effect": CampaignPlan(own_share=0.9),
    "3 % buy": CampaignPlan(rate=0.03),
    "lists of different sizes and hold-outs": CampaignPlan(best=(900, 300, 150, 60), control=(100, 40, 15, 10)),
    "thirty short lists": CampaignPlan(best=(90,) * 30, control=(10,) * 30, rate=0.05),
    "no effect": CampaignPlan(own_share=1.0),
    "half-way, half of the open calls unanswered": CampaignPlan(progress=0.5, answering=0.5),
}


def ends(counts):
    found = [uplift_of(each).extra_sales for each in counts]
    return (np.array([getattr(each, end) for each in found]) for end in ("low", "value", "high"))


def held(low, high, truth):
    return float(((low <= truth) & (truth <= high)).mean())


@pytest.mark.parametrize("name", PLANS)
def test_it_holds_the_truth_19_times_out_of_20(name):
    lists = drawn_lists(PLANS[name], campaigns=CAMPAIGNS, seed=1)
    expected, realised = expected_extra(PLANS[name], lists), realised_extra(lists)

    low, value, high = ends(counts_of(lists))

    assert 0.93 <= held(low, high, expected) <= 0.975
    assert held(low, high, realised) >= 0.93
    assert abs(value.mean() - expected) < 4 * value.std() / np.sqrt(CAMPAIGNS)


def test_dividing_by_decided_calls_would_hardly_ever_hold_it():
    plan = PLANS["half-way, half of the open calls unanswered"]
    lists = drawn_lists(plan, campaigns=CAMPAIGNS, seed=1)
    expected = expected_extra(plan, lists)

    low, value, high = ends(decided_counts_of(lists))

    assert held(low, high, expected) < 0.5
    assert value.mean() > 1.3 * expected


def test_adding_up_interval_by_interval_would_miss_on_one_side():
    plan = PLANS["thirty short lists"]
    lists = drawn_lists(plan, campaigns=CAMPAIGNS, seed=1)
    expected = expected_extra(plan, lists)

    high = np.array([_list_by_list_high(each) for each in counts_of(lists)])
    _, _, ours = ends(counts_of(lists))

    assert (high < expected).mean() > 0.05
    assert (ours < expected).mean() < 0.04


def _list_by_list_high(counts):
    value = up = 0.0
    columns = (counts.called_sold, counts.called, counts.held_out_sold, counts.held_out)
    for sold, best, alone, control in zip(*(column.tolist() for column in columns), strict=True):
        one = difference_interval(share_interval(sold, best), share_interval(alone, control))
        value, up = value + best * one.value, hypot(up, best * (one.high - one.value))
    return value + up
