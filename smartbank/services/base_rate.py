"""Use case: the bank says its own base rate, and everybody is ranked again by it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from smartbank.core.bank_settings import BankSettings
from smartbank.core.people import Actor
from smartbank.core.ports import AuditLog, SettingsRepository, WorkQueue
from smartbank.core.work import WorkState
from smartbank.services.market_in_force import MarketInForce
from smartbank.services.runs import Run, load_runs, queue_run
from smartbank.services.settings import change_settings

_LOOKED_AT: Final = 100


@dataclass(frozen=True)
class BaseRateSaid:
    """The settings in force from now on, and the run that was queued by them; empty where there is nobody to rank."""

    settings: BankSettings
    run_id: str


def say_base_rate(
    base_rate: float,
    *,
    by: Actor,
    settings: SettingsRepository,
    market: MarketInForce,
    queue: WorkQueue,
    audit: AuditLog,
    now: datetime,
) -> BaseRateSaid:
    """Make a share of calls that sell the bank's own base rate, and rank all stored customers again if they were.

    Raises
    ------
    ForbiddenError
        The role may not change settings.
    SettingsError
        The share is not above 0 and below 1.
    """
    changed = settings.current().with_base_rate(base_rate, said_at=now)
    saved = change_settings(changed, by=by, settings=settings, market=market, audit=audit, now=now)
    newest = next((run for run in load_runs(queue=queue, limit=_LOOKED_AT) if _is_of_everyone(run)), None)
    if newest is None or newest.work.state is WorkState.QUEUED:  # which reads the settings when it begins
        return BaseRateSaid(saved, "")
    run_id = queue_run(newest.source, market="snapshot", queue=queue, audit=audit, by=by, now=now)
    return BaseRateSaid(saved, run_id)


def _is_of_everyone(run: Run) -> bool:
    counts = run.work.state in (WorkState.QUEUED, WorkState.RUNNING, WorkState.DONE)
    everyone = run.source.kind == "customers" and run.source.customer_query().selects_everyone
    return counts and everyone and not run.is_replay
