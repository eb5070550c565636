"""The market quantities SmartBank follows: what each is, what is believable, and when it is old."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from smartbank.core.market.periods import Period


class Indicator(StrEnum):
    """A market quantity; the first three are what the level model sees."""

    EURIBOR = "euribor3m"
    EMPLOYMENT = "emp_var_rate"
    CPI = "cpi_yoy"
    CONFIDENCE = "cons_conf"
    """Shown, never scored: its definition changed in 2019."""


MARKET_FEATURES: Final = ("euribor3m", "emp_var_rate", "cpi_yoy")
"""What the level model sees, in its order: base-free, in percent."""
DAY_STALE_AFTER: Final = 7
"""Days after which the value of a single day is old: no holidays keep the next one away for longer."""


@dataclass(frozen=True)
class IndicatorFacts:
    """What is known of an indicator.

    Attributes
    ----------
    title, unit : str
        For the screen.
    lowest, highest : float
        The hard band, in its unit: a value outside is refused.
    stale_after_days : int
        Age from which the value of a month or a quarter is old; of a single day that is `DAY_STALE_AFTER`.
    counted_from_end : bool
        Whether that age is counted from the period's last day; else from its first.
    published_after_days : int
        Days after a period's last day within which its value is published.
    decimals : int
        With how many it is shown.
    """

    title: str
    unit: str
    lowest: float
    highest: float
    stale_after_days: int
    counted_from_end: bool
    published_after_days: int
    decimals: int

    def stale_from(self, period: Period) -> date:
        """Return the first day on which a period's value is old."""
        if period.is_day:
            return period.end + timedelta(days=DAY_STALE_AFTER + 1)
        counted = period.end if self.counted_from_end else period.start
        return counted + timedelta(days=self.stale_after_days + 1)

    def is_stale(self, period: Period, *, today: date) -> bool:
        """Whether a period's value is old."""
        return today >= self.stale_from(period)

    def due_on(self, period: Period) -> date:
        """Return the day by which the value of the period after this one is published; of a day on that day."""
        after = timedelta(days=0 if period.is_day else self.published_after_days)
        return period.later(1).end + after


FACTS: Final = {
    Indicator.EURIBOR: IndicatorFacts("Euribor 3 months", "percent", -1, 8, 45, True, 5, 2),
    Indicator.EMPLOYMENT: IndicatorFacts("Employment, year on year", "percent", -10, 10, 230, True, 90, 1),
    Indicator.CPI: IndicatorFacts("Consumer prices, year on year", "percent", -5, 15, 75, False, 14, 2),
    Indicator.CONFIDENCE: IndicatorFacts("Consumer confidence", "balance", -80, 30, 65, False, 0, 1),
}
