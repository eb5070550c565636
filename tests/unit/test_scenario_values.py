from datetime import UTC, datetime

import pytest

from smartbank.core.market.indicators import Indicator
from smartbank.core.market.scale import Standing, places
from smartbank.core.market.scenarios import LONGEST_NAME, Scenario, clean_name, month_of, validate_market
from smartbank.errors import ScenarioError
from tests.stubs import StubScorer

MONDAY = datetime(2026, 1, 5, 9, tzinfo=UTC)
LOW_RATES = (1.0, -1.1, 2.35)
"""October 2010, in the stub's months."""


def test_a_market_says_where_each_value_lies_and_what_the_model_is_given_instead():
    found = places((2.635, 3.7, 3.3), StubScorer().training_market)

    assert found[Indicator.EMPLOYMENT].standing is Standing.OUTSIDE
    assert found[Indicator.EMPLOYMENT].used == 1.4
    assert found[Indicator.EURIBOR].hole == (1.1, 4.8)


def test_a_training_month_is_known_by_its_exact_values_alone():
    training = StubScorer().training_market

    assert month_of(LOW_RATES, training).period.text == "2010-10"
    assert month_of((1.0, -1.1, 2.36), training) is None


def test_names_that_differ_in_case_or_spaces_name_the_same_scenario():
    names = ["Low  rates ", "low rates", "LOW RATES"]

    scenarios = [Scenario(clean_name(name), LOW_RATES, "ana", MONDAY) for name in names]

    assert len({each.scenario_id for each in scenarios}) == 1
    assert scenarios[0].name == "Low rates"
    assert Scenario("Lower rates", LOW_RATES, "ana", MONDAY).scenario_id != scenarios[0].scenario_id


@pytest.mark.parametrize("name", ["", "   ", "a" * (LONGEST_NAME + 1), "a\x00b", "rates\u202eup"])
def test_a_name_nobody_can_read_is_refused(name):
    with pytest.raises(ScenarioError, match="a name of 1 to 60 letters"):
        clean_name(name)


def test_a_name_of_the_greatest_length_is_taken():
    assert clean_name("ã" * LONGEST_NAME) == "ã" * LONGEST_NAME


@pytest.mark.parametrize(
    ("market", "said"),
    [
        ((8.01, 0, 0), "Euribor 3 months must be between -1 and 8 percent."),
        ((1, float("nan"), 0), "Employment, year on year must be between -10 and 10 percent."),
        ((1, 0, float("inf")), "Consumer prices, year on year must be between -5 and 15 percent."),
    ],
)
def test_a_market_nobody_believes_is_refused_with_what_is_wrong(market, said):
    with pytest.raises(ScenarioError, match=said):
        validate_market(market)


def test_a_scenario_comes_back_from_plain_values():
    scenario = Scenario("Low rates", LOW_RATES, "ana", MONDAY, "2010-10")

    assert Scenario.from_json(scenario.to_json()) == scenario
