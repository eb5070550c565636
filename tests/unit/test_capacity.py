"""How many calls there is time for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartbank.core.capacity import Capacity
from smartbank.errors import ListConstraintError


def test_12_agents_of_5_hours_make_720_calls_of_5_minutes_a_day():
    assert Capacity(12, 5, 5).calls == 720
    assert Capacity(12, 5, 5, days=5).calls == 3_600
    assert Capacity(12, 5, 5).calls_per_hour == 12


def test_what_is_left_of_each_agents_hours_is_added_up_and_a_part_of_a_call_is_none():
    assert Capacity(1, 1, 8).calls == 7  # 7.5
    assert Capacity(3, 1, 8).calls == 22  # 22.5
    assert Capacity(1, 1, 8).calls_per_hour == 7.5


@given(agents=st.integers(1, 500), tenths=st.integers(1, 239), days=st.integers(1, 60), minutes=st.integers(1, 60))
def test_calls_are_those_of_whole_numbers_whatever_a_float_makes_of_a_tenth(agents, tenths, days, minutes):
    assert Capacity(agents, tenths / 10, minutes, days).calls == agents * tenths * 6 * days // minutes
    assert Capacity(agents, tenths * 0.1, minutes * 0.1, days).calls == agents * tenths * 60 * days // minutes


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"agents": 0}, "at least one agent"),
        ({"agents": float("inf")}, "at least one agent"),
        ({"hours": 0}, "above 0 and at most 24"),
        ({"hours": 24.1}, "above 0 and at most 24"),
        ({"hours": float("nan")}, "above 0 and at most 24"),
        ({"minutes_per_call": 0}, "more than 0 minutes"),
        ({"minutes_per_call": float("inf")}, "more than 0 minutes"),
        ({"minutes_per_call": float("nan")}, "more than 0 minutes"),
        ({"minutes_per_call": 1e-320}, "too many calls"),
        ({"days": 0}, "1 to 60 days"),
        ({"days": 61}, "1 to 60 days"),
    ],
)
def test_what_no_team_has_is_refused_with_what_to_enter(asked, sentence):
    with pytest.raises(ListConstraintError, match=f"{sentence}.* Enter"):
        Capacity(**{"agents": 1, "hours": 5, "minutes_per_call": 5} | asked)
