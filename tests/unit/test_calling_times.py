from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from smartbank.core.calling_hours import CallingHours
from smartbank.core.calling_times import AFTER_CLOSING, CallingTimes

LISBON = ZoneInfo("Europe/Lisbon")
TIMES = CallingTimes(CallingHours(), "PT", LISBON)


def at(day, hour, minute=0, month=11):
    return datetime(2026, month, day, hour, minute, tzinfo=LISBON).astimezone(UTC)


@pytest.mark.parametrize(
    ("moment", "why"),
    [
        (at(26, 9), ""),
        (at(26, 19, 59), ""),
        (at(26, 8, 59), "calls begin at 09:00"),
        (at(26, 20), "calls end at 20:00"),
        (at(28, 12), "Saturday is no day to call"),
        (at(1, 12, month=12), "1 December is a public holiday (Restoration of Independence Day)"),
    ],
)
def test_why_no_calls_are_made_is_said(moment, why):
    assert TIMES.closed_because(moment) == why
    assert TIMES.is_open(moment) == (not why)


@pytest.mark.parametrize(
    ("moment", "may"),
    [(at(26, 8, 59), False), (at(26, 20), True), (at(26, 20, 14), True), (at(26, 20, 15), False), (at(28, 12), False)],
)
def test_outcomes_are_recorded_for_a_quarter_of_an_hour_after_closing(moment, may):
    assert timedelta(minutes=15) == AFTER_CLOSING
    assert TIMES.may_record(moment) is may


def test_calls_may_begin_again_on_the_next_day_to_call():
    assert TIMES.opens_at(at(27, 20)) == at(30, 9)
    assert CallingTimes(CallingHours(()), "PT", LISBON).opens_at(at(27, 20)) is None


@pytest.mark.parametrize(
    ("now", "choices"),
    [
        (at(26, 14, 32), {"In 2 hours": at(26, 16, 35), "Tomorrow morning": at(27, 10)}),
        (at(26, 18, 30), {"Tomorrow morning": at(27, 10)}),
        (at(27, 10), {"In 2 hours": at(27, 12), "Next working day": at(30, 10)}),
    ],
)
def test_the_quick_choices_are_within_the_calling_hours(now, choices):
    assert TIMES.call_back_choices(now) == choices
    assert all(TIMES.is_open(moment) for moment in choices.values())


@pytest.mark.parametrize(("opens", "closes", "morning"), [(660, 1200, (11, 0)), (420, 540, (8, 59))])
def test_the_morning_of_a_bank_that_calls_late_or_early_is_within_its_hours(opens, closes, morning):
    times = CallingTimes(CallingHours(opens=opens, closes=closes), "PT", LISBON)

    assert times.call_back_choices(at(26, 3))["Tomorrow morning"] == at(27, *morning)


def test_a_bank_that_never_calls_has_no_quick_choice():
    assert CallingTimes(CallingHours(()), "PT", LISBON).call_back_choices(at(26, 12)) == {}
