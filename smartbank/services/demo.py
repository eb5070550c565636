"""Use case: load synthetic demo customers, and rank them."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

import pandas as pd

from smartbank.core.audit import AuditAction
from smartbank.core.customers import CustomerQuery, SaveCounts
from smartbank.core.people import Actor, Right
from smartbank.core.ports import AuditLog, CustomerRepository, WorkQueue
from smartbank.core.work import WorkKind
from smartbank.services.auditing import audited
from smartbank.services.runs import RunSource, queue_run

DEMO_SOURCE: Final = {"kind": "demo", "name": "synthetic demo customers", "synthetic": True}
_SAVE_ROWS: Final = 5_000


@dataclass(frozen=True)
class LoadedDemo:
    """What loading demo customers did: how many were new, and the run that ranks them; no run where none is needed."""

    counts: SaveCounts
    run_id: str | None


def load_demo(
    synthetic: pd.DataFrame,
    *,
    by: Actor,
    customers: CustomerRepository,
    queue: WorkQueue,
    audit: AuditLog,
    now: datetime,
) -> LoadedDemo:
    """Keep synthetic customers, marked as such, and queue a run that ranks them, with nobody else.

    Parameters
    ----------
    synthetic : DataFrame of shape (n_customers, 18)
        `CUSTOMER_COLUMNS` wide; the same customers again change nothing, and nothing is ranked again.
    """
    with audited(AuditAction.UPLOAD, "demo customers", by=by, audit=audit, now=now) as said:
        by.require(Right.BRING_IN)
        counts = SaveCounts()
        try:
            for start in range(0, len(synthetic), _SAVE_ROWS):
                rows = synthetic.iloc[start : start + _SAVE_ROWS]
                counts += customers.save_many(rows, source=DEMO_SOURCE, saved_at=now)
        except KeyboardInterrupt:  # those who are saved stay, as if fewer had been asked for
            if counts.added:
                _ranked(by=by, customers=customers, queue=queue, audit=audit, now=now)
            raise
        said.details |= asdict(counts)
    if not (counts.added or counts.changed) and queue.recent(WorkKind.RUN, limit=1):
        return LoadedDemo(counts, None)
    return LoadedDemo(counts, _ranked(by=by, customers=customers, queue=queue, audit=audit, now=now))


def _ranked(*, by: Actor, customers: CustomerRepository, queue: WorkQueue, audit: AuditLog, now: datetime) -> str:
    """Queue the ranking of the demo customers, with nobody else, and return the run's id."""
    mixed = bool(customers.ids(CustomerQuery(origin="real")))
    query, label = (CustomerQuery(origin="demo"), "the demo customers") if mixed else (CustomerQuery(), "all customers")
    source = RunSource.of_query(query, label)
    return queue_run(source, market="snapshot", by=by, queue=queue, audit=audit, now=now)
