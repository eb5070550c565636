"""What the audit log says when queued work has ended: in the name of whoever queued it, in counts alone."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from smartbank.core.audit import AuditAction, AuditEvent, AuditResult
from smartbank.core.people import WORKER
from smartbank.core.ports import AuditLog
from smartbank.core.work import Work, WorkKind, WorkState

_ACTION: Final[Mapping[WorkKind, AuditAction]] = {
    WorkKind.UPLOAD: AuditAction.UPLOAD,
    WorkKind.RUN: AuditAction.RUN,
    WorkKind.EXPORT: AuditAction.EXPORT,
    WorkKind.REMOVAL: AuditAction.REMOVE_CUSTOMERS,
}
_COUNTS: Final[Mapping[WorkKind, tuple[str, ...]]] = {
    WorkKind.UPLOAD: ("rows", "clean", "aside", "duplicates"),
    WorkKind.RUN: ("synthetic_leads", "model_version"),
    WorkKind.EXPORT: ("run", "leads", "size"),
    WorkKind.REMOVAL: ("deleted", "restored", "kept", "runs"),
}
"""What of a result is kept: no text that came from a file."""


def record_ending(work: Work, *, audit: AuditLog, now: datetime) -> None:
    """Write how a piece of work ended; one that goes on is passed over."""
    if not work.state.is_final or work.state is WorkState.EXPIRED:
        return
    done = work.state is WorkState.DONE
    details = {"step": str(work.state)} | (_figures(work) if done else {})
    result = AuditResult.DONE if done else AuditResult.FAILED
    audit.append(
        AuditEvent(
            now, work.created_by, WORKER.place, _ACTION[work.kind], str(work.kind), work.work_id, result, details
        )
    )


def _figures(work: Work) -> dict[str, Any]:
    figures = {name: work.result[name] for name in _COUNTS[work.kind] if name in work.result}
    if work.kind is WorkKind.RUN and "summary" in work.result:
        figures |= {
            "leads": work.result["summary"]["leads"],
            "saved": work.result["saved"],
            "settings_version": work.result["rules"]["version"],
            "snapshot": work.result["level"]["snapshot_id"],
        }
    return figures
