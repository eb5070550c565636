from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from smartbank.core.calling_hours import CallingHours
from smartbank.core.calling_times import CallingTimes
from smartbank.core.capacity import Capacity
from smartbank.ui.list_days import days_sentence, too_long_a_day

LISBON = CallingTimes(CallingHours(), "PT", ZoneInfo("Europe/Lisbon"))
NEVER = CallingTimes(CallingHours(weekdays=()), "PT", ZoneInfo("Europe/Lisbon"))
FRIDAY = datetime(2026, 11, 27, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("days", "now", "said"),
    [
        (1, FRIDAY, "Calls can be made on Fri 27 Nov, from 09:00 to 20:00."),
        (1, FRIDAY.replace(hour=20), "Calls can be made on Mon 30 Nov, from 09:00 to 20:00."),
        (3, FRIDAY, "Calls can be made on Fri 27 Nov, Mon 30 Nov and Wed 2 Dec, from 09:00 to 20:00."),
        (6, FRIDAY, "Calls can be made from Fri 27 Nov to Mon 7 Dec, from 09:00 to 20:00."),
    ],
)
def test_weekends_and_public_holidays_are_no_days_to_call(days, now, said):
    assert days_sentence(Capacity(1, 5, 5, days), LISBON, now) == said


def test_a_bank_that_never_calls_is_told():
    assert days_sentence(Capacity(1, 5, 5, 1), NEVER, FRIDAY).startswith("There are not as many days to call")


def test_more_hours_a_day_than_the_bank_calls_are_doubted():
    assert too_long_a_day(Capacity(1, 11, 5), LISBON) == ""
    assert too_long_a_day(Capacity(1, 11.5, 5), LISBON).startswith("Agents are to call 11.5 hours a day")
