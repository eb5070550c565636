"""The calling hours in the form of the rules, with the days they come to."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import streamlit as st

from smartbank.core.bank_settings import BankSettings
from smartbank.core.calling_hours import (
    WEEKDAYS,
    CallingHours,
    calling_days,
    has_holidays,
    is_calling_day,
    next_holiday,
)
from smartbank.core.wording import listed
from smartbank.ui.resources import bank_settings
from smartbank.ui.rule_text import HOURS, clock, short_day
from smartbank.ui.rules_form import change_draft, draft, said, widget_key

_MIDNIGHT: Final = 24 * 60
_DAYS_AHEAD: Final = 5


def show_hours(hours: CallingHours) -> None:
    """Draw the calling hours: days of the week, begin and end, public holidays, and the days they come to."""
    st.markdown("**Calling hours**")
    with st.container(border=True):
        st.multiselect(
            "Days of the week",
            range(len(WEEKDAYS)),
            key=widget_key(HOURS, "weekdays", list(hours.weekdays)),
            format_func=WEEKDAYS.__getitem__,
            placeholder="Choose",
            on_change=_put_weekdays,
        )
        with st.container(horizontal=True, vertical_alignment="bottom"):
            for name, label in (("opens", "Calls from"), ("closes", "Calls until")):
                moment = _time(getattr(hours, name))
                key = widget_key(HOURS, name, moment)
                st.time_input(label, key=key, width=160, step=900, on_change=_put_time, args=(name,))
            key = widget_key(HOURS, "on_holidays", hours.on_holidays)
            st.checkbox("Also on public holidays", key=key, on_change=_put_on_holidays)
        if hours.weekdays and hours.opens < hours.closes:
            st.caption(hours_consequence(hours, bank_settings(), now=datetime.now(UTC)))


def hours_consequence(hours: CallingHours, settings: BankSettings, *, now: datetime) -> str:
    """Return which days calls can be made next, and on which public holiday none are."""
    local = now.astimezone(ZoneInfo(settings.time_zone))
    is_over = local.hour * 60 + local.minute >= hours.closes
    first = local.date() + timedelta(days=is_over)
    days = calling_days(first, _DAYS_AHEAD, hours, country=settings.country)
    hours_of_day = f"from {clock(hours.opens)} to {clock(hours.closes)} ({settings.time_zone})"
    when = f"{listed([short_day(day) for day in days])}, {hours_of_day}" if days else "none within a year"
    return f"The next days to call: {when}. {_holiday_sentence(local.date(), hours, settings)}"


def _holiday_sentence(first: date, hours: CallingHours, settings: BankSettings) -> str:
    country = settings.country
    if not has_holidays(country):
        return f"No calendar of public holidays is known for {country}: a holiday counts as a day like any other."
    found = next_holiday(first, country=country)
    if found is None:
        return f"No public holiday of {country} is known within a year."
    day, name = found
    if is_calling_day(day, hours, country=country):
        effect = "calls are made then too"
    else:
        effect = "nobody is called" if day.weekday() in hours.weekdays else "no day to call anyway"
    return f"The next public holiday in {country} is {name}, {short_day(day)}: {effect}."


def _time(minutes: int) -> time:
    return time(minutes // 60 % 24, minutes % 60)


def _put(hours: CallingHours) -> None:
    change_draft(replace(draft(), hours=hours))


def _put_weekdays() -> None:
    chosen = said(HOURS, "weekdays")
    if chosen is not None:
        _put(replace(draft().hours, weekdays=tuple(sorted(chosen))))


def _put_time(name: str) -> None:
    """Take over when calls begin or end; an end at midnight is the end of the day."""
    moment: time | None = said(HOURS, name)
    if moment is None:
        return
    hours, minutes = draft().hours, moment.hour * 60 + moment.minute
    _put(replace(hours, opens=minutes) if name == "opens" else replace(hours, closes=minutes or _MIDNIGHT))


def _put_on_holidays() -> None:
    chosen = said(HOURS, "on_holidays")
    if chosen is not None:
        _put(replace(draft().hours, on_holidays=chosen))
