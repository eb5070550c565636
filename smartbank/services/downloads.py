"""Use cases: hand ranked leads out, as a CSV that streams or a workbook that was made before."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Final

from smartbank.core.audit import AuditAction
from smartbank.core.exports import csv_chunks
from smartbank.core.people import Actor, Right
from smartbank.core.ports import (
    FileStore,
    WorkQueue,
)
from smartbank.core.ranking import RankFilter
from smartbank.core.work import Work, WorkKind, WorkState
from smartbank.core.work_ids import work_reference
from smartbank.errors import ConflictError, NotFoundError
from smartbank.services.auditing import audited
from smartbank.services.exporting import (
    ExportPorts,
    audited_filter,
    export_frames,
    export_name,
    hand_out,
    meant_leads,
)
from smartbank.services.housekeeping import NO_LONGER_KEPT
from smartbank.services.runs import load_run

CSV: Final = "text/csv; charset=utf-8"
UNKNOWN_TYPE: Final = "application/octet-stream"


@dataclass(frozen=True)
class Download:
    """A file as it is handed out.

    Attributes
    ----------
    chunks : iterator of bytes
        Read as they are sent.
    size : int or None
        Bytes, where known before.
    """

    file_name: str
    media_type: str
    chunks: Iterator[bytes]
    size: int | None = None


def open_csv(run_id: str, rank_filter: RankFilter, *, by: Actor, ports: ExportPorts, now: datetime) -> Download:
    """Return the ranked leads a filter means as a CSV in the bank's number format, without those left out.

    The entry in the audit log is written before the first byte, and the run is marked as handed out.

    Raises
    ------
    NotFoundError
        No lead is meant, or the run is gone.
    """
    with audited(AuditAction.EXPORT, "run", work_reference(run_id), by=by, audit=ports.audit, now=now) as said:
        by.require(Right.EXPORT)
        said.details |= {"step": "handed out", "format": "csv", **audited_filter(rank_filter)}
        run = load_run(run_id, queue=ports.queue)
        meant = meant_leads(run, rank_filter, ports=ports, now=now)
        said.details |= {"leads": meant.leads, "left_out": len(meant.left_out)}
        rows = export_frames(run, meant, ports=ports)
        hand_out(run_id, taken_by=by.username, queue=ports.queue, now=now)
    numbers = ports.settings.current().numbers
    return Download(
        export_name(run, "csv"), CSV, csv_chunks(rows, decimal=numbers.decimal, separator=numbers.separator)
    )


def open_workbook(work_id: str, *, by: Actor, ports: ExportPorts, now: datetime) -> Download:
    """Return a workbook that is made; the entry in the audit log is written before the first byte.

    Raises
    ------
    NotFoundError
        There is no such workbook, or it is not ready, or no longer kept.
    ConflictError
        Who is left out has changed since it was made.
    """
    with audited(AuditAction.EXPORT, "export", work_reference(work_id), by=by, audit=ports.audit, now=now) as said:
        by.require(Right.EXPORT)
        said.details |= {"step": "handed out", "format": "xlsx"}
        work = _finished_export(work_id, queue=ports.queue)
        made = work.result
        said.details |= {name: made[name] for name in ("run", "leads") if name in made}
        rank_filter = RankFilter.from_json(work.request["filter"])
        run = load_run(work.request["run_id"], queue=ports.queue)
        if meant_leads(run, rank_filter, ports=ports, now=now).mark != made["left_out"]:
            who = "is free to call" if rank_filter.free_only else "must not be called"
            raise ConflictError(f"Who {who} has changed since this file was made. Make it again.")
        chunks = opened(made["file_id"], files=ports.files)
        hand_out(run.run_id, taken_by=by.username, queue=ports.queue, now=now)
    return Download(made["file_name"], made.get("media_type", UNKNOWN_TYPE), chunks, made.get("size"))


def _finished_export(work_id: str, *, queue: WorkQueue) -> Work:
    work = queue.find(work_id)
    if work.kind is WorkKind.EXPORT and work.state is WorkState.EXPIRED:
        raise NotFoundError(NO_LONGER_KEPT[work.kind])
    if work.kind is not WorkKind.EXPORT or work.state is not WorkState.DONE or "run_id" not in work.request:
        raise NotFoundError("This export is not ready. Go back to the leads and export them again.")
    return work


def opened(file_id: str, *, files: FileStore) -> Iterator[bytes]:
    """Return the chunks of a file, the first one read already, so that a file that is gone is noticed."""
    chunks = files.open(file_id)
    first = next(chunks, b"")
    return chain([first], chunks)
