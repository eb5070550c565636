"""Ask the sources of an indicator, one after the other, until one gives a fresh figure."""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from smartbank.core.market.choice import best_observation, sources_in_order
from smartbank.core.market.hops import Hop, HopOutcome
from smartbank.core.market.indicators import FACTS, Indicator
from smartbank.core.market.judging import Judged, judge_series
from smartbank.core.market.observations import SOURCE_NAMES, Observation, ObservationStatus, Source
from smartbank.core.market.training import TrainingMarket
from smartbank.core.ports import AuditLog, JobSchedule, MarketSource, ObservationRepository
from smartbank.core.trace import traced
from smartbank.core.wording import plural
from smartbank.errors import MarketSourceError
from smartbank.services.settings_in_force import SettingsInForce

KEPT_FIGURES: Final = "Kept figures"
"""The "source" of a hop in which nobody was asked."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class MarketPorts:
    """What refreshing the market needs from the outside.

    Attributes
    ----------
    sources : sequence of MarketSource
        Every source there is; their order for an indicator is `sources_in_order`.
    online : bool
        Whether SmartBank may ask sources at all.
    clock, sleep : callable
        Seconds that only grow, and how to wait some.
    """

    sources: Sequence[MarketSource]
    observations: ObservationRepository
    jobs: JobSchedule
    settings: SettingsInForce
    training: TrainingMarket
    audit: AuditLog
    online: bool = True
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True)
class Asked:
    """What came of asking sources.

    Attributes
    ----------
    new_figures : int
        Accepted ones that were not known before.
    left_alone : mapping of Source to datetime
        Publishers that asked for it, and until when.
    """

    hops: tuple[Hop, ...] = ()
    new_figures: int = 0
    left_alone: Mapping[Source, datetime] = field(default_factory=dict)

    def then(self, later: "Asked") -> "Asked":
        """Return what came of both, one after the other."""
        return Asked(
            self.hops + later.hops,
            self.new_figures + later.new_figures,
            {**self.left_alone, **later.left_alone},
        )


def kept_figure(indicator: Indicator, *, ports: MarketPorts, today: date) -> Observation | None:
    """Return the observation to go by that is kept, of whatever age; None if there is none."""
    return best_observation(ports.observations.newest(indicator), order=source_order(indicator, ports), today=today)


def next_due(best: Observation | None, *, ports: MarketPorts, today: date) -> date:
    """Return from when on something better than a kept figure is expected.

    Of a figure of the first source that is when its publisher's calendar says; one of another source stands in for
    that source for a day only.
    """
    if best is None or FACTS[best.indicator].is_stale(best.period, today=today):
        return today
    if best.source is not source_order(best.indicator, ports)[0]:
        return min(best.fetched_at.date() + timedelta(days=1), FACTS[best.indicator].due_on(best.period))
    return FACTS[best.indicator].due_on(best.period)


def source_order(indicator: Indicator, ports: MarketPorts) -> tuple[Source, ...]:
    """Return who is asked for an indicator, in order, as the bank has set it."""
    return sources_in_order(indicator, daily_euribor=ports.settings.current().daily_euribor)


def sources_of(indicator: Indicator, ports: MarketPorts) -> list[MarketSource]:
    """Return the sources of an indicator in the order they are asked."""
    order = source_order(indicator, ports)
    mine = (each for each in ports.sources if each.indicator is indicator and each.source in order)
    return sorted(mine, key=lambda each: (order.index(each.source), each.is_proxy))


def ask_in_order(
    indicator: Indicator,
    *,
    left_alone: Mapping[Source, datetime],
    ports: MarketPorts,
    moment: Callable[[], datetime],
    go_on: Callable[[], None],
) -> Asked:
    """Ask each source until one gives a fresh figure, and pass over those that are left alone for now.

    Everything a source said is kept, what is not believed with its reason.
    """
    asked = Asked(left_alone=left_alone)
    for source in sources_of(indicator, ports):
        until = asked.left_alone.get(source.source)
        if until is not None and moment() < until:
            who = SOURCE_NAMES[source.source]
            said = f"{who} asked to be left alone; it is not asked before {_at_words(until)}."
            asked = asked.then(Asked((Hop(who, HopOutcome.SKIPPED, said, moment()),)))
            continue
        go_on()
        asked = asked.then(_ask(source, ports, moment))
        if asked.hops[-1].brought_fresh:
            break
    return asked


def _ask(source: MarketSource, ports: MarketPorts, moment: Callable[[], datetime]) -> Asked:
    who, now = SOURCE_NAMES[source.source], moment()
    try:
        raw = source.fetch(now=now)
    except MarketSourceError as exc:
        return _failed(source.source, exc, now, until=moment() + timedelta(seconds=exc.wait_s))
    except Exception as exc:  # one source must not keep the next from being asked
        logger.warning("The source %s failed.", who, extra=traced(exc))
        return Asked((Hop(who, HopOutcome.FAILED, f"{who} sent something SmartBank cannot read.", now),))
    judged = judge_series(
        raw,
        indicator=source.indicator,
        is_proxy=source.is_proxy,
        training=ports.training,
        known=ports.observations.history(source.indicator),
        today=now.date(),
    )
    accepted, refused = (
        [each for each in judged.observations if each.status is status]
        for status in (ObservationStatus.ACCEPTED, ObservationStatus.REFUSED)
    )
    ports.observations.record_many(refused)
    n_new = ports.observations.record_many(accepted)
    return Asked((_hop_of(judged, who, n_new, now),), n_new)


def _failed(source: Source, error: MarketSourceError, now: datetime, *, until: datetime) -> Asked:
    if not error.wait_s:
        return Asked((Hop(SOURCE_NAMES[source], HopOutcome.FAILED, str(error), now),))
    said = f"{error} It is not asked again before {_at_words(until)}."
    return Asked((Hop(SOURCE_NAMES[source], HopOutcome.FAILED, said, now),), left_alone={source: until})


def _at_words(moment: datetime) -> str:
    return f"{moment:%H:%M} UTC on {moment:%-d %B %Y}"


def _hop_of(judged: Judged, who: str, n_new: int, now: datetime) -> Hop:
    newest = judged.newest
    if newest is None:
        return Hop(who, HopOutcome.REFUSED, judged.problem or f"{who} sent no values.", now)
    words, beside = newest.period.words_within, f" {judged.problem}" if judged.problem else ""
    if FACTS[newest.indicator].is_stale(newest.period, today=now.date()):
        said = f"{who} answered, but its newest figure is of {words}, which is too old.{beside}"
        return Hop(who, HopOutcome.FAILED, said, now)
    if not n_new:
        return Hop(
            who, HopOutcome.NOTHING_NEWER, f"{who} answered; its newest figure is still of {words}.{beside}", now
        )
    said = f"{who} answered with {plural(n_new, 'new figure')}; the newest is of {words}.{beside}"
    return Hop(who, HopOutcome.KEPT, said, now)
