from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartbank.core.promotion import (
    AUC_MARGIN,
    BRIER_MARGIN,
    MIN_OUTCOMES,
    Evidence,
    compare,
    evidence_from,
    verdict_of,
)
from smartbank.errors import ModelArtifactError

CALLS = 2_400
CONVERTED = np.arange(CALLS) % 10 == 0
PERIOD = np.where(np.arange(CALLS) < CALLS // 2, "2026-09", "2026-10").astype(object)
NOISE = np.random.default_rng(7).normal(size=CALLS)
KNOWING = NOISE + 1.5 * CONVERTED
GOOD = Evidence(MIN_OUTCOMES, 240, "2026-09", "2026-10", 0.6, 0.61, 0.0, 0.09, 0.09, 0.0)


def test_a_model_beside_itself_is_neither_better_nor_worse_and_passes():
    found = compare(CONVERTED, NOISE, NOISE, PERIOD)

    assert (found.outcomes, found.sales, found.first, found.last) == (CALLS, 240, "2026-09", "2026-10")
    assert (found.auc_low, found.brier_high) == (0.0, 0.0)
    assert verdict_of(found).passes


def test_one_that_ranks_better_passes_and_the_other_way_round_does_not():
    better, worse = compare(CONVERTED, NOISE, KNOWING, PERIOD), compare(CONVERTED, KNOWING, NOISE, PERIOD)

    assert better.challenger_auc == worse.champion_auc > 0.8
    assert better.auc_low > 0.2
    assert verdict_of(better).passes
    assert not verdict_of(worse).passes
    assert "rank worse" in verdict_of(worse).sentence


def test_what_tells_months_apart_alone_gains_nothing():
    by_month = np.where(PERIOD == "2026-10", 5.0, 0.0)
    found = compare(CONVERTED, NOISE, NOISE + by_month, PERIOD)

    assert found.auc_low == pytest.approx(0.0, abs=1e-12)
    assert found.brier_high == pytest.approx(0.0, abs=1e-12)


def test_propensities_that_are_too_far_apart_do_not_pass_though_the_order_is_the_same():
    found = compare(CONVERTED, 0.2 * KNOWING, 4.0 * NOISE + 0.001 * KNOWING, PERIOD)
    same_order = compare(CONVERTED, 0.2 * KNOWING, 6.0 * KNOWING, PERIOD)

    assert same_order.challenger_auc == same_order.champion_auc
    assert same_order.brier_high > found.brier_high * 0 + BRIER_MARGIN
    assert "further off" in verdict_of(same_order).sentence


def test_months_count_by_their_calls():
    period = np.where(np.arange(CALLS) < 100, "2026-09", "2026-10").astype(object)
    first = np.where(np.arange(CALLS) < 100, KNOWING, NOISE)

    found = compare(CONVERTED, NOISE, first, period)

    assert 0 < found.challenger_auc - found.champion_auc < 0.05


def test_the_same_calls_give_the_same_evidence():
    assert compare(CONVERTED, NOISE, KNOWING, PERIOD) == compare(CONVERTED, NOISE, KNOWING, PERIOD)


@pytest.mark.parametrize("converted", [np.zeros(CALLS, dtype=bool), np.ones(CALLS, dtype=bool)])
def test_where_all_or_nobody_bought_nothing_can_be_compared(converted):
    found = compare(converted, NOISE, KNOWING, PERIOD)

    assert found.auc_low is None
    assert not verdict_of(found).passes
    assert verdict_of(found).sentence.startswith("Not enough sales")


def test_where_no_month_has_both_nothing_can_be_compared():
    found = compare(PERIOD == "2026-10", NOISE, KNOWING, PERIOD)

    assert "no month has both" in verdict_of(found).sentence


def test_without_calls_there_are_not_enough():
    nothing = np.array([])
    found = compare(nothing.astype(bool), nothing, nothing, nothing.astype(object))

    assert found == Evidence(0, 0)
    assert verdict_of(found).sentence.startswith("Not enough outcomes: 0 decided calls")


def test_a_single_sale_is_judged_without_an_error():
    converted = np.arange(CALLS) == 5

    assert compare(converted, NOISE, KNOWING, PERIOD, resamples=50).auc_low is not None


@pytest.mark.parametrize(
    ("change", "passes"),
    [
        ({"outcomes": MIN_OUTCOMES - 1}, False),
        ({"outcomes": MIN_OUTCOMES}, True),
        ({"auc_low": -AUC_MARGIN}, False),
        ({"auc_low": -AUC_MARGIN + 1e-9}, True),
        ({"brier_high": BRIER_MARGIN}, False),
        ({"brier_high": BRIER_MARGIN - 1e-9}, True),
        ({"auc_low": None}, False),
        ({"auc_low": float("nan")}, False),
        ({"sales": 49}, False),
        ({"sales": 50}, True),
        ({"sales": MIN_OUTCOMES - 49}, False),
    ],
)
def test_the_limits_are_where_they_are_said_to_be(change, passes):
    assert verdict_of(replace(GOOD, **change)).passes is passes


@given(st.floats(-1, 1), st.floats(-1, 1), st.integers(0, 5_000), st.floats(0, 0.5), st.integers(0, 1_000))
def test_better_evidence_never_fails_where_worse_passed(auc_low, brier_high, outcomes, more, calls):
    before = replace(GOOD, outcomes=outcomes, auc_low=auc_low, brier_high=brier_high)
    better = replace(before, outcomes=outcomes + calls, auc_low=auc_low + more, brier_high=brier_high - more)

    assert verdict_of(better).passes >= verdict_of(before).passes


def test_evidence_reads_back_as_it_was_written():
    found = compare(CONVERTED, NOISE, KNOWING, PERIOD, resamples=20)

    assert evidence_from(found.to_json()) == found
    assert evidence_from(Evidence(0, 0).to_json()) == Evidence(0, 0)
    with pytest.raises(ModelArtifactError, match="Compare the models again"):
        evidence_from({"outcomes": 3, "of another": 1})
