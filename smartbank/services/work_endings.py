"""What the audit log says when queued work has ended: in the name of whoever queued it, in counts alone."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from smartbank.core.audit import AuditAction, AuditEntry, AuditEvent, AuditResult
from smartbank.core.people import WORKER
from smartbank.core.ports import AuditLog, WorkQueue
from smartbank.core.removed import ERASURE, MARKS
from smartbank.core.work import Work, WorkKind, WorkState

_ACTION: Final[Mapping[WorkKind, AuditAction]] = {
    WorkKind.UPLOAD: AuditAction.UPLOAD,
    WorkKind.RUN: AuditAction.RUN,
    WorkKind.EXPORT: AuditAction.EXPORT,
    WorkKind.REMOVAL: AuditAction.REMOVE_CUSTOMERS,
    WorkKind.MARKET: AuditAction.REFRESH_MARKET,
    WorkKind.TRAINING: AuditAction.TRAIN_MODEL,
    WorkKind.LIST: AuditAction.RELEASE_LIST,
}
_COUNTS: Final[Mapping[WorkKind, tuple[str, ...]]] = {
    WorkKind.UPLOAD: ("rows", "clean", "aside", "duplicates"),
    WorkKind.RUN: ("synthetic_leads", "model_version"),
    WorkKind.EXPORT: ("run", "leads", "size"),
    WorkKind.REMOVAL: (
        *("deleted", "restored", "kept", "runs", "lifted"),
        *("erased", "predictions", "outcomes", "lists", "uploads", "files", "notes", "works"),
    ),
    WorkKind.MARKET: ("asked", "new_figures", "failed"),
    WorkKind.TRAINING: ("version", "is_new", "own_calls", "verdict"),
    WorkKind.LIST: ("called", "control", "exploration", "on_other_lists", "data_hash"),
}
"""What of a result is kept: no text that came from a file."""
_GRACE: Final = timedelta(minutes=2)
"""How long a worker that lives may take to write how its work ended."""
_LOOKED_AT: Final = 100
"""Newest pieces of work of a kind; the look is repeated every few minutes."""

_LOOKED_BACK: Final = 1_000
"""Newest audit entries among which that of an ending is looked for."""


def record_ending(work: Work, *, queue: WorkQueue, audit: AuditLog, now: datetime) -> None:
    """Write how a piece of work ended, and note that; one that goes on or is on record is passed over."""
    if work.on_record or not work.state.is_final or work.state is WorkState.EXPIRED:
        return
    done = work.state is WorkState.DONE
    details = {"step": str(work.state)} | (_figures(work) if done else {})
    result = AuditResult.DONE if done else AuditResult.FAILED
    audit.append(
        AuditEvent(now, work.created_by, WORKER.place, _action(work), str(work.kind), work.work_id, result, details)
    )
    queue.mark_on_record(work.work_id)  # last: rather twice on record than never


def record_late(now: datetime, *, queue: WorkQueue, audit: AuditLog) -> int:
    """Record what ended some minutes ago without a worker to say so, and return how much that was. Safe to repeat.

    That is work given up after too many restarts, or ended by a worker that was killed before it wrote. What was
    cancelled is on record by whoever cancelled it.
    """
    left = [
        work
        for kind in WorkKind
        for work in queue.recent(kind, limit=_LOOKED_AT)
        if work.state in (WorkState.DONE, WorkState.FAILED) and not work.on_record and _ended_before(work, now - _GRACE)
    ]
    said = _said_lately(audit) if left else set()
    for work in left:
        if (work.work_id, str(work.state)) in said:  # the worker died between the entry and the note of it
            queue.mark_on_record(work.work_id)
        else:
            record_ending(work, queue=queue, audit=audit, now=now)
    return len(left)


def _said_lately(audit: AuditLog) -> set[tuple[str, str]]:
    """Return of which things the newest entries speak, and of which step."""
    entries = [entry for entry in audit.newest(limit=_LOOKED_BACK) if isinstance(entry, AuditEntry)]
    return {(entry.event.object_id, str(entry.event.details.get("step", ""))) for entry in entries}


def _action(work: Work) -> AuditAction:
    of_removal = {MARKS: AuditAction.EDIT_CUSTOMER, ERASURE: AuditAction.ERASE_CUSTOMER}
    return of_removal.get(work.request.get("what", ""), _ACTION[work.kind])


def _ended_before(work: Work, moment: datetime) -> bool:
    return work.finished_at is not None and work.finished_at <= moment


def _figures(work: Work) -> dict[str, Any]:
    figures = {name: work.result[name] for name in _COUNTS[work.kind] if name in work.result}
    if work.kind is WorkKind.RUN and "summary" in work.result:
        figures |= {
            "leads": work.result["summary"]["leads"],
            "saved": work.result["saved"],
            "settings_version": work.result["rules"]["version"],
            "snapshot": work.result["level"]["snapshot_id"],
            "level_rate": work.result["level"].get("rate", work.result["level"]["base_rate"]),
            "level_correction": work.result["level"].get("correction", 0.0),
        }
    return figures
