"""Use case: the best leads as a sheet of paper, with phone numbers; as much an export as a file is."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Final

import pandas as pd

from smartbank.core.audit import AuditAction
from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.people import Actor, Right
from smartbank.core.ports import (
    AuditLog,
    CallListRepository,
    CustomerRepository,
    FrameStore,
    OutcomeRepository,
    RuleBookRepository,
    SettingsRepository,
    WorkQueue,
)
from smartbank.core.ranking import RankFilter
from smartbank.core.reasons import WriterOf
from smartbank.core.work_ids import work_reference
from smartbank.services.auditing import audited
from smartbank.services.callable_leads import allowed
from smartbank.services.exporting import audited_filter, export_frames, hand_out, meant_leads
from smartbank.services.free_leads import left_out_now
from smartbank.services.runs import load_run, run_owner

SHEET_ROWS: Final = 50
SHEET_COLUMNS: Final = ("rank", "name", "customer_id", "phone", "propensity", "band", "reason_1")


def call_sheet(
    run_id: str,
    rank_filter: RankFilter,
    *,
    by: Actor,
    queue: WorkQueue,
    customers: CustomerRepository,
    frames: FrameStore,
    writer_of: WriterOf,
    settings: SettingsRepository,
    lists: CallListRepository,
    rules: RuleBookRepository,
    outcomes: OutcomeRepository,
    audit: AuditLog,
    now: datetime,
) -> pd.DataFrame:
    """Return the best `SHEET_ROWS` of the leads a filter means, `SHEET_COLUMNS` wide, and put it on record.

    Raises
    ------
    NotFoundError
        No lead is meant who may be called, or the run is gone.
    """
    with audited(AuditAction.EXPORT, "run", work_reference(run_id), by=by, audit=audit, now=now) as said:
        by.require(Right.EXPORT)
        run = load_run(run_id, queue=queue)
        left_out = left_out_now(
            run,
            rank_filter,
            customers=customers,
            settings=settings,
            frames=frames,
            lists=lists,
            rules=rules,
            outcomes=outcomes,
            now=now,
        )
        meant = meant_leads(run, rank_filter, left_out=left_out, frames=frames)
        hand_out(run_id, taken_by=by.username, queue=queue, now=now)
        best = _narrowed(run_id, meant.rank_filter, left_out=left_out, frames=frames)
        parts = export_frames(run, best, customers=customers, frames=frames, writer_of=writer_of, left_out=left_out)
        sheet = pd.concat(list(parts))[list(SHEET_COLUMNS)].head(SHEET_ROWS).reset_index(drop=True)
        said.details |= {"step": "shown for paper", **audited_filter(rank_filter), "leads": len(sheet)}
    return sheet


def _narrowed(run_id: str, rank_filter: RankFilter, *, left_out: Collection[str], frames: FrameStore) -> RankFilter:
    """Return the filter of the first `SHEET_ROWS` leads alone, so that nobody else's details are read."""
    ranked = frames.load(run_owner(run_id), columns=["rank", CUSTOMER_ID, "propensity", "band"])
    meant = allowed(rank_filter.apply(ranked), left_out)["rank"].head(SHEET_ROWS)
    return replace(rank_filter, best=int(meant.max()))
