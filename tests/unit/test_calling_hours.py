"""When the bank may call: weekdays, hours, public holidays, and the change to summer time."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import SUPPORTED_REGIONS

from smartbank.core import calling_hours
from smartbank.core.calling_hours import (
    CallingHours,
    calling_days,
    has_holidays,
    holiday_name,
    hours_from,
    is_calling_day,
    is_calling_time,
    next_holiday,
    next_opening,
)

LISBON = ZoneInfo("Europe/Lisbon")
HOURS = CallingHours()
EVERY_DAY = CallingHours(weekdays=tuple(range(7)), on_holidays=True)
RESTORATION = date(2026, 12, 1)


def lisbon(*when):
    return datetime(*when, tzinfo=LISBON)


def may_call(moment, hours=HOURS, country="PT"):
    return is_calling_time(moment, hours, country=country, zone=LISBON)


def opening(moment, hours=HOURS, country="PT"):
    return next_opening(moment, hours, country=country, zone=LISBON)


def test_a_public_holiday_of_the_country_is_no_day_to_call_unless_the_bank_says_so():
    assert RESTORATION.strftime("%A") == "Tuesday"
    assert holiday_name(RESTORATION, country="PT") == "Restoration of Independence Day"
    assert not is_calling_day(RESTORATION, HOURS, country="PT")
    assert is_calling_day(RESTORATION, CallingHours(on_holidays=True), country="PT")
    assert is_calling_day(RESTORATION, HOURS, country="DE")


def test_a_holiday_is_named_in_english_whatever_language_the_server_speaks(monkeypatch):
    calling_hours._holidays.cache_clear()
    for name in ("LANGUAGE", "LANG", "LC_ALL"):
        monkeypatch.setenv(name, "pt_PT")

    assert holiday_name(RESTORATION, country="PT") == "Restoration of Independence Day"
    calling_hours._holidays.cache_clear()


def test_a_weekend_is_no_time_to_call():
    assert [may_call(lisbon(2026, 1, day, 10)) for day in (9, 10, 11, 12)] == [True, False, False, True]


def test_calls_begin_with_the_opening_minute_and_end_before_the_closing_one():
    moments = [(8, 59), (9, 0), (19, 59), (20, 0)]

    assert [may_call(lisbon(2026, 1, 5, *moment)) for moment in moments] == [False, True, True, False]


def test_the_hours_are_those_of_the_bank_wherever_the_moment_was_noted():
    assert may_call(datetime(2026, 7, 6, 8, tzinfo=UTC))
    assert not may_call(datetime(2026, 7, 6, 7, 59, tzinfo=UTC))
    assert may_call(datetime(2026, 7, 6, 4, tzinfo=ZoneInfo("America/New_York")))


@pytest.mark.parametrize(
    ("evening", "morning"),
    [
        (datetime(2026, 3, 27, 20, tzinfo=UTC), datetime(2026, 3, 30, 8, tzinfo=UTC)),
        (datetime(2026, 10, 23, 19, tzinfo=UTC), datetime(2026, 10, 26, 9, tzinfo=UTC)),
    ],
    ids=["to summer time", "to winter time"],
)
def test_calls_begin_at_the_same_hour_after_the_clocks_changed(evening, morning):
    assert not may_call(evening)
    assert opening(evening) == morning


def test_calls_begin_again_the_same_day_the_next_day_or_after_the_holiday():
    assert opening(lisbon(2026, 1, 5, 7)) == lisbon(2026, 1, 5, 9)
    assert opening(lisbon(2026, 1, 5, 10)) == lisbon(2026, 1, 5, 10)
    assert opening(lisbon(2026, 1, 5, 20)) == lisbon(2026, 1, 6, 9)
    assert opening(lisbon(2026, 11, 30, 20)) == lisbon(2026, 12, 2, 9)


def test_without_a_day_calls_never_begin():
    assert opening(lisbon(2026, 1, 5, 10), CallingHours(weekdays=())) is None
    assert calling_days(date(2026, 1, 5), 5, CallingHours(weekdays=()), country="PT") == []


def test_the_next_days_to_call_leave_weekends_and_holidays_out():
    days = calling_days(date(2026, 11, 27), 5, HOURS, country="PT")

    assert [day.day for day in days] == [27, 30, 2, 3, 4]


def test_the_next_holiday_is_the_day_itself_or_the_first_after_it():
    assert next_holiday(RESTORATION, country="PT") == (RESTORATION, "Restoration of Independence Day")
    assert next_holiday(date(2026, 12, 26), country="PT") == (date(2027, 1, 1), "New Year's Day")


@pytest.mark.parametrize("country", ["AC", "ZZ", "", "pt"])
def test_a_country_without_a_calendar_has_no_holidays(country):
    assert not has_holidays(country)
    assert is_calling_day(RESTORATION, HOURS, country=country)
    assert next_holiday(RESTORATION, country=country) is None


def test_nearly_every_country_of_the_settings_has_a_calendar_that_loads():
    without = {country for country in SUPPORTED_REGIONS if not has_holidays(country)}

    assert without == {"AC", "TA"}
    assert all(next_holiday(date(2026, 1, 1), country=country) for country in ("PT", "DE", "GB", "ES", "US", "IN"))


def test_hours_come_back_from_plain_values_and_from_some_of_them():
    wanted = CallingHours((5, 6), 0, 1440, on_holidays=True)

    assert hours_from(wanted.to_json()) == wanted
    assert hours_from({"opens": 600}) == CallingHours(opens=600)
    assert (HOURS.hours_a_day, wanted.hours_a_day) == (11, 24)


@given(
    st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)),
    st.sets(st.integers(0, 6), min_size=1),
    st.integers(8, 95),  # from two o'clock on: the hour before is left out once a year
    st.integers(9, 96),
    st.booleans(),
)
def test_the_next_opening_is_a_time_to_call_and_none_before_it_is(moment, weekdays, begin, end, on_holidays):
    hours = CallingHours(tuple(sorted(weekdays)), 15 * min(begin, end - 1), 15 * end, on_holidays)

    found = opening(moment, hours)

    assert found is not None
    assert found >= moment
    assert may_call(found, hours)
    assert found == moment or not may_call(moment + (found - moment) / 2, hours)
