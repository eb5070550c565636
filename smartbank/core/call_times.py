"""When a call was made, as files write it: ISO 8601, day or month first, or the number Excel keeps."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from smartbank.core.moments import to_milliseconds

_LONGEST: Final = 40
_SLASHED: Final = re.compile(
    r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})[ T,]+(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?\s*([ap]\.?m\.?)?", re.IGNORECASE
)
_ISO: Final = re.compile(r"\d{4}-?\d{2}-?\d{2}[ T]\d{2}.*")
_EXCEL: Final = re.compile(r"[2-7]\d{4}[.,]\d+")
_EXCEL_BEGINS: Final = datetime(1899, 12, 30)
_DAY_S: Final = 86_400


def says_month_first(texts: Iterable[str], *, otherwise: bool) -> bool:
    """Whether dates such as 3/4/2026 begin with the month: as a date of the column that can be read one way says."""
    for text in texts:
        found = _SLASHED.fullmatch(text.strip()[:_LONGEST])
        if found is None or found[2] == ".":
            continue
        if int(found[1]) > 12:
            return False
        if int(found[3]) > 12:
            return True
    return otherwise


def moment_of(text: str, *, zone: ZoneInfo, month_first: bool) -> datetime | None:
    """Return the moment a text means, in UTC and to the millisecond; None where it is none, or has no time of day.

    Parameters
    ----------
    zone : ZoneInfo
        Of times that do not say theirs.
    month_first : bool
        Of dates with slashes or dashes that end with the year; with dots the day is first.
    """
    plain = text.strip()
    if len(plain) > _LONGEST:
        return None
    try:
        found = _read(plain, month_first=month_first)
        if found is None:
            return None
        aware = found if found.tzinfo is not None else found.replace(tzinfo=zone)
        moment = aware.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return to_milliseconds(moment)


def _read(plain: str, *, month_first: bool) -> datetime | None:
    if _EXCEL.fullmatch(plain):
        return _EXCEL_BEGINS + timedelta(seconds=round(float(plain.replace(",", ".")) * _DAY_S))
    if _ISO.fullmatch(plain):
        return datetime.fromisoformat(plain)
    found = _SLASHED.fullmatch(plain)
    if found is None:
        return None
    day, month = (found[3], found[1]) if month_first and found[2] != "." else (found[1], found[3])
    hour = int(found[5])
    if half := (found[8] or "").lower().replace(".", ""):
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "pm" else 0)
    numbers = (int(found[4]), int(month), int(day), hour, int(found[6]), int(found[7] or 0))
    return datetime(*numbers)
