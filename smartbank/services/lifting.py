"""Use cases: lift the marks against calling that one upload set by a mistaken column, after a look at how many."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from smartbank.core.audit import AuditAction
from smartbank.core.marks import UploadMarks
from smartbank.core.people import Actor, Right
from smartbank.core.ports import AuditLog, MarkedByUploads, WorkQueue
from smartbank.core.removed import MARKS
from smartbank.core.work import Progress, Work, WorkKind
from smartbank.core.work_ids import new_work_id, work_reference
from smartbank.errors import ConflictError, LeadValidationError
from smartbank.services.auditing import audited
from smartbank.services.uploads import load_upload

BATCH_ROWS: Final = 100


@dataclass(frozen=True)
class LiftingPorts:
    """What lifting marks needs from the outside."""

    marked: MarkedByUploads


def uploads_that_marked(upload_ids: Collection[str], *, by: Actor, marked: MarkedByUploads) -> set[str]:
    """Return those of some uploads of which it is known whom they marked."""
    by.require(Right.LIFT_OBJECTION)
    return marked.uploads(upload_ids)


def effect_of_lifting(upload_id: str, *, by: Actor, marked: MarkedByUploads) -> UploadMarks:
    """Return the marks of an upload that stand now: those that would be lifted, and those that would stay."""
    by.require(Right.LIFT_OBJECTION)
    return marked.standing(upload_id)


def queue_lifting(
    upload_id: str, *, by: Actor, marked: MarkedByUploads, queue: WorkQueue, audit: AuditLog, now: datetime
) -> str:
    """Queue the lifting of the marks that come from an upload alone, and return the work's id.

    Raises
    ------
    NotFoundError
        There is no such upload.
    ConflictError
        The upload is being read.
    LeadValidationError
        No mark that stands now comes from it alone.
    """
    reference = work_reference(upload_id)
    with audited(AuditAction.EDIT_CUSTOMER, "upload", reference, by=by, audit=audit, now=now) as said:
        by.require(Right.LIFT_OBJECTION)
        upload = load_upload(upload_id, queue=queue)
        if not upload.state.is_final:
            raise ConflictError("This upload is being read right now. Wait until that is done, or cancel it first.")
        standing = marked.standing(upload_id)
        said.details |= {
            "step": "lifting queued",
            "customers": len(standing.customers),
            "marks": dict(standing.alone),
            "marks_that_stay": dict(standing.elsewhere),
        }
        if not standing.customers:
            raise LeadValidationError("No mark that stands now comes from this upload alone, so there is none to lift.")
        work_id = said.details["work_id"] = new_work_id(now)
        request = {"what": MARKS, "upload_id": upload_id, "filename": upload.request["filename"]}
        queue.add(Work(work_id, WorkKind.REMOVAL, by.username, now, request))
    return work_id


def lift_marks(work: Work, report: Callable[[Progress], None], *, ports: LiftingPorts) -> dict[str, Any]:
    """Lift the marks of an upload a hundred customers at a time, each as a version of its own. Safe to repeat.

    Returns
    -------
    dict
        `lifted` customers, and `kept` ones: they have their marks from somewhere else too, or were changed meanwhile.
    """
    upload_id = work.request["upload_id"]
    standing = ports.marked.standing(upload_id)
    ids = [*standing.customers, *standing.others]
    origin = {"kind": "lift", "name": work.created_by}
    lifted = 0
    for start in range(0, len(ids), BATCH_ROWS):
        report(Progress("Lifting marks", start, len(ids)))
        batch = ids[start : start + BATCH_ROWS]
        lifted += ports.marked.lift(batch, upload_id, source=origin, saved_at=datetime.now(UTC))
    return {"lifted": lifted, "kept": len(ids) - lifted}
