"""Use cases around queued work of any kind: look how far it is, cancel it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from smartbank.core.audit import AuditAction
from smartbank.core.people import Actor, Right
from smartbank.core.ports import AuditLog, WorkQueue
from smartbank.core.removed import ERASURE
from smartbank.core.work import Work, WorkKind
from smartbank.core.work_ids import work_reference
from smartbank.errors import ConflictError
from smartbank.services.auditing import audited

RIGHT_TO_SEE: Final[Mapping[WorkKind, Right]] = {
    WorkKind.UPLOAD: Right.BRING_IN,
    WorkKind.RUN: Right.SEE_LEADS,
    WorkKind.EXPORT: Right.EXPORT,
    WorkKind.REMOVAL: Right.SEE_LEADS,
    WorkKind.MARKET: Right.SEE_LEADS,
    WorkKind.TRAINING: Right.SEE_LEADS,
    WorkKind.LIST: Right.SEE_LEADS,
}
"""What a role needs to see a piece of work with its request and result."""
RIGHT_TO_CANCEL: Final[Mapping[WorkKind, Right]] = {
    WorkKind.UPLOAD: Right.BRING_IN,
    WorkKind.RUN: Right.BRING_IN,
    WorkKind.EXPORT: Right.EXPORT,
    WorkKind.REMOVAL: Right.UNDO_UPLOAD,
    WorkKind.MARKET: Right.REFRESH_MARKET,
    WorkKind.TRAINING: Right.MANAGE_MODELS,
    WorkKind.LIST: Right.RELEASE_LISTS,
}
"""What a role needs to cancel a piece of work, whoever queued it."""


def find_work(work_id: str, *, by: Actor, queue: WorkQueue) -> Work:
    """Return a piece of work. Raises `NotFoundError` for an unknown id."""
    work = queue.find(work_id)
    by.require(RIGHT_TO_SEE[work.kind])
    return work


def unfinished_works(*, by: Actor, queue: WorkQueue, limit: int) -> list[Work]:
    """Return what waits or is worked on and may be seen, oldest first."""
    by.require(Right.SEE_LEADS)
    return [work for work in queue.unfinished(limit=limit) if by.may(RIGHT_TO_SEE[work.kind])]


def cancel_work(work_id: str, *, by: Actor, queue: WorkQueue, audit: AuditLog, now: datetime) -> bool:
    """Cancel a piece of work; return False where it had ended before.

    Raises
    ------
    NotFoundError
        There is no such work.
    ConflictError
        It erases a customer.
    """
    with audited(AuditAction.CANCEL_WORK, "work", work_reference(work_id), by=by, audit=audit, now=now) as said:
        work = queue.find(work_id)
        kind = work.kind
        said.details["kind"] = str(kind)
        by.require(RIGHT_TO_CANCEL[kind])
        if work.request.get("what") == ERASURE:
            raise ConflictError(
                "What a customer asked for is seen through: an erasure that has begun is not cancelled."
            )
        cancelled = queue.cancel(work_id, now=now)
        if not cancelled:
            said.details["ended_before"] = True
    return cancelled
