"""Which value of each indicator is in force: pure, from what is kept and the time."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Final

from smartbank.core.market.indicators import FACTS, Indicator
from smartbank.core.market.observations import SOURCE_NAMES, Observation, ObservationStatus, Source
from smartbank.core.market.overrides import Override, overrides_in_force
from smartbank.core.market.periods import Period
from smartbank.core.market.snapshot import MarketSnapshot, Origin, Reading, named_snapshot

SOURCES: Final[Mapping[Indicator, tuple[Source, ...]]] = {
    Indicator.EURIBOR: (Source.ECB, Source.BPSTAT),
    Indicator.EMPLOYMENT: (Source.EUROSTAT, Source.BPSTAT),
    Indicator.CPI: (Source.INE, Source.BPSTAT, Source.EUROSTAT, Source.ECB),
    Indicator.CONFIDENCE: (Source.EUROSTAT, Source.BPSTAT),
}
"""Who is asked, in this order; of consumer prices the last two publish a proxy."""


def sources_in_order(indicator: Indicator, *, daily_euribor: bool = False) -> tuple[Source, ...]:
    """Return who is asked for an indicator, in order; the Bundesbank's daily Euribor goes first where it is wanted."""
    first = (Source.BUNDESBANK,) if daily_euribor and indicator is Indicator.EURIBOR else ()
    return (*first, *SOURCES[indicator])


def snapshot_in_force(
    observations: Iterable[Observation],
    overrides: Iterable[Override],
    *,
    bundled: MarketSnapshot,
    now: datetime,
    daily_euribor: bool = False,
) -> MarketSnapshot:
    """Return the market in force: of each indicator the override, else the best observation, else what is bundled.

    Parameters
    ----------
    observations : iterable of Observation
        All that might be chosen, in any order; refused ones are passed over.
    bundled : MarketSnapshot
        The last resort; its value also goes before an observation of an earlier period.
    """
    by_hand = overrides_in_force(overrides, now=now)
    kept = list(observations)
    readings = []
    for last_resort in bundled.readings:
        indicator = last_resort.indicator
        if indicator in by_hand:
            readings.append(_set_by_hand(by_hand[indicator]))
            continue
        order = sources_in_order(indicator, daily_euribor=daily_euribor)
        mine = [each for each in kept if each.indicator is indicator]
        best = best_observation(mine, order=order, today=now.date())
        readings.append(last_resort if best is None or best.period.end < last_resort.period.end else _of(best, order))
    return bundled if tuple(readings) == bundled.readings else named_snapshot(tuple(readings))


def best_observation(
    observations: Sequence[Observation], *, order: Sequence[Source], today: date
) -> Observation | None:
    """Return the observation of one indicator to go by; None if none is accepted.

    The newest of the first source whose newest value is fresh; if no source's is, the newest of all. A source's own
    series goes before a proxy, and a revision before what it revises.
    """
    newest = {}
    for each in sorted(observations, key=lambda one: (one.period, one.fetched_at)):
        if each.status is ObservationStatus.ACCEPTED and each.source in order:
            newest[each.source] = each
    ranked = sorted(newest.values(), key=lambda one: (one.is_proxy, order.index(one.source)))
    fresh = (each for each in ranked if not FACTS[each.indicator].is_stale(each.period, today=today))
    return next(fresh, max(ranked, key=lambda one: (one.period.end, -ranked.index(one)), default=None))


def _of(observation: Observation, order: Sequence[Source]) -> Reading:
    first = observation.source is order[0]
    return Reading(
        observation.indicator,
        observation.value,
        observation.period,
        SOURCE_NAMES[observation.source],
        observation.series,
        Origin.PROXY if observation.is_proxy else Origin.FIRST if first else Origin.SECOND,
        observation.fetched_at,
    )


def _set_by_hand(override: Override) -> Reading:
    day = Period.parse(override.at.date().isoformat())
    return Reading(
        override.indicator, override.value, day, override.by, override.override_id, Origin.OVERRIDE, override.at
    )
