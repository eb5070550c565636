"""Use case: have the market refreshed by the worker, as queued work."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

from smartbank.core.audit import AuditAction
from smartbank.core.market.indicators import FACTS, Indicator
from smartbank.core.people import WORKER, Actor, Right
from smartbank.core.ports import AuditLog, WorkQueue
from smartbank.core.work import Progress, Work, WorkKind
from smartbank.core.work_ids import new_work_id
from smartbank.services.auditing import audited
from smartbank.services.market_hops import MarketPorts
from smartbank.services.market_refresh import refresh_figures, refresh_indicator

_ALL: Final = tuple(Indicator)


def queue_market_refresh(
    indicators: Sequence[Indicator] = _ALL,
    *,
    forced: bool = True,
    by: Actor,
    queue: WorkQueue,
    audit: AuditLog,
    now: datetime,
) -> str:
    """Queue a refresh of indicators, and return the id of the work; the sources are asked also if nothing is due."""
    with audited(AuditAction.REFRESH_MARKET, "market", by=by, audit=audit, now=now) as said:
        by.require(Right.REFRESH_MARKET)
        work_id = new_work_id(now)
        said.object_id = work_id
        request = {"indicators": [str(each) for each in indicators], "forced": forced}
        said.details = {"step": "queued"} | request
        queue.add(Work(work_id, WorkKind.MARKET, by.username, now, request))
    return work_id


def refresh_queued(work: Work, report: Callable[[Progress], None], *, ports: MarketPorts) -> dict[str, Any]:
    """Do a queued refresh.

    Returns
    -------
    dict
        What `refresh_figures` says, and under `refreshed` what came of each indicator, in JSON.
    """
    for_whom = Actor(work.created_by, WORKER.role, "queued work")  # who queued it had the right to
    indicators = [Indicator(name) for name in work.request["indicators"]]
    done = []
    for number, indicator in enumerate(indicators):
        progress = Progress(f"Asking for {FACTS[indicator].title}", number, len(indicators))
        report(progress)
        done.append(
            refresh_indicator(
                indicator,
                forced=work.request["forced"],
                by=for_whom,
                ports=ports,
                now=datetime.now(UTC),
                go_on=partial(report, progress),
            )
        )
    return refresh_figures(done) | {"refreshed": [each.to_json() for each in done]}
