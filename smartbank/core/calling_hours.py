"""When the bank may call: days of the week, hours of the day, and public holidays."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

import holidays

WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_LOOKED_AHEAD: Final = 366
"""Days among which the next day to call is looked for."""


@dataclass(frozen=True)
class CallingHours:
    """The hours in which customers may be called, in the bank's time zone.

    Attributes
    ----------
    weekdays : tuple of int
        Days of the week, Monday is 0, rising.
    opens, closes : int
        Minutes after midnight; the last call begins before `closes`.
    on_holidays : bool
        Whether public holidays of the bank's country are days to call.
    """

    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4)
    opens: int = 9 * 60
    closes: int = 20 * 60
    on_holidays: bool = False

    @property
    def hours_a_day(self) -> float:
        """How many hours a day calls may be made."""
        return (self.closes - self.opens) / 60

    def to_json(self) -> dict[str, Any]:
        """Return plain values, as they are kept."""
        return {
            "weekdays": list(self.weekdays),
            "opens": self.opens,
            "closes": self.closes,
            "on_holidays": self.on_holidays,
        }


def hours_from(values: Mapping[str, Any]) -> CallingHours:
    """Return the hours that `CallingHours.to_json` wrote; what is missing is as by default."""
    known = {name: values[name] for name in ("weekdays", "opens", "closes", "on_holidays") if name in values}
    return CallingHours(**known | {"weekdays": tuple(known.get("weekdays", CallingHours.weekdays))})


def holiday_name(day: date, *, country: str) -> str:
    """Return the name of a public holiday of a country, in English; empty on any other day.

    Only holidays of the whole country are known; those of one region or town are not. Of a country without a calendar
    none is known.

    Parameters
    ----------
    country : str
        Two letters of ISO 3166.
    """
    return _holidays(country, day.year).get(day, "")


def has_holidays(country: str) -> bool:
    """Whether a calendar of public holidays is known for a country."""
    return country in holidays.list_supported_countries(include_aliases=False)


@lru_cache(maxsize=32)
def _holidays(country: str, year: int) -> dict[date, str]:
    if not has_holidays(country):
        return {}
    # without a language the names are in that of the server's locale
    return dict(holidays.country_holidays(country, years=year, language="en_US"))


def is_calling_day(day: date, hours: CallingHours, *, country: str) -> bool:
    """Whether customers may be called on a day at all."""
    return day.weekday() in hours.weekdays and (hours.on_holidays or not holiday_name(day, country=country))


def next_holiday(first: date, *, country: str) -> tuple[date, str] | None:
    """Return the next public holiday of a country from a day on, with its name; None where none is known."""
    days = (first + timedelta(days=ahead) for ahead in range(_LOOKED_AHEAD))
    return next(((day, name) for day in days if (name := holiday_name(day, country=country))), None)


def is_calling_time(moment: datetime, hours: CallingHours, *, country: str, zone: ZoneInfo) -> bool:
    """Whether customers may be called at a moment."""
    local = moment.astimezone(zone)
    minute = local.hour * 60 + local.minute
    return is_calling_day(local.date(), hours, country=country) and hours.opens <= minute < hours.closes


def calling_days(first: date, number: int, hours: CallingHours, *, country: str) -> list[date]:
    """Return the first so many days to call from a day on; fewer where a year has not as many."""
    days = (first + timedelta(days=ahead) for ahead in range(_LOOKED_AHEAD))
    return [day for day in days if is_calling_day(day, hours, country=country)][:number]


def next_opening(moment: datetime, hours: CallingHours, *, country: str, zone: ZoneInfo) -> datetime | None:
    """Return when calls may begin again after a moment outside the calling hours; None within a year never.

    The moment itself where it is within them.
    """
    if is_calling_time(moment, hours, country=country, zone=zone):
        return moment
    local = moment.astimezone(zone)
    opens = time(hours.opens // 60, hours.opens % 60)
    for day in calling_days(local.date(), 2, hours, country=country):
        opening = datetime.combine(day, opens, zone)
        if opening > local:
            return opening.astimezone(moment.tzinfo)
    return None
