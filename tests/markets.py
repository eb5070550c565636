"""Observations to choose a market from."""

from datetime import UTC, datetime, timedelta

from smartbank.adapters import memory
from smartbank.core.market.hops import Refreshed
from smartbank.core.market.indicators import FACTS, Indicator
from smartbank.core.market.observations import Observation, Source
from smartbank.core.market.overrides import Override
from smartbank.core.market.periods import Period
from smartbank.core.work_ids import new_work_id
from smartbank.services.market_refresh import job_name

THE_SOURCE = {
    Indicator.EURIBOR: Source.ECB,
    Indicator.EMPLOYMENT: Source.EUROSTAT,
    Indicator.CPI: Source.INE,
    Indicator.CONFIDENCE: Source.EUROSTAT,
}


def observed(indicator, value, period, **instead):
    """Return an accepted observation of the first source, or with what is said instead."""
    values = {
        "unit": FACTS[indicator].unit,
        "source": THE_SOURCE[indicator],
        "series": f"the {indicator} series",
        "fetched_at": datetime(2026, 10, 8, 9, tzinfo=UTC),
        "raw_value": value,
        "raw_unit": FACTS[indicator].unit,
    }
    return Observation(indicator, Period.parse(period), value, **(values | instead))


def observations_of_today():
    """Return a repository whose newest figures are of today, so that none of them is old."""
    today = datetime.now(UTC)
    month, quarter = f"{today:%Y-%m}", f"{today.year}-Q{(today.month + 2) // 3}"
    kept = memory.MemoryObservationRepository()
    kept.record_many(
        [
            observed(Indicator.EURIBOR, 2.6, month, fetched_at=today),
            observed(Indicator.EMPLOYMENT, 1.2, quarter, fetched_at=today),
            observed(Indicator.CPI, 3.0, month, fetched_at=today),
        ]
    )
    return kept


def put_override(overrides, *, now, indicator=Indicator.EURIBOR, value=2.9, by="ben", days=10):
    """Have somebody set a figure by hand, and return it."""
    override = Override(new_work_id(now), indicator, value, "the source is late", by, now, now + timedelta(days=days))
    overrides.add(override)
    return override


def put_refreshed(jobs, indicator, *hops, newest=None):
    """Keep what the last refresh of an indicator came to, as of its first hop."""
    at = hops[0].at
    refreshed = Refreshed(indicator, hops, newest, at, at.date())
    jobs.take(job_name(indicator), "w", now=at, first_at=at)
    jobs.finish(job_name(indicator), "w", refreshed.to_json(), now=at, next_at=at)
