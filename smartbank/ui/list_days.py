"""On which days a planned list can be called, by the bank's calling hours and public holidays."""

from datetime import datetime, timedelta

from smartbank.core.calling_hours import calling_days
from smartbank.core.calling_times import CallingTimes
from smartbank.core.capacity import Capacity
from smartbank.core.wording import listed
from smartbank.ui.rule_text import clock, short_day
from smartbank.ui.text import decimal

_NAMED = 5
"""Days up to which each one is named."""


def days_sentence(capacity: Capacity, times: CallingTimes, now: datetime) -> str:
    """Return on which days the calls can be made, beginning today where there is time left."""
    local = now.astimezone(times.zone)
    is_over = local.hour * 60 + local.minute >= times.hours.closes
    first = local.date() + timedelta(days=is_over)
    days = calling_days(first, capacity.days, times.hours, country=times.country)
    if len(days) < capacity.days:
        return "There are not as many days to call within a year: see the calling hours on the page Admin."
    hours = f"from {clock(times.hours.opens)} to {clock(times.hours.closes)}"
    if len(days) <= _NAMED:
        return f"Calls can be made on {listed([short_day(day) for day in days])}, {hours}."
    return f"Calls can be made from {short_day(days[0])} to {short_day(days[-1])}, {hours}."


def too_long_a_day(capacity: Capacity, times: CallingTimes) -> str:
    """Return that agents cannot call for so many hours a day; empty where they can."""
    if capacity.hours <= times.hours.hours_a_day:
        return ""
    return (
        f"Agents are to call {decimal(capacity.hours, digits=1)} hours a day, and the bank's calling hours are "
        f"{decimal(times.hours.hours_a_day, digits=1)}: the list will not be called through in time."
    )
