"""What calling brought, on lists that can be counted by eye."""

import numpy as np
import pandas as pd
import pytest

from smartbank.core.evaluation import Interval
from smartbank.core.list_results import RESULT_COLUMNS
from smartbank.core.uplift import UpliftVerdict, extra_profit, uplift
from smartbank.core.uplift_counts import hold_out_counts
from tests.campaigns import CampaignPlan, bought, campaign, counts_of, drawn_lists, entries, together


def against(called, held_out):
    return uplift(together(bought("best", *called), bought("control", *held_out)))


def test_extra_sales_are_the_difference_times_everybody_on_the_list():
    found = against((56, 70), (48, 80))

    assert found.difference.value == pytest.approx(0.2)
    assert found.extra_sales.value == pytest.approx(14)  # 56 bought, 42 would have without a call
    assert (found.extra_sales.low, found.extra_sales.high) == pytest.approx((70 * 0.0524, 70 * 0.3339), abs=5e-3)
    assert (found.n_called, found.called_sales, found.n_held_out, found.held_out_sales) == (70, 56, 80, 48)
    assert found.verdict is UpliftVerdict.MORE_SALES
    assert found.calls_needed is None


def test_who_was_drawn_counts_whether_reached_or_not():
    results = together(
        entries("best", ["subscribed", "declined", "no_answer", "wrong_number", None], calls=[1, 1, 3, 1, 0]),
        bought("control", 0, 5),
    )

    found = uplift(results)

    assert found.called.value == 0.2
    assert found.calls == 6


def test_an_assumed_no_and_exploration_change_nothing():
    plain = together(bought("best", 9, 30), bought("control", 2, 30))
    more = together(
        bought("best", 9, 30, assumed=[False] * 9 + [True] * 21), bought("control", 2, 30), bought("exploration", 9, 9)
    )

    assert uplift(more) == uplift(plain)


@pytest.mark.parametrize(
    ("called", "held_out", "verdict"),
    [
        ((200, 1_000), (10, 100), UpliftVerdict.MORE_SALES),
        ((120, 1_000), (10, 100), UpliftVerdict.TOO_EARLY),
        ((50, 1_000), (20, 100), UpliftVerdict.FEWER_SALES),
        ((0, 1_000), (0, 100), UpliftVerdict.TOO_EARLY),
        ((100, 100), (100, 100), UpliftVerdict.TOO_EARLY),
        ((1, 1), (0, 1), UpliftVerdict.TOO_EARLY),
        ((2, 2), (0, 2), UpliftVerdict.TOO_EARLY),  # Newcombe's interval leaves zero out, and it is chance
        ((4, 20), (0, 20), UpliftVerdict.TOO_EARLY),
        ((10, 10), (0, 19), UpliftVerdict.TOO_EARLY),
        ((10, 10), (0, 20), UpliftVerdict.MORE_SALES),
    ],
)
def test_the_verdict_waits_for_enough_customers_and_sales(called, held_out, verdict):
    assert against(called, held_out).verdict is verdict


def test_where_it_cannot_be_told_it_says_how_many_more_calls_it_takes_if_they_help():
    assert against((160, 1_000), (10, 100)).calls_needed > 0
    assert against((90, 1_000), (10, 100)).calls_needed is None
    assert against((0, 1_000), (0, 100)).calls_needed is None


@pytest.mark.parametrize(
    "results",
    [
        pd.DataFrame(columns=list(RESULT_COLUMNS)),
        bought("best", 3, 10),
        bought("control", 3, 10),
        together(bought("best", 3, 10), bought("control", 1, 10, list_id="list-1")),
    ],
)
def test_without_both_sides_of_one_list_there_is_nothing_to_compare(results):
    assert uplift(results) is None


def test_a_list_that_held_nobody_out_is_named_and_counts_for_nothing():
    alone = together(bought("best", 30, 100), bought("control", 5, 50))
    both = together(alone, bought("best", 90, 90, list_id="other"), bought("exploration", 1, 9, list_id="third"))

    found = uplift(both)

    assert found.left_out == ("other",)
    assert found.extra_sales == uplift(alone).extra_sales
    assert found.calls == 100


def test_lists_that_hold_out_alike_are_as_one_long_list():
    lists = together(
        *(bought("best", sold, 90, list_id=name) for name, sold in (("a", 20), ("b", 30), ("c", 10))),
        *(bought("control", sold, 10, list_id=name) for name, sold in (("a", 0), ("b", 2), ("c", 1))),
    )

    found, as_one = uplift(lists), against((60, 270), (3, 30))

    assert vars(found.extra_sales) == pytest.approx(vars(as_one.extra_sales), abs=1e-9)


def test_lists_that_hold_out_differently_add_up_their_own_differences():
    results = together(
        *(bought("best", 30, 100, list_id="a"), bought("control", 1, 10, list_id="a")),
        *(bought("best", 5, 100, list_id="b"), bought("control", 4, 80, list_id="b")),
    )

    found = uplift(results)

    assert found.extra_sales.value == pytest.approx(100 * (0.3 - 0.1) + 100 * (0.05 - 0.05))
    assert found.called_sales / 200 - found.held_out_sales / 90 != pytest.approx(found.difference.value)


def test_a_list_that_runs_on_says_what_calling_brought_until_now():
    half = entries("best", ["subscribed"] * 50 + [None] * 450, calls=[1] * 250 + [0] * 250)

    found = uplift(together(half, bought("control", 0, 500)))

    assert found.extra_sales.value == pytest.approx(50)
    assert found.calls == 250


def test_extra_profit_pays_for_the_calls_of_lists_that_held_somebody_out():
    results = together(
        bought("best", 56, 70, calls=2),
        bought("control", 48, 80),
        bought("exploration", 0, 5, calls=9),
        bought("best", 9, 9, list_id="other", calls=9),
    )
    found = uplift(results)

    profit = extra_profit(found, value_of_sale=80.0, cost_of_call=2.0)

    assert profit.value == pytest.approx(14 * 80 - 140 * 2)
    assert profit == Interval(*(80 * getattr(found.extra_sales, end) - 280 for end in ("value", "low", "high")))


def test_the_frame_of_a_simulated_campaign_has_the_counts_it_was_drawn_with():
    plan = CampaignPlan(best=(60, 30), control=(20, 10), progress=0.5, answering=0.7)
    *_, third = (each for _, each in zip(range(3), counts_of(drawn_lists(plan, campaigns=3, seed=4)), strict=False))

    results, expected, realised = campaign(plan, seed=4, place=2)

    found = hold_out_counts(results)
    assert found.list_ids == third.list_ids
    for name in ("called", "called_sold", "held_out", "held_out_sold", "calls"):
        np.testing.assert_array_equal(getattr(found, name), getattr(third, name))
    assert 0 < expected < 10
    assert 0 <= realised <= third.called_sold.sum()
