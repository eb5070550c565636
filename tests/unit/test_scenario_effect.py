import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartbank.core.level import MAX_MARKET_SHIFT
from smartbank.core.market.effects import scenario_effect, scenario_shift
from smartbank.core.ranking import ranked_frame
from smartbank.core.rules import ScoringRules
from tests.stubs import StubScorer, stub_leads

RULES = ScoringRules(base_rate=0.1, cost_of_call=8, value_of_sale=80)
"""Threshold 10 %; bands from 30 %, 15 % and 7.5 %."""
AGES = [30, 40, 50, 60]
"""Margins -1, 0, 1 and 2; at a level of -3 propensities of 1.8, 4.7, 11.9 and 26.9 %."""


def ranked(ages=AGES, levels=-3.0):
    leads = stub_leads(ages)
    margins = StubScorer().margins(leads)
    return ranked_frame(
        leads,
        margins=margins,
        contributions=np.zeros((len(ages), 12)),
        levels=np.broadcast_to(np.asarray(levels, dtype=float), margins.shape),
        rules=RULES,
    )


def effect(frame, shift, best=None, level=-3.0):
    is_meant = np.arange(len(frame)) < (len(frame) if best is None else best)
    moved = scenario_shift(shift, guarded=False)
    return scenario_effect(frame, is_meant, level=level + moved.used, shift=moved, rules=RULES)


def test_an_effect_has_the_figures_of_the_run_and_of_the_leads_meant_before_and_after():
    found = effect(ranked(), 1.0, best=2)

    assert found.run_before.expected_sales == pytest.approx(0.269 + 0.119 + 0.047 + 0.018, abs=0.001)
    assert found.run_after.expected_sales == pytest.approx(0.5 + 0.269 + 0.119 + 0.047, abs=0.001)
    assert (found.run_before.worth_calling, found.run_after.worth_calling) == (2, 3)
    assert found.run_before.conversion == pytest.approx(0.1133, abs=0.001)
    assert (found.before.leads, found.before.worth_calling, found.after.worth_calling) == (2, 2, 2)
    assert found.after.expected_sales == pytest.approx(0.769, abs=0.001)
    assert found.before.band_leads == {"A": 0, "B": 1, "C": 1, "D": 0}
    assert found.after.band_leads == {"A": 1, "B": 1, "C": 0, "D": 0}


def test_who_crosses_the_threshold_and_who_changes_band_is_said_lead_by_lead():
    found = effect(ranked(), 1.0)

    assert found.crossing["customer_id"].tolist() == ["lead-1"]
    assert found.crossing[["call_before", "call_after"]].to_numpy().tolist() == [[False, True]]
    moves = found.changing_band[["rank", "band_before", "band_after"]].to_numpy().tolist()
    assert moves == [[1, "B", "A"], [2, "C", "B"], [3, "D", "C"]]


def test_under_one_level_the_market_moves_every_lead_alike_so_no_rank_changes():
    found = effect(ranked(), -2.0)

    assert found.rank_changes.empty
    assert found.changes["customer_id"].tolist() == ["lead-3", "lead-2"]


def test_in_one_market_the_leads_of_a_replay_stand_in_the_order_of_their_margins():
    replay = ranked(AGES, levels=[-1.0, -5.0, -3.5, -3.4])

    found = effect(replay, 0.0)

    assert replay["customer_id"].tolist() == ["lead-3", "lead-0", "lead-2", "lead-1"]
    moves = found.rank_changes[["customer_id", "rank", "rank_after"]].to_numpy().tolist()
    assert moves == [["lead-0", 2, 4], ["lead-2", 3, 2], ["lead-1", 4, 3]]


def test_a_lead_of_a_replay_that_is_in_the_scenarios_market_already_keeps_its_propensity_to_the_last_bit():
    replay = ranked(AGES, levels=[-1.0, -3.0, -3.5, -3.4])

    found = effect(replay, 0.0)

    kept = replay[replay["customer_id"] == "lead-1"]["propensity"].item()
    assert found.after.expected_sales - found.before.expected_sales != 0
    alone = effect(replay[replay["customer_id"] == "lead-1"], 0.0)
    assert alone.after.expected_sales == kept


def test_the_guard_holds_back_what_the_level_model_says():
    held, free = scenario_shift(1.5, guarded=True), scenario_shift(1.5, guarded=False)

    assert (held.says, held.used, held.is_held_back) == (1.5, MAX_MARKET_SHIFT, True)
    assert (free.says, free.used, free.is_held_back) == (1.5, 1.5, False)


def test_nobody_asked_about_is_no_error():
    found = effect(ranked(), 0.3, best=0)

    assert (found.before.leads, found.before.conversion, found.after.expected_sales) == (0, 0.0, 0.0)
    assert found.changes.empty


AGED = st.lists(st.integers(18, 95), min_size=1, max_size=40)


@settings(max_examples=50)
@given(ages=AGED, level=st.floats(-6, 2))
def test_no_shift_changes_nothing_bit_for_bit(ages, level):
    found = effect(ranked(ages, level), 0.0, level=level)

    assert found.after == found.before
    assert found.changes.empty
    assert found.rank_changes.empty


@settings(max_examples=50)
@given(ages=AGED, shifts=st.tuples(st.floats(-1, 1), st.floats(-1, 1)).map(sorted))
def test_more_shift_never_means_fewer_sales_fewer_calls_or_lower_bands(ages, shifts):
    frame = ranked(ages)

    less, more = (effect(frame, shift).after for shift in shifts)

    assert more.expected_sales >= less.expected_sales
    assert more.worth_calling >= less.worth_calling
    assert more.band_leads["A"] >= less.band_leads["A"]
    assert more.band_leads["D"] <= less.band_leads["D"]
