"""The parts of a propensity add up, in log-odds and in percentage points, for one lead and for a list."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartbank.core.fields import LEAD_COLUMNS
from smartbank.core.level import propensity
from smartbank.core.ranking import CONTRIBUTION_COLUMNS
from smartbank.core.reasons import percentage_points
from smartbank.core.split import Parts, list_split, prediction_parts, split_parts


def leads(*rows, intercept=0.0):
    """Return a frame of (market, contributions by field) with a model's average of 0."""
    frame = pd.DataFrame(
        [[fields.get(name, 0.0) for name in LEAD_COLUMNS] for _market, fields in rows], columns=CONTRIBUTION_COLUMNS
    )
    market = [market for market, _fields in rows]
    return frame.assign(margin=frame.sum(axis=1), level=np.array(market) + intercept)


def prediction(*, intercept, market, margin, **fields):
    return {
        "intercept": intercept,
        "level": intercept + market,
        "margin": margin,
        "contributions": [fields.get(name, 0.0) for name in LEAD_COLUMNS],
    }


def test_a_prediction_is_split_into_bank_market_person_and_contact_history():
    stored = prediction(intercept=-3.0, market=-0.1, margin=2.5, age=0.25, job=0.5, poutcome=1.0, attempt=-0.25)

    log_odds, _points = prediction_parts(stored)

    assert log_odds == Parts(base=-2.0, market=pytest.approx(-0.1), person=0.75, history=0.75)
    assert (log_odds.customer, log_odds.total) == (1.5, pytest.approx(-0.6))


def test_points_start_at_the_banks_average_lead_and_end_at_the_propensity():
    stored = prediction(intercept=0.0, market=-np.log(3), margin=np.log(9), poutcome=np.log(9))

    _log_odds, points = prediction_parts(stored)

    assert points == Parts(*(pytest.approx(value) for value in (50, -25, 0, 50)))
    assert points.total == pytest.approx(75)


def test_points_are_those_of_the_waterfall():
    fields = {"age": 0.4, "job": -0.9, "poutcome": 1.3, "contact": 0.01}
    stored = prediction(intercept=-2.2, market=0.3, margin=1.0, **fields)

    log_odds, points = prediction_parts(stored)

    bars = percentage_points(log_odds.base, [0.3, 1.3, -0.9, 0.4, 0.01])
    assert points.market == pytest.approx(bars[0])
    assert points.person == pytest.approx(bars[2] + bars[3])
    assert points.history == pytest.approx(bars[1] + bars[4])


@settings(max_examples=200)
@given(
    st.floats(-8, 4),
    st.floats(-3, 3),
    st.floats(-1e-4, 1e-4),
    st.lists(st.floats(-3, 3, width=32), min_size=12, max_size=12),
)
def test_the_parts_add_up_to_the_log_odds_and_the_points_to_the_propensity(intercept, market, residue, contributions):
    margin, level = float(np.sum(contributions)) + residue, intercept + market
    stored = {"intercept": intercept, "level": level, "margin": margin, "contributions": contributions}

    log_odds, points = prediction_parts(stored)

    assert log_odds.total == pytest.approx(level + margin, abs=1e-9)
    assert points.total == pytest.approx(100 * propensity(np.array([level + margin]))[0], abs=1e-9)
    shown = points.rounded(1)
    assert shown.total == pytest.approx(round(points.total, 1), abs=1e-9)
    assert np.allclose([shown.person, shown.history], [points.person, points.history], atol=0.25)


def test_rounded_parts_add_up_to_the_rounded_total():
    parts = Parts(base=9.14, market=-1.04, person=3.34, history=3.34)

    assert parts.total == pytest.approx(14.78)
    assert parts.rounded(1) == Parts(9.1, -1.0, 3.3, 3.4)


def test_a_market_that_moves_all_leads_alike_explains_none_of_the_order():
    parts = split_parts(leads((0.3, {"age": 1.0}), (0.3, {"age": -1.0}), intercept=-2.0), intercept=-2.0)

    assert list_split(parts).share_of_market == 0.0


def test_under_one_level_rounding_of_sums_is_no_difference_of_the_market():
    rng = np.random.default_rng(0)
    ranked = leads(*[(0.1, {"age": float(value)}) for value in rng.normal(size=1000)], intercept=-1.7)

    assert list_split(split_parts(ranked, intercept=-1.7)).share_of_market == 0.0


def test_where_each_lead_has_its_own_market_its_share_of_the_differences_is_said():
    alike = split_parts(leads((2.0, {}), (-2.0, {})), intercept=0.0)
    half = split_parts(leads((1.0, {"age": 1.0}), (-1.0, {"age": -1.0})), intercept=0.0)
    against = split_parts(leads((-1.0, {"age": 3.0}), (1.0, {"age": -3.0})), intercept=0.0)

    assert list_split(alike).share_of_market == pytest.approx(1.0)
    assert list_split(half).share_of_market == pytest.approx(0.5)
    assert list_split(against).share_of_market == pytest.approx(-0.5)


def test_the_means_of_a_list_add_up_to_its_mean_propensity_with_lowest_and_highest():
    ranked = leads((-np.log(3), {"poutcome": np.log(9)}), (0.0, {"job": -np.log(3)}))

    split = list_split(split_parts(ranked, intercept=0.0))

    assert split.mean == Parts(*(pytest.approx(value) for value in (50, -12.5, -12.5, 25)))
    assert (split.market.low, split.market.high) == (pytest.approx(-25), 0)
    assert (split.customer.low, split.customer.high) == (pytest.approx(-25), pytest.approx(50))
