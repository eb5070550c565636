"""Use case: the best leads as a sheet of paper, with phone numbers; as much an export as a file is."""

from dataclasses import replace
from datetime import datetime
from typing import Final

import pandas as pd

from smartbank.core.audit import AuditAction
from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.people import Actor, Right
from smartbank.core.ports import (
    FrameStore,
)
from smartbank.core.ranking import RankFilter
from smartbank.core.work_ids import work_reference
from smartbank.services.auditing import audited
from smartbank.services.callable_leads import allowed
from smartbank.services.exporting import ExportPorts, Meant, audited_filter, export_frames, hand_out, meant_leads
from smartbank.services.runs import load_run, run_owner

SHEET_ROWS: Final = 50
SHEET_COLUMNS: Final = ("rank", "name", "customer_id", "phone", "propensity", "band", "reason_1")


def call_sheet(run_id: str, rank_filter: RankFilter, *, by: Actor, ports: ExportPorts, now: datetime) -> pd.DataFrame:
    """Return the best `SHEET_ROWS` of the leads a filter means, `SHEET_COLUMNS` wide, and put it on record.

    Raises
    ------
    NotFoundError
        No lead is meant who may be called, or the run is gone.
    """
    with audited(AuditAction.EXPORT, "run", work_reference(run_id), by=by, audit=ports.audit, now=now) as said:
        by.require(Right.EXPORT)
        run = load_run(run_id, queue=ports.queue)
        meant = _narrowed(run_id, meant_leads(run, rank_filter, ports=ports, now=now), frames=ports.frames)
        hand_out(run_id, taken_by=by.username, queue=ports.queue, now=now)
        sheet = pd.concat(list(export_frames(run, meant, ports=ports)))
        sheet = sheet[list(SHEET_COLUMNS)].head(SHEET_ROWS).reset_index(drop=True)
        said.details |= {"step": "shown for paper", **audited_filter(rank_filter), "leads": len(sheet)}
    return sheet


def _narrowed(run_id: str, meant: Meant, *, frames: FrameStore) -> Meant:
    """Return the first `SHEET_ROWS` leads alone of those meant, so that nobody else's details are read."""
    ranked = frames.load(run_owner(run_id), columns=["rank", CUSTOMER_ID, "propensity", "band"])
    first = allowed(meant.rank_filter.apply(ranked), meant.left_out)["rank"].head(SHEET_ROWS)
    return replace(meant, rank_filter=replace(meant.rank_filter, best=int(first.max())))
