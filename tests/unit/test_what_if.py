from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smartbank.core.fields import FIELD, LEAD_COLUMNS
from smartbank.core.market.points import point_of
from smartbank.core.people import Actor, Role
from smartbank.core.what_if import WhatIf, changes, contradictions, value_of
from smartbank.errors import ModelArtifactError, NotFoundError, ScenarioError
from smartbank.ml.artifact import load_scorer
from smartbank.ml.demo_population import demo_population
from smartbank.ml.synthetic import load_demo_tables
from smartbank.services.customer_view import view_customer
from smartbank.services.what_if import imagine, load_order, what_if_ground
from tests.actors import ANA
from tests.bank import EVERYONE, Bank
from tests.services import memory_services
from tests.stubs import stub_leads
from tests.unit.test_earlier_models import MODELS

LEADS = 300
GIL = Actor("gil", Role.AGENT, "192.0.2.8")
NOTHING = WhatIf({})


def values(**known):
    return dict.fromkeys(LEAD_COLUMNS) | known


@pytest.fixture(scope="module")
def bank():
    """A bank with the shipped model that ranked three hundred synthetic customers."""
    bank = Bank()
    bank.services = memory_services(scorer=load_scorer(MODELS, n_threads=1))
    bank.queue = bank.services.queue
    leads = demo_population(load_demo_tables(MODELS), n=LEADS, seed=4)
    bank.services.customers.save_many(leads, source={"kind": "demo", "name": "x"}, saved_at=bank.clock)
    bank.run_id = bank.score(EVERYONE)
    bank.order = load_order(bank.run_id, by=ANA, frames=bank.services.frames)
    return bank


def view_of(bank, customer_id):
    held = bank.services
    ports = ("customers", "predictions", "outcomes", "frames", "writer_of", "snapshots")
    return view_customer(customer_id, by=ANA, **{name: getattr(held, name) for name in ports})


def ground_of(bank, customer_id):
    held = bank.services
    return what_if_ground(view_of(bank, customer_id), by=ANA, queue=held.queue, load_model=held.models.scorer_of)


@pytest.mark.parametrize("at", [0, 1, 57, LEADS - 1])
def test_a_what_if_of_an_unchanged_customer_is_the_stored_prediction_bit_for_bit(bank, at):
    customer_id = bank.order.customer_ids[at]
    stored = bank.services.predictions.history(customer_id)[0]

    for asked in (NOTHING, WhatIf({}, point_of(bank.services.market.look()))):
        (found,) = imagine([asked], by=ANA, ground=ground_of(bank, customer_id), order=bank.order)

        assert (found.propensity, found.margin, found.level) == (
            stored["propensity"],
            stored["margin"],
            stored["level"],
        )
        assert (found.band, found.call, found.rank) == (stored["band"], stored["call"], stored["rank"])
        assert found.contributions.tolist() == stored["contributions"]


CHANGED = st.fixed_dictionaries(
    {},
    optional={
        "age": st.integers(17, 120).map(float) | st.none(),
        "job": st.sampled_from([*FIELD["job"].levels, None]),
        "contact": st.sampled_from([*FIELD["contact"].levels, None]),
        "poutcome": st.sampled_from([*FIELD["poutcome"].levels, None]),
        "attempt": st.integers(1, 100).map(float),
        "previous": st.integers(0, 100).map(float) | st.none(),
        "days_since_contact": st.integers(0, 20_000).map(float) | st.none(),
    },
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asked=st.lists(CHANGED, min_size=1, max_size=3))
def test_a_what_if_is_what_scoring_the_changed_customer_gives_alone_or_beside_others(bank, asked):
    ground = ground_of(bank, bank.order.customer_ids[100])

    found = imagine([WhatIf(each) for each in asked], by=ANA, ground=ground, order=bank.order)

    for changed, each in zip(asked, found, strict=True):
        (alone,) = imagine([WhatIf(changed)], by=ANA, ground=ground, order=bank.order)
        assert (alone.propensity, alone.rank) == (each.propensity, each.rank)
        assert alone.contributions.tolist() == each.contributions.tolist()
        assert each.margin == pytest.approx(each.contributions.sum() + ground.scorer.base_value, abs=1e-4)
        assert 1 <= each.rank <= LEADS
        better = bank.order.margins > each.margin
        assert each.rank >= 1 + better[bank.order.customer_ids != ground.customer_id].sum()


def test_the_market_moves_the_level_as_a_scenario_does_and_no_rank(bank):
    ground = ground_of(bank, bank.order.customer_ids[10])
    low, high = (replace_first(ground.market, rate) for rate in (0.7, 5.0))

    same, *moved = imagine([NOTHING, WhatIf({}, low), WhatIf({}, high)], by=ANA, ground=ground, order=bank.order)

    assert same.shift is None
    assert {each.rank for each in moved} == {same.rank}
    assert {each.margin for each in moved} == {same.margin}
    for each in moved:
        level = replace(ground.level, market_shift=each.shift.used)
        assert each.level == level.log_odds
    assert moved[0].propensity != moved[1].propensity


def replace_first(market, euribor):
    return point_of({"euribor3m": euribor, "emp_var_rate": market[1], "cpi_yoy": market[2]})


def test_a_market_nobody_believes_is_refused(bank):
    ground = ground_of(bank, bank.order.customer_ids[10])

    with pytest.raises(ScenarioError):
        imagine([WhatIf({}, replace_first(ground.market, 99.0))], by=ANA, ground=ground, order=bank.order)


def test_an_agent_may_ask_and_nothing_is_kept(bank):
    ground = ground_of(bank, bank.order.customer_ids[10])
    before = len(bank.services.predictions.history(ground.customer_id))

    imagine([WhatIf({"age": 60.0})], by=GIL, ground=ground, order=bank.order)

    assert len(bank.services.predictions.history(ground.customer_id)) == before


def test_who_was_never_scored_or_whose_list_is_gone_gets_a_sentence():
    small = Bank()
    small.services.customers.save_many(stub_leads([30]), source={"kind": "demo", "name": "x"}, saved_at=small.clock)
    with pytest.raises(NotFoundError, match="was not scored yet"):
        ground_of(small, "lead-0")
    run_id = small.score(EVERYONE)
    small.services.frames.delete(f"run:{run_id}")
    with pytest.raises(NotFoundError, match="no longer kept"):
        ground_of(small, "lead-0")
    with pytest.raises(NotFoundError, match="no longer kept"):
        load_order(run_id, by=ANA, frames=small.services.frames)


def test_a_model_that_is_gone_is_said(bank):
    def gone(version):
        raise ModelArtifactError(f"Model {version} is not in the models folder.")

    view = view_of(bank, bank.order.customer_ids[0])
    with pytest.raises(ModelArtifactError):
        what_if_ground(view, by=ANA, queue=bank.services.queue, load_model=gone)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("job", "student", "student"),
        ("job", "unknown", None),
        ("job", np.nan, None),
        ("age", 30, 30.0),
        ("age", None, None),
        ("attempt", 3.0, 3.0),
    ],
)
def test_a_value_is_a_level_a_number_or_unknown(name, value, expected):
    assert value_of(name, value) == expected


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("job", "astronaut", "Job cannot be astronaut"),
        ("age", 16, "from 17 to 120"),
        ("age", 30.5, "whole number"),
        ("attempt", 0, "from 1 to 100"),
        ("previous", float("inf"), "from 0 to 100"),
    ],
)
def test_a_value_that_cannot_be_is_refused(name, value, why):
    with pytest.raises(ValueError, match=why):
        value_of(name, value)


def test_only_what_differs_is_a_change():
    before = pd.Series(values(job="student", age=30.0, previous=np.nan), dtype=object)

    assert changes(before, values(job="student", age=31.0)) == {"age": 31.0}
    assert changes(before, values(job="unknown", age=30)) == {"job": None}
    assert NOTHING.is_nothing
    assert not WhatIf({"age": 31.0}).is_nothing


@pytest.mark.parametrize(
    ("known", "why"),
    [
        ({"poutcome": "nonexistent", "previous": 2.0}, "so the last one has an outcome"),
        ({"poutcome": "success", "previous": 0.0}, "so there were contacts in it"),
        ({"poutcome": "nonexistent", "previous": 0.0, "days_since_contact": 6.0}, "was contacted before"),
    ],
)
def test_values_that_cannot_be_true_together_are_said(known, why):
    (sentence,) = contradictions(values(**known))
    assert why in sentence


@pytest.mark.parametrize(
    "known",
    [
        {},
        {"poutcome": "success", "previous": 1.0, "days_since_contact": 6.0},
        {"poutcome": "nonexistent", "previous": 0.0},
    ],
)
def test_values_that_can_be_true_together_are_not_doubted(known):
    assert contradictions(values(**known)) == []
