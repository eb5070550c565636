"""Every repository of scenarios must pass these, whatever it is built on."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from smartbank.core.market.scenarios import Scenario

MONDAY = datetime(2026, 1, 5, 9, tzinfo=UTC)
LOW = Scenario("Low rates", (1.0, -1.1, 2.35), "ana", MONDAY, "2010-10")
CRISIS = Scenario("a crisis, $deep.", (0.7, -3.4, -1.67), "ben", MONDAY)


@pytest.fixture
def scenarios(build):
    return build("ScenarioRepository")


def test_a_scenario_comes_back_as_it_was_kept(scenarios):
    assert scenarios.add(LOW)

    assert scenarios.find(LOW.scenario_id) == LOW
    assert scenarios.find(CRISIS.scenario_id) is None


def test_the_second_of_one_name_is_refused_and_the_first_stays(scenarios):
    scenarios.add(LOW)

    added = scenarios.add(replace(LOW, name="LOW RATES", by="ben", market=(2, 0, 0)))

    assert not added
    assert scenarios.all() == [LOW]


def test_all_are_by_name_whatever_its_case(scenarios):
    for scenario in (LOW, CRISIS):
        scenarios.add(scenario)

    assert scenarios.all() == [CRISIS, LOW]


def test_a_deleted_scenario_is_gone_once_and_its_name_is_free(scenarios):
    for scenario in (LOW, CRISIS):
        scenarios.add(scenario)

    assert [scenarios.delete(LOW.scenario_id) for _ in range(2)] == [True, False]

    assert scenarios.all() == [CRISIS]
    assert scenarios.add(replace(LOW, by="ben"))


def test_of_eight_who_save_one_name_at_once_one_gets_it(scenarios):
    theirs = [replace(LOW, by=f"user {number}") for number in range(8)]

    with ThreadPoolExecutor(8) as pool:
        added = list(pool.map(scenarios.add, theirs))

    assert sum(added) == 1
    assert scenarios.find(LOW.scenario_id) == theirs[added.index(True)]
