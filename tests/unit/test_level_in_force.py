"""What level is in force, and why, in words."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from smartbank.core.level_correction import LevelCorrection
from smartbank.core.level_in_force import LevelInForce, level_reasons
from smartbank.core.number_format import NUMBER_FORMATS
from smartbank.core.rules import ScoringRules
from smartbank.services.level_in_force import level_in_force
from smartbank.services.leveling import snapshot_level
from tests.actors import ANA
from tests.services import memory_services
from tests.unit.test_level_correction import outcomes
from tests.unit.test_leveling import MARGINS

LEVEL = LevelInForce(0.2, "Portugal 2008-10", (3.6, 0.1, 1.7), 0.0, 0.0, True, LevelCorrection())


def last(level):
    return level_reasons(level)[-1]


def test_the_level_in_force_is_that_of_the_next_whole_run():
    services, rules = memory_services(), ScoringRules(base_rate=0.2)
    services.outcomes.record_many(outcomes(20, 180))

    found = level_in_force(
        rules,
        by=ANA,
        scorer=services.scorer,
        market=services.market,
        outcomes=services.outcomes,
        now=datetime.now(UTC),
    )

    correction = found.correction.shift
    run = snapshot_level(
        MARGINS,
        rules=rules,
        snapshot=services.market.look(),
        scorer=services.scorer,
        whole=True,
        correction=correction,
    )
    assert (found.rate, found.market_shift, found.measured_in) == (run.rate, run.market_shift, run.reference_market)
    assert correction == -0.35
    assert found.is_held_back


def test_without_outcomes_the_base_rate_is_said_with_its_source_and_its_market():
    assert level_reasons(LEVEL) == [
        "The base rate is 20.0 % (Portugal 2008-10), measured in: Euribor 3.60 %, employment 0.1 %, "
        "consumer prices 1.70 %.",
        "The market since then leaves it where it is.",
        "No outcomes recorded yet: the base rate in force is 20.0 % (Portugal 2008-10).",
    ]


def test_a_market_held_back_says_what_the_model_alone_would():
    said = level_reasons(replace(LEVEL, model_shift=-0.965, market_shift=-0.4))

    assert said[1:3] == [
        "The market since then moves it down to 14.4 %.",
        "The model alone would say 8.7 %; a guard holds the market back.",
    ]


@pytest.mark.parametrize(
    ("correction", "said"),
    [
        (
            LevelCorrection(57, 3, 0.2, 0.0),
            "Of 57 decided calls in 90 days 3 sold: too few to move the level, 100 are needed.",
        ),
        (
            LevelCorrection(1_200, 240, 0.2, 0.0),
            "Of 1,200 decided calls in 90 days 240 sold where 240.0 were expected: the level stays.",
        ),
        (
            LevelCorrection(200, 20, 0.2, -0.35),
            "Of 200 decided calls in 90 days 20 sold where 40.0 were expected: that moves the level down to 15.0 %.",
        ),
        (
            LevelCorrection(2_000, 20, 0.2, -1.0),
            "That is as far as outcomes may move it: say the base rate anew.",
        ),
    ],
)
def test_outcomes_are_said_with_their_figures(correction, said):
    assert last(replace(LEVEL, correction=correction)) == said


def test_outcomes_that_are_not_followed_are_said_to_be_not():
    assert last(replace(LEVEL, follows_outcomes=False)) == "Outcomes are not followed: the settings say so."


def test_figures_are_in_the_number_format_of_the_bank():
    assert "20,0 %" in level_reasons(LEVEL, numbers=NUMBER_FORMATS["pt"])[0]
