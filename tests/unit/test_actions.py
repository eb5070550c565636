import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartbank.core.actions import (
    CHANNEL,
    LANDLINE,
    MOBILE,
    MOBILE_EFFECT,
    WEEKDAY,
    WEEKDAY_EFFECTS,
    options,
    possible_actions,
    smallest_change,
)
from smartbank.core.level import level_rate

SHARES = st.floats(0.001, 0.999)
CONTACTS = st.sampled_from([MOBILE, LANDLINE, None])


def test_a_mobile_phone_is_offered_to_who_is_called_on_a_landline_alone():
    assert CHANNEL in {each.kind for each in possible_actions(LANDLINE)}
    assert {each.kind for contact in (MOBILE, None) for each in possible_actions(contact)} == {WEEKDAY}


def test_only_days_that_are_surely_better_are_offered():
    words = [each.words for each in possible_actions(MOBILE)]

    assert words == ["call on a Thursday", "call on a Wednesday"]
    assert all(each.effect.low > 0 for each in possible_actions(LANDLINE))


@given(propensity=SHARES, contact=CONTACTS, threshold=SHARES)
def test_the_smallest_change_crosses_the_threshold_and_no_smaller_one_does(propensity, contact, threshold):
    found = smallest_change(propensity, contact, threshold=threshold)

    every = options(propensity, contact)
    crossing = [each for each in every if each.propensity.value >= threshold]
    if found is None:
        assert crossing == []
        return
    assert found.propensity.value >= threshold
    assert len(found.actions) == min(len(each.actions) for each in crossing)
    assert found.propensity.value == min(
        each.propensity.value for each in crossing if len(each.actions) == len(found.actions)
    )
    assert found.propensity.low <= found.propensity.value <= found.propensity.high


def test_at_most_one_action_a_kind_and_effects_add_up_in_log_odds():
    both = options(0.05, LANDLINE)[-1]

    assert [each.kind for each in both.actions] == [CHANNEL, WEEKDAY]
    expected = level_rate(0.05, MOBILE_EFFECT.value + WEEKDAY_EFFECTS["Wednesday"].value)
    assert both.propensity.value == pytest.approx(expected)
    assert both.words == "call on a mobile phone and call on a Wednesday"
    assert len(options(0.05, LANDLINE)) == 5
    assert len(options(0.05, MOBILE)) == 2
