"""Use cases: take ranked leads away, as a CSV that streams or a workbook that the worker makes."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

import numpy as np
import pandas as pd

from smartbank.core.audit import AuditAction
from smartbank.core.customers import display_names
from smartbank.core.exports import EXPORT_COLUMNS, ExportColumn
from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.fingerprint import fingerprint
from smartbank.core.people import Actor, Right
from smartbank.core.ports import (
    AuditLog,
    CallListRepository,
    CustomerRepository,
    FileStore,
    FrameStore,
    OutcomeRepository,
    RuleBookRepository,
    SettingsRepository,
    WorkQueue,
)
from smartbank.core.ranking import CONTRIBUTION_COLUMNS, RankFilter
from smartbank.core.reasons import WriterOf
from smartbank.core.work import Progress, Work, WorkKind, WorkState
from smartbank.core.work_ids import new_work_id, work_reference
from smartbank.errors import NotFoundError
from smartbank.services.auditing import audited
from smartbank.services.callable_leads import allowed, barred_now
from smartbank.services.free_leads import not_free, of_free
from smartbank.services.housekeeping import NO_LONGER_KEPT
from smartbank.services.removal_plans import wait_for_removals
from smartbank.services.runs import Run, load_run, run_owner

EXPORT_ROWS: Final = 2_000
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class WriteWorkbook(Protocol):
    """Turns frames, `columns` wide at least, into the bytes of a workbook."""

    def __call__(
        self,
        frames: Iterator[pd.DataFrame],
        *,
        columns: Sequence[ExportColumn] = ...,
        created: datetime | None = ...,
    ) -> Iterator[bytes]:
        """Return the chunks; the same frames and moment of creation give the same bytes."""
        ...


@dataclass(frozen=True)
class ExportPorts:
    """What an export needs from the outside."""

    customers: CustomerRepository
    frames: FrameStore
    files: FileStore
    queue: WorkQueue
    settings: SettingsRepository
    lists: CallListRepository
    rules: RuleBookRepository
    outcomes: OutcomeRepository
    audit: AuditLog
    writer_of: WriterOf
    write_workbook: WriteWorkbook


@dataclass(frozen=True)
class Meant:
    """The leads of a run an export means, by ranks: how many it holds, and who is left out of it."""

    rank_filter: RankFilter
    leads: int
    left_out: tuple[str, ...]

    @property
    def mark(self) -> str:
        """A short name for who is left out, which changes when somebody objects or is free to call no more."""
        return fingerprint(list(self.left_out))


def export_frames(run: Run, meant: Meant, *, ports: ExportPorts) -> Iterator[pd.DataFrame]:
    """Yield the leads of a run an export means, best first, `EXPORT_COLUMNS` wide, a few thousand at a time."""
    writer = ports.writer_of(run.result["model_version"])
    as_of = None if run.is_replay else run.snapshot.as_of
    for part in ports.frames.parts(run_owner(run.run_id)):
        leads = allowed(meant.rank_filter.apply(part), meant.left_out).reset_index(drop=True)
        contacts = ports.customers.contact_details(leads[CUSTOMER_ID].tolist())
        rows = pd.concat([leads, contacts], axis=1).assign(
            name=display_names(contacts),
            model_version=run.result["model_version"],
            market_date=as_of,
            run_id=run.run_id,
        )
        for start in range(0, len(rows), EXPORT_ROWS):
            chunk = rows.iloc[start : start + EXPORT_ROWS]
            sentences = writer.top_sentences(chunk, chunk[list(CONTRIBUTION_COLUMNS)].to_numpy(np.float64))
            yield pd.concat([chunk, sentences], axis=1)[[column.name for column in EXPORT_COLUMNS]]


def export_name(run: Run, ending: str) -> str:
    """Return the name of an export's file, such as `leads-20261122-081500.csv`."""
    return f"leads-{run.run_id.rsplit('-', 2)[0]}.{ending}"


def queue_workbook(run_id: str, rank_filter: RankFilter, *, by: Actor, ports: ExportPorts, now: datetime) -> str:
    """Queue a workbook of the ranked leads a filter means, and return its id.

    Raises
    ------
    NotFoundError
        No lead is meant, or the run is gone.
    """
    with audited(AuditAction.EXPORT, "run", work_reference(run_id), by=by, audit=ports.audit, now=now) as said:
        by.require(Right.EXPORT)
        meant = meant_leads(load_run(run_id, queue=ports.queue), rank_filter, ports=ports, now=now)
        work_id = new_work_id(now)
        said.details |= {"step": "queued", "export": work_id, **audited_filter(rank_filter), "leads": meant.leads}
        request = {"run_id": run_id, "filter": rank_filter.to_json(), "filename": "the Excel file"}
        ports.queue.add(Work(work_id, WorkKind.EXPORT, by.username, now, request))
    return work_id


def hand_out(run_id: str, *, taken_by: str, queue: WorkQueue, now: datetime) -> None:
    """Note who takes leads of a run away: from then on it stays. Raises `NotFoundError` if it is no longer kept."""
    if not queue.mark_handed_out(run_id, by=taken_by, at=now):
        raise NotFoundError("This run is no longer kept; score the leads again.")


def audited_filter(rank_filter: RankFilter) -> dict[str, Any]:
    """Return a filter in values an audit entry keeps."""
    return {
        "bands": list(rank_filter.bands),
        "propensity_from": rank_filter.min_propensity,
        "best": rank_filter.best,
        **({"free_to_call": True} if rank_filter.free_only else {}),
    }


def make_workbook(work: Work, report: Callable[[Progress], None], *, ports: ExportPorts) -> dict[str, Any]:
    """Make a queued workbook, keep it in the file store, and return where: `file_id`, `file_name`, `media_type`.

    Raises
    ------
    NotFoundError
        No lead is meant, or the run is gone.
    """
    wait_for_removals(work.work_id, report, queue=ports.queue)
    run = load_run(work.request["run_id"], queue=ports.queue)
    rank_filter = RankFilter.from_json(work.request["filter"])
    meant = meant_leads(run, rank_filter, ports=ports, now=work.created_at)
    source = export_frames(run, meant, ports=ports)
    try:
        size = ports.files.save(work.work_id, ports.write_workbook(reported(source, meant.leads, report)))
    except BaseException:
        ports.files.delete(work.work_id)
        raise
    made = {"file_id": work.work_id, "file_name": export_name(run, "xlsx"), "media_type": XLSX, "size": size}
    return made | {"run": run.run_id, "leads": meant.leads, "left_out": meant.mark}


def meant_leads(run: Run, rank_filter: RankFilter, *, ports: ExportPorts, now: datetime) -> Meant:
    """Count the leads of a run a filter means at a moment.

    Raises
    ------
    NotFoundError
        All of them are left out, or the run is no longer kept.
    """
    if run.work.state is WorkState.EXPIRED:
        raise NotFoundError(NO_LONGER_KEPT[run.work.kind])
    left_out = set(barred_now(customers=ports.customers, settings=ports.settings))
    if rank_filter.free_only:
        left_out |= not_free(
            run, frames=ports.frames, lists=ports.lists, rules=ports.rules, outcomes=ports.outcomes, now=now
        )
    ranked = ports.frames.load(run_owner(run.run_id), columns=["rank", CUSTOMER_ID, "propensity", "band"])
    if len(ranked):
        rank_filter = of_free(rank_filter, ranked, left_out)
    meant = rank_filter.apply(ranked) if len(ranked) else ranked
    if meant.empty:
        raise NotFoundError("No lead matches, so there is nothing to take away. Choose more bands.")
    without = tuple(sorted(set(meant[CUSTOMER_ID]) & left_out))
    if len(meant) == len(without):
        which = "is free to call now" if rank_filter.free_only else "may be called any more"
        raise NotFoundError(f"None of these leads {which}, so there is nothing to take away.")
    return Meant(rank_filter, len(meant) - len(without), without)


def reported(source: Iterator[pd.DataFrame], total: int, report: Callable[[Progress], None]) -> Iterator[pd.DataFrame]:
    """Yield the frames of an export as they are, and say before each how many rows are done."""
    done = 0
    for frame in source:
        report(Progress("Writing rows", done, total))
        done += len(frame)
        yield frame
