"""What a list brings, on figures a manager can work out."""

from dataclasses import replace

import numpy as np
import pytest

from smartbank.core.expected_sales import SalesInterval, sales_interval
from smartbank.core.hold_out import Role
from smartbank.core.list_plan import ListPlan, Objective
from smartbank.core.list_value import PLAN_COVERAGE, list_value, next_hour_value

FOUR_OF_EIGHT = np.array([0.5] * 4 + [0.0] * 4)
MONEY = {"cost_of_call": 8.0, "value_of_sale": 80.0}
SIX = np.array([0.9, 0.8, 0.5, 0.3, 0.2, 0.05])


def valued(called, everybody, **changed):
    return list_value(np.array(called), np.array(everybody), **{"level_error": 0.0, **MONEY} | changed)


def test_four_coins_bring_2_sales_or_1_to_3_in_4_of_5_lists_and_1_drawn_at_random():
    found = valued(FOUR_OF_EIGHT[:4], FOUR_OF_EIGHT)

    assert found.sales == SalesInterval(2.0, 1, 3)
    assert found.at_random == sales_interval(np.full(4, 0.25), coverage=0.8)
    assert found.at_random.expected == 1.0


def test_profit_is_the_value_of_the_sales_less_what_the_calls_cost():
    found = valued(FOUR_OF_EIGHT[:4], FOUR_OF_EIGHT)

    assert (found.calls, found.cost, found.value, found.profit) == (4, 32.0, 160.0, 128.0)
    assert (found.profit_low, found.profit_high) == (80.0 - 32.0, 240.0 - 32.0)


def test_a_lead_at_break_even_pays_for_its_call_and_one_below_does_not():
    found = valued([0.3, 0.1, 0.09, 0.01], [0.3, 0.1, 0.09, 0.01])

    assert found.break_even == 0.1
    assert found.below_break_even == 2


def test_where_a_call_costs_more_than_a_sale_is_worth_only_a_sure_sale_does_not_lie_below():
    found = valued([1.0, 0.9], [1.0, 0.9], cost_of_call=100.0)

    assert (found.break_even, found.below_break_even) == (1.0, 1)
    assert found.profit == pytest.approx(1.9 * 80 - 200)


def test_a_level_that_may_be_wrong_widens_both_intervals_and_leaves_what_is_expected():
    sure, unsure = (valued(np.full(500, 0.2), np.full(1_000, 0.1), level_error=error) for error in (0.0, 0.5))

    for narrow, wide in ((sure.sales, unsure.sales), (sure.at_random, unsure.at_random)):
        assert wide.low < narrow.low < narrow.expected == wide.expected < narrow.high < wide.high


def test_the_interval_at_random_holds_for_leads_that_are_drawn():
    rng = np.random.default_rng(0)
    everybody = rng.beta(1, 8, 1_000)
    at_random = valued(everybody[:200], everybody).at_random

    sales = np.array([(rng.random(200) < rng.choice(everybody, 200, replace=False)).sum() for _ in range(2_000)])

    assert sales.mean() == pytest.approx(at_random.expected, abs=0.5)
    assert ((sales >= at_random.low) & (sales <= at_random.high)).mean() >= PLAN_COVERAGE


def test_a_list_that_calls_nobody_brings_nothing():
    found = valued([], [])

    assert found.sales == found.at_random == SalesInterval(0.0, 0, 0)
    assert (found.profit, found.below_break_even) == (0.0, 0)


@pytest.mark.parametrize(
    ("called", "everybody", "changed", "sentence"),
    [
        ([0.5], [], {}, "among all leads"),
        ([0.5], [0.5], {"value_of_sale": 0.0}, "worth more than nothing"),
        ([0.5], [0.5], {"cost_of_call": -1.0}, "costs nothing or more"),
        ([1.5], [0.5], {}, "from 0 to 1"),
        ([0.5], [0.5], {"level_error": -1.0}, "an error from 0 on"),
    ],
)
def test_what_has_no_value_is_refused(called, everybody, changed, sentence):
    with pytest.raises(ValueError, match=sentence):
        valued(called, everybody, **changed)


def planned(*roles):
    called = np.isin(roles, [Role.BEST, Role.EXPLORATION])
    return ListPlan(np.array(roles), np.where(called, called.cumsum(), 0))


TWO_LISTED = planned("best", "control", "", "", "exploration", "")
"""Who is left of `SIX`: 50, 30 and 5 %."""


def one_more_hour(plan=TWO_LISTED, **changed):
    asked = {"calls_per_hour": 2.0, "objective": Objective.SALES, "threshold": 0.1} | MONEY
    return next_hour_value(SIX, plan, **asked | changed)


def test_one_more_hour_calls_the_next_best_and_leaves_the_control_alone():
    assert one_more_hour() == pytest.approx((0.5 + 0.3) * 80 - 2 * 8)


def test_half_a_call_brings_and_costs_half():
    assert one_more_hour(calls_per_hour=1.5) == pytest.approx((0.5 + 0.3 / 2) * 80 - 1.5 * 8)


def test_an_hour_costs_no_calls_that_nobody_is_left_for():
    assert one_more_hour(calls_per_hour=10.0) == pytest.approx((0.5 + 0.3 + 0.05) * 80 - 3 * 8)
    assert one_more_hour(planned(*["best"] * 6)) == 0.0


def test_profit_calls_nobody_below_the_threshold():
    profit = {"objective": Objective.PROFIT}

    assert one_more_hour(**profit, calls_per_hour=10.0) == pytest.approx((0.5 + 0.3) * 80 - 2 * 8)
    assert one_more_hour(**profit, threshold=0.51) == 0.0


def test_an_hour_for_the_most_sales_may_cost_more_than_it_brings():
    assert one_more_hour(planned(*["best"] * 5, "")) == pytest.approx(0.05 * 80 - 8)


def test_the_plan_and_the_figures_of_an_hour_may_come_in_any_order_of_rows():
    turned = replace(TWO_LISTED, roles=TWO_LISTED.roles[::-1], places=TWO_LISTED.places[::-1])

    found = next_hour_value(SIX[::-1], turned, calls_per_hour=2.0, objective=Objective.SALES, threshold=0.1, **MONEY)

    assert found == one_more_hour()
