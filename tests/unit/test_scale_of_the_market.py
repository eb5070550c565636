"""No propensity depends on the base a source counts from, nor on how far outside the training data a figure is."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartbank.core.level import propensity
from smartbank.core.market.choice import snapshot_in_force
from smartbank.core.market.indicators import MARKET_FEATURES, Indicator
from smartbank.core.market.judging import judge_series
from smartbank.core.market.observations import Source
from smartbank.core.market.points import point_of
from smartbank.core.market.snapshot import BUNDLED_SNAPSHOT
from smartbank.core.rules import ScoringRules
from smartbank.ml.artifact import load_scorer
from smartbank.ml.demo_population import demo_population
from smartbank.ml.synthetic import load_demo_tables
from smartbank.services.leveling import reference_market, shift_between, snapshot_level
from tests.market_figures import consumer_prices, employment
from tests.unit.test_judging import AT, TODAY, series

MODELS = Path(__file__).parents[2] / "models"
OWN = ScoringRules(base_rate=0.03, base_rate_source="your bank", base_rate_market=(1.2, 0.5, 1.0))


@cache
def scorer():
    return load_scorer(MODELS)


@cache
def margins():
    return scorer().margins(demo_population(load_demo_tables(MODELS), n=20, seed=0))


def market_of(*, prices, persons):
    """Return the market in force once two publishers sent their series, counted on other bases."""
    answers = {
        Indicator.CPI: series(Source.INE, "index", {at: value * prices for at, value in consumer_prices().items()}),
        Indicator.EMPLOYMENT: series(
            Source.EUROSTAT, "thousand persons", {at: value * persons for at, value in employment().items()}
        ),
    }
    judged = [
        judge_series(
            raw,
            indicator=indicator,
            is_proxy=False,
            training=scorer().training_market,
            known=(),
            today=TODAY,
        )
        for indicator, raw in answers.items()
    ]
    assert [each.problem for each in judged] == ["", ""]
    observations = [one for each in judged for one in each.observations]
    return snapshot_in_force(observations, (), bundled=BUNDLED_SNAPSHOT, now=AT)


def propensities(snapshot, rules):
    """Return the propensities of twenty leads in a market, as a selection has them."""
    level = snapshot_level(margins(), rules=rules, snapshot=snapshot, scorer=scorer(), whole=False)
    return propensity(level.log_odds + margins())


@settings(max_examples=40)
@given(st.floats(1e-3, 1e3), st.floats(1e-3, 1e3))
def test_rebasing_a_series_by_any_constant_changes_no_bit_of_any_propensity(prices, persons):
    as_published, rebased = market_of(prices=1.0, persons=1.0), market_of(prices=prices, persons=persons)

    assert (as_published.cpi_yoy, as_published.emp_var_rate) == (3.30, 3.7)
    assert rebased.snapshot_id == as_published.snapshot_id
    for rules in (ScoringRules(), OWN):
        assert propensities(rebased, rules).tobytes() == propensities(as_published, rules).tobytes()


@given(st.tuples(*[st.floats(-1e6, 1e6)] * 3))
def test_a_figure_outside_the_training_range_moves_no_propensity_further_than_its_clipped_one(point):
    training = scorer().training_market
    clipped = tuple(
        min(max(value, training.low[name]), training.high[name])
        for name, value in zip(MARKET_FEATURES, point, strict=True)
    )

    for rules in (ScoringRules(), OWN):
        reference = reference_market(rules, scorer())
        assert shift_between(reference, point, scorer()) == shift_between(reference, clipped, scorer())


@pytest.mark.parametrize("name", MARKET_FEATURES)
def test_each_figure_beyond_its_range_scores_as_the_end_of_the_range(name):
    training, at = scorer().training_market, MARKET_FEATURES.index(name)
    shifts = []
    for value in (training.high[name], training.high[name] + 100):
        point = list(point_of(training.mean))
        point[at] = value
        shifts.append(shift_between(point_of(training.mean), tuple(point), scorer()))

    assert shifts[0] == shifts[1] != 0.0
    assert np.isfinite(shifts).all()
