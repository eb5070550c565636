"""Sales, money and calibration of released lists, on entries that can be counted through."""

import pandas as pd
import pytest

from smartbank.core.evaluation import Interval
from smartbank.core.level_correction import level_shift
from smartbank.core.list_results import (
    RESULT_COLUMNS,
    Profit,
    calibration,
    is_assumed,
    is_decided,
    is_sold,
    profit_so_far,
)
from tests.campaigns import CampaignPlan, campaign, entries, together

EVERY_OUTCOME = ["subscribed", "declined", "objected", "no_answer", "callback", "wrong_number", None]


def nobody():
    return pd.DataFrame(columns=list(RESULT_COLUMNS))


def test_a_call_is_decided_by_a_yes_or_a_no():
    found = is_decided(entries("best", EVERY_OUTCOME))

    assert found.tolist() == [True, True, True, False, False, False, False]


def test_who_bought_before_anybody_called_bought_but_is_no_decided_call():
    results = entries("best", ["subscribed"], calls=0)

    assert is_sold(results).tolist() == [True]
    assert is_decided(results).tolist() == [False]


def test_the_control_has_sales_and_no_decided_calls():
    results = entries("control", ["subscribed", None, "objected"])

    assert is_sold(results).tolist() == [True, False, False]
    assert is_decided(results).tolist() == [False, False, False]


def test_an_assumed_no_is_decided_until_the_customer_buys_after_all():
    results = entries("best", [None, "no_answer", "declined", "subscribed"], assumed=True, calls=[0, 2, 1, 1])

    assert is_decided(results).tolist() == [True, True, True, True]
    assert is_assumed(results).tolist() == [True, True, True, False]


def test_profit_is_sales_less_every_call_of_best_and_exploration():
    results = together(
        entries("best", ["subscribed", "no_answer"], calls=[1, 3]),
        entries("exploration", ["subscribed", "declined"]),
        entries("control", ["subscribed"]),
    )

    found = profit_so_far(results, value_of_sale=80.0, cost_of_call=8.0)

    assert found == Profit(calls=6, sales=2, amount=160.0 - 48.0)


def test_calibration_compares_decided_calls_with_their_propensities():
    sold_more = together(
        entries("best", ["subscribed"] * 30 + ["declined"] * 60 + ["no_answer"] * 50),
        entries("exploration", [None] * 10, assumed=True),
    )

    found = calibration(sold_more)

    assert (found.calls, found.sales, found.assumed) == (100, 30, 10)
    assert found.expected == pytest.approx(20.0)
    assert found.ratio.value == pytest.approx(1.5)
    assert (found.ratio.low, found.ratio.high) == pytest.approx((5 * 0.2189, 5 * 0.3958), abs=1e-3)  # Wilson, 30 of 100
    assert found.shift == level_shift(100, 30, 0.2) > 0


def test_few_calls_say_how_far_off_they_are_and_move_no_level():
    found = calibration(entries("best", ["subscribed"]))

    assert found.ratio == Interval(5.0, pytest.approx(5 * 0.2065, abs=1e-3), pytest.approx(5.0))
    assert found.shift == 0.0


@pytest.mark.parametrize("results", [nobody(), entries("best", [None, "callback"]), entries("control", ["subscribed"])])
def test_without_a_decided_call_there_is_nothing_to_calibrate(results):
    assert calibration(results) is None


def test_of_nobody_nothing_was_earned():
    assert profit_so_far(nobody(), value_of_sale=80.0, cost_of_call=8.0) == Profit(0, 0, 0.0)


def test_a_simulated_campaign_is_as_its_propensities_say():
    results, _, _ = campaign(CampaignPlan(best=(4_000,), control=(100,)), seed=3)

    found = calibration(results)

    assert results.columns.tolist() == list(RESULT_COLUMNS)
    assert found.calls == 4_020
    assert found.ratio.low < 1 < found.ratio.high
    assert found.ratio.high - found.ratio.low < 0.15
