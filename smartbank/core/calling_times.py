"""The calling hours of a bank where it is: whether calls may be made now, why not, and when to call back."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from smartbank.core.bank_settings import BankSettings
from smartbank.core.call_rules import RuleBook
from smartbank.core.calling_hours import (
    WEEKDAYS,
    CallingHours,
    calling_days,
    holiday_name,
    is_calling_day,
    is_calling_time,
    next_opening,
)

AFTER_CLOSING: Final = timedelta(minutes=15)
"""How long after the calling hours the outcome of a call that began within them may be recorded."""
IN_TWO_HOURS: Final = "In 2 hours"
TOMORROW: Final = "Tomorrow morning"
NEXT_DAY: Final = "Next working day"
_MORNING: Final = 10 * 60
_STEP_S: Final = 300


@dataclass(frozen=True)
class CallingTimes:
    """Calling hours with the country whose holidays count, and the bank's time zone."""

    hours: CallingHours
    country: str
    zone: ZoneInfo

    def is_open(self, moment: datetime) -> bool:
        """Whether calls may begin at a moment."""
        return is_calling_time(moment, self.hours, country=self.country, zone=self.zone)

    def may_record(self, moment: datetime) -> bool:
        """Whether outcomes may be recorded at a moment: within the hours and `AFTER_CLOSING`."""
        return self.is_open(moment) or self.is_open(moment - AFTER_CLOSING)

    def not_recorded(self, moment: datetime) -> str:
        """Return in words why no outcome is recorded at a moment for which `may_record` says so."""
        minutes = int(AFTER_CLOSING.total_seconds() // 60)
        why = self.closed_because(moment)
        return f"Nothing was recorded: {why}. Outcomes are taken until {minutes} minutes after closing."

    def opens_at(self, moment: datetime) -> datetime | None:
        """Return when calls may begin, from a moment on; None within a year never."""
        return next_opening(moment, self.hours, country=self.country, zone=self.zone)

    def closed_because(self, moment: datetime) -> str:
        """Return why no calls are made at a moment: "Sunday is no day to call"; empty where they are."""
        local = moment.astimezone(self.zone)
        if self.is_open(moment):
            return ""
        if local.weekday() not in self.hours.weekdays:
            return f"{WEEKDAYS[local.weekday()]} is no day to call"
        if not is_calling_day(local.date(), self.hours, country=self.country):
            return f"{local:%-d %B} is a public holiday ({holiday_name(local.date(), country=self.country)})"
        opens, closes = self.hours.opens, self.hours.closes
        if local.hour * 60 + local.minute < opens:
            return f"calls begin at {_clock(opens)}"
        return f"calls end at {_clock(closes)}"

    def call_back_choices(self, now: datetime) -> dict[str, datetime]:
        """Return the quick choices of a time to call back that are within the calling hours, the first one first.

        Where tomorrow is the next working day it is offered once.
        """
        soon = datetime.fromtimestamp(-(-(now.timestamp() + 7200) // _STEP_S) * _STEP_S, UTC)
        tomorrow = now.astimezone(self.zone).date() + timedelta(days=1)
        found = {IN_TWO_HOURS: soon} if self.is_open(soon) else {}
        for day in calling_days(tomorrow, 1, self.hours, country=self.country):
            found[TOMORROW if day == tomorrow else NEXT_DAY] = self._morning(day)
        return found

    def _morning(self, day: date) -> datetime:
        minute = min(max(_MORNING, self.hours.opens), max(self.hours.opens, self.hours.closes - 1))
        return datetime.combine(day, time(minute // 60, minute % 60), self.zone).astimezone(UTC)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def times_of(book: RuleBook, settings: BankSettings) -> CallingTimes:
    """Return the calling hours of a rule book, where the bank is."""
    return CallingTimes(book.hours, settings.country, ZoneInfo(settings.time_zone))
