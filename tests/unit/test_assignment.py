from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartbank.core.assignment import Assignment, assign

AGENTS = ("eva", "gil", "rui")
SHARES = st.lists(st.floats(0.001, 0.999), max_size=60).map(lambda values: np.array(values, dtype=np.float64))


def sales_of(propensities, agents):
    return {name: float(propensities[agents == name].sum()) for name in AGENTS}


def test_in_turn_goes_round_by_the_order_of_calling():
    found = assign(np.array([0.9, 0.8, 0.7, 0.6]), agents=AGENTS, how=Assignment.IN_TURN)

    assert found.tolist() == ["eva", "gil", "rui", "eva"]


def test_even_sales_gives_the_best_leads_to_different_agents_and_evens_out():
    found = assign(np.array([0.9, 0.8, 0.1, 0.2]), agents=("eva", "gil"), how=Assignment.EVEN_SALES)

    assert found.tolist() == ["eva", "gil", "eva", "gil"]


@given(SHARES)
def test_shared_out_evenly_nobody_has_two_calls_more_than_another(propensities):
    for how in (Assignment.IN_TURN, Assignment.EVEN_SALES):
        found = assign(propensities, agents=AGENTS, how=how)
        calls = Counter(dict.fromkeys(AGENTS, 0) | Counter(found.tolist()))

        assert len(found) == len(propensities)
        assert max(calls.values()) - min(calls.values()) <= 1


@given(SHARES)
def test_the_sums_differ_by_less_than_the_best_lead(propensities):
    sales = sales_of(propensities, assign(propensities, agents=AGENTS, how=Assignment.EVEN_SALES))

    best = float(propensities.max()) if len(propensities) else 0.0
    assert max(sales.values()) - min(sales.values()) <= best + 1e-9


def test_of_a_long_list_the_sums_are_close_where_turns_favour_the_first():
    propensities = np.linspace(0.6, 0.05, 600)

    even = sales_of(propensities, assign(propensities, agents=AGENTS, how=Assignment.EVEN_SALES))

    assert max(even.values()) - min(even.values()) < 0.01


def test_who_called_a_customer_last_keeps_them_and_the_others_are_shared_out():
    owners = ["gil", "", "gil", "gone", ""]

    found = assign(np.array([0.5, 0.4, 0.3, 0.2, 0.1]), agents=("eva", "gil"), how=Assignment.BY_OWNER, owners=owners)

    assert found.tolist() == ["gil", "eva", "gil", "eva", "eva"]


@given(SHARES, st.data())
def test_owners_of_the_list_are_kept_and_everybody_has_an_agent(propensities, data):
    names = st.sampled_from([*AGENTS, "gone", ""])
    owners = data.draw(st.lists(names, min_size=len(propensities), max_size=len(propensities)))

    found = assign(propensities, agents=AGENTS, how=Assignment.BY_OWNER, owners=owners).tolist()

    assert set(found) <= set(AGENTS)
    assert all(owner not in AGENTS or owner == agent for owner, agent in zip(owners, found, strict=True))


@pytest.mark.parametrize("how", Assignment)
def test_one_agent_has_every_call_and_no_call_is_no_agent(how):
    assert set(assign(np.array([0.2, 0.1]), agents=("gil",), how=how, owners=["", "eva"]).tolist()) == {"gil"}
    assert assign(np.array([]), agents=AGENTS, how=how).tolist() == []
