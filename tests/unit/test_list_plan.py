"""Lists small enough to plan by hand, and what must hold for any."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartbank.core.fair_list import ShareBounds
from smartbank.core.hold_out import HoldOut, Role, draws
from smartbank.core.list_plan import Objective, plan_list
from smartbank.core.number_format import NUMBER_FORMATS
from smartbank.errors import ListConstraintError

NOBODY_HELD_OUT = HoldOut(0, 0)
EIGHTHS = st.lists(st.integers(0, 8).map(lambda eighths: eighths / 8), min_size=1, max_size=8)  # their sums are exact
SHARES = st.integers(0, 10).map(lambda part: part / 20)
SEEDS = st.text("0123456789abcdef", min_size=1, max_size=4)


def leads(propensities):
    """Ranks from 1 in the order given, which must fall."""
    ids = [f"lead-{number}" for number in range(1, len(propensities) + 1)]
    return pd.DataFrame(
        {"rank": np.arange(1, len(ids) + 1), "customer_id": ids, "propensity": np.array(propensities, dtype=float)}
    )


def falling(n_leads):
    return leads(np.linspace(0.9, 0.1, n_leads))


def planned(ranked, **asked):
    usual = {"hold_out": HoldOut(), "seed": "00ff", "objective": Objective.SALES, "threshold": 0.1}
    return plan_list(ranked, **{**usual, **asked})


def ranks_of(plan, role):
    return (np.flatnonzero(plan.roles == role) + 1).tolist()


def counts(plan):
    return plan.n_called, plan.n_control, plan.n_exploration


def test_without_a_hold_out_the_best_are_called_in_order_of_rank():
    plan = planned(falling(5), calls=3, hold_out=NOBODY_HELD_OUT)

    assert plan.roles.tolist() == ["best", "best", "best", "", ""]
    assert plan.places.tolist() == [1, 2, 3, 0, 0]
    assert plan.called.tolist() == [True, True, True, False, False]


def test_of_100_calls_2_explore_and_98_go_to_a_pool_of_103_of_which_5_stay_uncalled():
    plan = planned(falling(1_000), calls=100)

    assert counts(plan) == (100, 5, 2)
    pool = ranks_of(plan, Role.BEST) + ranks_of(plan, Role.CONTROL)
    assert sorted(pool) == list(range(1, 104))
    assert min(ranks_of(plan, Role.EXPLORATION)) > 103


def test_control_and_exploration_are_the_lowest_of_two_kinds_of_draws():
    ranked = falling(20)

    plan = planned(ranked, calls=10, hold_out=HoldOut(0.2, 0.2), seed="00ff")  # 2 explore; 8 of a pool of 10

    uncalled = draws(ranked["customer_id"][:10], seed="00ff-control")
    drawn_in = draws(ranked["customer_id"][10:], seed="00ff-exploration")
    assert ranks_of(plan, Role.CONTROL) == sorted((uncalled.argsort()[:2] + 1).tolist())
    assert ranks_of(plan, Role.EXPLORATION) == sorted((drawn_in.argsort()[:2] + 11).tolist())


def test_ranks_may_have_gaps_and_rows_may_come_in_any_order():
    some = falling(10).iloc[[8, 0, 2, 5]]  # ranks 9, 1, 3, 6

    plan = planned(some, calls=3, hold_out=NOBODY_HELD_OUT)

    assert plan.places.tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("n_leads", "calls", "hold_out", "expected"),
    [
        (20, 100, HoldOut(), (19, 1, 0)),  # all 20 are the pool, and nobody is left to explore
        (104, 100, HoldOut(), (99, 5, 1)),  # a pool of 103, and one beside it
        (103, 100, HoldOut(), (98, 5, 0)),
        (3, 10, HoldOut(0.5, 0), (2, 1, 0)),  # half of 3 rounds to 2, which would leave one called
        (2, 10, HoldOut(0.5, 0), (2, 0, 0)),
        (1, 10, HoldOut(0.5, 0.5), (1, 0, 0)),
        (10, 1, HoldOut(0.5, 0.5), (1, 0, 0)),
        (10, 2, HoldOut(0.5, 0.5), (2, 0, 1)),  # one call for the best: nobody to hold out
        (10, 4, HoldOut(0.5, 0.5), (4, 2, 2)),
    ],
)
def test_shares_hold_on_small_lists_as_far_as_there_are_leads(n_leads, calls, hold_out, expected):
    assert counts(planned(falling(n_leads), calls=calls, hold_out=hold_out)) == expected


def test_profit_leaves_time_unused_rather_than_call_the_best_below_the_threshold():
    ranked = leads([0.5] * 20 + [0.05] * 980)

    plan = planned(ranked, calls=100, hold_out=HoldOut(0.05, 0.1), objective=Objective.PROFIT, threshold=0.5)

    assert counts(plan) == (21, 1, 2)  # 20 reach the threshold; 2 of 21 calls are the tenth that explores
    assert max(ranks_of(plan, Role.BEST)) <= 20
    assert min(ranks_of(plan, Role.EXPLORATION)) > 20


def test_profit_is_the_same_list_where_time_is_short():
    sales, profit = (planned(falling(50), calls=10, objective=each, threshold=0.5) for each in Objective)

    assert sales.roles.tolist() == profit.roles.tolist()


def test_bounds_hold_for_the_pool():
    groups = np.array(list("aaaaaaaaaabbbbbbbbbb"), dtype=object)

    plan = planned(falling(20), calls=8, hold_out=HoldOut(0.2, 0), groups=groups, bounds={"b": ShareBounds(least=0.3)})

    pool = sorted(ranks_of(plan, Role.BEST) + ranks_of(plan, Role.CONTROL))
    assert pool == [1, 2, 3, 4, 5, 6, 7, 11, 12, 13]  # 3 of the 10 are the best of b
    assert counts(plan) == (8, 2, 0)


def test_bounds_and_the_threshold_hold_together():
    groups = np.array(list("abababab"), dtype=object)
    of_b = {"groups": groups, "bounds": {"b": ShareBounds(most=0.5)}}

    plan = planned(falling(8), calls=9, hold_out=NOBODY_HELD_OUT, objective=Objective.PROFIT, threshold=0.5, **of_b)

    assert ranks_of(plan, Role.BEST) == [1, 2, 3, 4]


def test_bounds_no_pool_can_keep_are_refused_in_the_banks_own_numbers():
    of_a = {"groups": np.array(["b"] * 1_500, dtype=object), "bounds": {"a": ShareBounds(least=1.0)}}

    with pytest.raises(ListConstraintError, match=r"a: the least share asks for 1\.500 leads, and there are 0\."):
        planned(falling(1_500), calls=1_500, hold_out=NOBODY_HELD_OUT, numbers=NUMBER_FORMATS["de"], **of_a)


def test_bounds_without_groups_are_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="group of each lead"):
        planned(falling(3), calls=1, bounds={"a": ShareBounds(least=0.5)})


@pytest.mark.parametrize(
    ("n_leads", "asked", "sentence"),
    [
        (0, {"calls": 5}, "Nobody may be called now, so there is no list to plan. Loosen"),
        (5, {"calls": 0}, "The hours are too few for one call. Add"),
        (5, {"calls": 5, "objective": Objective.PROFIT, "threshold": 0.955}, "No lead reaches the threshold of 95.5 %"),
    ],
)
def test_where_no_list_is_possible_the_message_says_what_to_change(n_leads, asked, sentence):
    with pytest.raises(ListConstraintError, match="^" + sentence.replace(".", r"\.")):
        planned(falling(n_leads), **asked)


@given(propensities=EIGHTHS, calls=st.integers(1, 9), objective=st.sampled_from(Objective), eighths=st.integers(0, 8))
def test_without_a_hold_out_no_other_list_of_as_many_sells_more(propensities, calls, objective, eighths):
    ranked, threshold = leads(sorted(propensities, reverse=True)), eighths / 8
    allowed = [p for p in propensities if objective == Objective.SALES or p >= threshold]
    asked = {"calls": calls, "hold_out": NOBODY_HELD_OUT, "objective": objective, "threshold": threshold}
    if not allowed:
        with pytest.raises(ListConstraintError):
            planned(ranked, **asked)
        return

    plan = planned(ranked, **asked)

    assert plan.n_called == min(calls, len(allowed))
    best = max(sum(some) for some in combinations(allowed, plan.n_called))
    assert ranked["propensity"][plan.called].sum() == best


@given(n_leads=st.integers(1, 60), calls=st.integers(1, 60), hold_out=st.builds(HoldOut, SHARES, SHARES), seed=SEEDS)
def test_a_plan_keeps_its_time_and_calls_everybody_but_the_control_once(n_leads, calls, hold_out, seed):
    plan = planned(falling(n_leads), calls=calls, hold_out=hold_out, seed=seed)
    again = planned(falling(n_leads), calls=calls, hold_out=hold_out, seed=seed)

    best, control, exploration = (plan.roles == role for role in (Role.BEST, Role.CONTROL, Role.EXPLORATION))
    assert (plan.roles.tolist(), plan.places.tolist()) == (again.roles.tolist(), again.places.tolist())
    assert (plan.called == best | exploration).all()
    assert sorted(plan.places[plan.called]) == list(range(1, plan.n_called + 1))
    assert (np.diff(plan.places[best]) > 0).all()
    assert plan.roles[plan.places.argmax()] == Role.BEST  # the exploration is never all at the end
    assert plan.n_called == calls or (plan.n_called < calls and (plan.roles != "").all())
    assert abs(plan.n_control - hold_out.control * (control | best).sum()) < 0.51 or best.sum() == 2
    assert not control.any() or best.sum() >= 2


@given(
    n_leads=st.integers(2, 40),
    calls=st.integers(1, 30),
    hold_out=st.builds(HoldOut, SHARES, SHARES),
    objective=st.sampled_from(Objective),
    data=st.data(),
)
def test_who_is_not_on_the_list_can_go_without_changing_it(n_leads, calls, hold_out, objective, data):
    ranked, groups = falling(n_leads), np.array(list("ab") * 20, dtype=object)[:n_leads]
    asked = {"calls": calls, "hold_out": hold_out, "objective": objective, "threshold": 0.5}
    with_bounds = {"bounds": {"b": ShareBounds(least=0.5)}} if n_leads % 2 == 0 and objective == "sales" else {}
    plan = planned(ranked, **asked, **with_bounds, groups=groups)
    spare = np.flatnonzero(plan.roles == "")
    if not len(spare):
        return

    stay = np.arange(n_leads) != data.draw(st.sampled_from(spare.tolist()))
    without = planned(ranked[stay], **asked, **with_bounds, groups=groups[stay])

    assert without.roles.tolist() == plan.roles[stay].tolist()
    assert without.places.tolist() == plan.places[stay].tolist()


def test_the_control_is_a_random_part_of_the_pool():
    ranked = falling(20)
    plans = [planned(ranked, calls=10, hold_out=HoldOut(0.5, 0), seed=str(seed)) for seed in range(400)]

    held_out = np.array([plan.roles == Role.CONTROL for plan in plans])
    difference = [ranked["propensity"][part].mean() - ranked["propensity"][~part].mean() for part in held_out]

    assert held_out.sum(axis=0) == pytest.approx(np.full(20, 200), abs=40)  # 4 times the 10 that chance makes of 200
    assert np.mean(difference) == pytest.approx(0, abs=0.025)  # 4 times the 0.006 of 400 seeds


def test_exploration_is_spread_over_the_whole_calling_time():
    plans = [planned(falling(40), calls=20, hold_out=HoldOut(0, 0.1), seed=str(seed)) for seed in range(200)]

    places = np.array([sorted(plan.places[plan.roles == Role.EXPLORATION]) for plan in plans])

    assert places.mean(axis=0) == pytest.approx([5.5, 15], abs=1)  # one in each half
    assert set(places.ravel().tolist()) == {*range(1, 10), *range(11, 20)}  # anywhere but at the end of a half
