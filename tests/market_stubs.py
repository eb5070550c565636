"""Market sources that say what a test wants, and what refreshing them needs."""

from datetime import UTC, datetime

from smartbank.adapters import memory
from smartbank.core.market.indicators import Indicator
from smartbank.core.market.observations import RawPoint, RawSeries, Source
from smartbank.core.market.periods import Period
from smartbank.errors import MarketSourceError
from smartbank.services.market_hops import MarketPorts
from smartbank.services.settings_in_force import SettingsInForce
from tests.stubs import StubScorer

OCTOBER = datetime(2026, 10, 8, 9, tzinfo=UTC)
"""Euribor of September is published, the prices of September are not."""


class StubSource:
    """Says a series of (period, value) pairs, or fails with a sentence; counts how often it was asked."""

    def __init__(self, source, *points, indicator=Indicator.EURIBOR, is_proxy=False, error="", wait_s=0.0):
        self.source, self.indicator, self.is_proxy = source, indicator, is_proxy
        self.points, self.error, self.wait_s = points, error, wait_s
        self.asked = 0
        self.before_answer = lambda: None

    def fetch(self, *, now):
        self.asked += 1
        self.before_answer()
        if self.error:
            raise MarketSourceError(self.error, wait_s=self.wait_s)
        points = tuple(RawPoint(Period.parse(period), value) for period, value in self.points)
        unit = "balance" if self.indicator is Indicator.CONFIDENCE else "percent"
        return RawSeries(self.source, f"{self.source} series", unit, points, now)


class Clock:
    """A clock that only goes on when somebody waits."""

    def __init__(self):
        self.seconds = 0.0
        self.waited = lambda: None

    def __call__(self):
        return self.seconds

    def sleep(self, seconds):
        self.seconds += seconds
        self.waited()


def market_ports(*sources, clock=None, **instead):
    """Return what refreshing the market needs, in memory, on a clock of its own."""
    clock = clock or Clock()
    values = {
        "sources": sources,
        "observations": memory.MemoryObservationRepository(),
        "jobs": memory.MemoryJobSchedule(),
        "settings": SettingsInForce(memory.MemorySettingsRepository(), max_age_s=0),
        "training": StubScorer().training_market,
        "audit": memory.MemoryAuditLog(),
        "clock": clock,
        "sleep": clock.sleep,
    }
    return MarketPorts(**(values | instead))


def ecb(*points, **more):
    return StubSource(Source.ECB, *points, **more)


def bpstat(*points, **more):
    return StubSource(Source.BPSTAT, *points, **more)
