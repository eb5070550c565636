"""Every registry of models must pass these, whatever it is built on."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from smartbank.core.model_versions import Comparison, Promotion, TrainedModel

NINE = datetime(2026, 11, 2, 9, tzinfo=UTC)
TRAINED = TrainedModel("2026.2-00000001", NINE, "ada", 2_400, 190)
COMPARED = Comparison("2026.2-00000001", "2026.2-7a515b9e", NINE, "ada", {"outcomes": 2_400, "auc_low": -0.004})
PROMOTED = Promotion(1, "2026.2-00000001", "2026.2-7a515b9e", NINE, "ada", "It ranks better.", {"outcomes": 2_400})


@pytest.fixture
def registry(build):
    return build("ModelRegistry")


def test_an_empty_registry_has_nothing(registry):
    assert (registry.trained(), registry.promotions(), registry.in_force()) == ([], [], None)
    assert registry.comparisons("2026.2-7a515b9e") == []


def test_a_trained_model_is_kept_once_and_the_newest_comes_first(registry):
    later = replace(TRAINED, version="2026.2-00000002", at=NINE + timedelta(days=30))

    for trained in (TRAINED, later, replace(TRAINED, by="eve", at=NINE + timedelta(days=60))):
        registry.add(trained)

    assert registry.trained() == [later, TRAINED]


def test_a_comparison_takes_the_place_of_an_earlier_one_of_the_same_two(registry):
    newer = replace(COMPARED, at=NINE + timedelta(days=1), evidence={"outcomes": 3_000})
    other = replace(COMPARED, challenger="2026.1-9d8fb3a1")
    of_another = replace(COMPARED, champion="2026.1-9d8fb3a1")

    for comparison in (COMPARED, other, of_another, newer):
        registry.keep_comparison(comparison)

    assert registry.comparisons("2026.2-7a515b9e") == [newer, other]
    assert registry.comparisons("2026.1-9d8fb3a1") == [of_another]


def test_the_promotion_with_the_highest_number_is_in_force(registry):
    back = Promotion(2, PROMOTED.before, PROMOTED.version, NINE + timedelta(days=1), "ada", "Taken back.")

    assert [registry.promote(PROMOTED), registry.promote(back)] == [True, True]

    assert registry.in_force() == back
    assert registry.promotions() == [back, PROMOTED]
    assert [each.is_return for each in registry.promotions()] == [True, False]


def test_a_switch_of_fields_is_told_from_a_promotion_and_a_return(registry):
    registry.promote(replace(PROMOTED, evidence={}, is_switch=True))

    assert [(each.is_switch, each.is_return) for each in registry.promotions()] == [(True, False)]


def test_a_number_is_given_once(registry):
    others = [replace(PROMOTED, version=f"2026.2-0000000{place}") for place in range(8)]

    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(registry.promote, others))

    assert sum(done) == 1
    assert registry.promotions() == [others[done.index(True)]]


def test_numbers_go_on_beyond_ten(registry):
    for number in range(1, 13):
        registry.promote(replace(PROMOTED, number=number))

    assert registry.in_force().number == 12


def test_moments_are_kept_to_the_millisecond(registry):
    registry.add(replace(TRAINED, at=NINE + timedelta(microseconds=1_700)))

    assert registry.trained()[0].at == NINE + timedelta(milliseconds=1)
