"""The time an observation belongs to: a month, a quarter or a day, as a short text that sorts by time."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

_SHAPES: Final = {
    "month": re.compile(r"(?P<year>\d{4})-(?P<part>0[1-9]|1[0-2])"),
    "quarter": re.compile(r"(?P<year>\d{4})-?Q(?P<part>[1-4])"),
    "day": re.compile(r"\d{4}-\d{2}-\d{2}"),
}


@dataclass(frozen=True, order=True)
class Period:
    """A month, a quarter or a day.

    Attributes
    ----------
    start, end : date
        Its first and its last day.
    text : str
        "2026-09", "2025-Q3" or "2026-05-28".
    """

    start: date
    end: date
    text: str

    @classmethod
    def parse(cls, text: str) -> "Period":
        """Return the period a text names; "2025Q3" is "2025-Q3". Raises `ValueError` for anything else."""
        if match := _SHAPES["month"].fullmatch(text):
            return _months(int(match["year"]), int(match["part"]), 1, text)
        if match := _SHAPES["quarter"].fullmatch(text):
            year, part = int(match["year"]), int(match["part"])
            return _months(year, 3 * part - 2, 3, f"{year}-Q{part}")
        if _SHAPES["day"].fullmatch(text):
            day = date.fromisoformat(text)
            return cls(day, day, text)
        raise ValueError(f"{text!r} is no month, quarter or day.")

    @property
    def is_quarter(self) -> bool:
        """Whether it is a quarter."""
        return "Q" in self.text

    @property
    def is_day(self) -> bool:
        """Whether it is a day."""
        return self.start == self.end

    def later(self, steps: int) -> "Period":
        """Return the period so many months, quarters or days later; earlier for a negative number."""
        if self.is_day:
            return Period.parse((self.start + timedelta(days=steps)).isoformat())
        months = 12 * self.start.year + self.start.month - 1 + steps * (3 if self.is_quarter else 1)
        year, month = divmod(months, 12)
        return Period.parse(f"{year}-Q{month // 3 + 1}" if self.is_quarter else f"{year}-{month + 1:02d}")

    def year_before(self) -> "Period":
        """Return the same month or quarter a year before. Raises `ValueError` for a day."""
        if self.is_day:
            raise ValueError("Year on year is by month or quarter.")
        return self.later(-4 if self.is_quarter else -12)

    @property
    def words(self) -> str:
        """The period for the reader of the screen: "September 2026", "third quarter of 2025", "28 May 2026"."""
        if self.is_day:
            return f"{self.start:%-d %B %Y}"
        if self.is_quarter:
            ordinal = ("first", "second", "third", "fourth")[self.start.month // 3]
            return f"{ordinal} quarter of {self.start.year}"
        return f"{self.start:%B %Y}"

    @property
    def words_within(self) -> str:
        """The period inside a sentence: as `words`, but "the third quarter of 2025"."""
        return f"the {self.words}" if self.is_quarter else self.words


def _months(year: int, month: int, count: int, text: str) -> Period:
    after = 12 * year + month - 1 + count
    end = date(after // 12, after % 12 + 1, 1) - timedelta(days=1)
    return Period(date(year, month, 1), end, text)
