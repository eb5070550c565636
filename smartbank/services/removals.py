"""Use cases: undo an upload as a whole, and remove the demo data; the worker does both."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import takewhile
from typing import Any, Final

from smartbank.core.audit import AuditAction
from smartbank.core.people import WORKER, Actor, Right
from smartbank.core.ports import (
    AuditLog,
    CallListRepository,
    CustomerCorrections,
    CustomerRepository,
    FileStore,
    FrameStore,
    NoteRepository,
    PredictionRepository,
    WorkQueue,
)
from smartbank.core.removed import DEMO, UPLOAD
from smartbank.core.wording import agreeing, plural
from smartbank.core.work import Progress, Work, WorkKind
from smartbank.core.work_ids import new_work_id, work_reference
from smartbank.errors import ConflictError
from smartbank.services.auditing import audited
from smartbank.services.demo_lists import forget_demo_lists
from smartbank.services.forgetting import forget_customers_in_run, forget_run
from smartbank.services.latest_scores import drop_latest
from smartbank.services.removal_plans import (
    RemovalPlan,
    demo_plan,
    drop_plan,
    load_plan,
    refuse_if_handed_out,
    runs_of,
    save_plan,
    undo_plan,
    wait_for_rankings,
)
from smartbank.services.runs import queue_run
from smartbank.services.uploads import forget_upload, load_upload

Report = Callable[[Progress], None]

BATCH_ROWS: Final = 500


@dataclass(frozen=True)
class RemovalPorts:
    """What removing customers needs from the outside."""

    customers: CustomerRepository
    corrections: CustomerCorrections
    queue: WorkQueue
    files: FileStore
    frames: FrameStore
    predictions: PredictionRepository
    notes: NoteRepository
    lists: CallListRepository
    audit: AuditLog


def queue_undo(upload_id: str, *, by: Actor, queue: WorkQueue, audit: AuditLog, now: datetime) -> str:
    """Queue the undoing of an upload, and return the removal's id.

    Customers it added go, customers it changed get back what they were, and the rankings made from it go.

    Raises
    ------
    NotFoundError
        There is no such upload.
    ConflictError
        Leads of it were handed out, or a run of it is not finished; says which.
    """
    with audited(
        AuditAction.REMOVE_CUSTOMERS, "upload", work_reference(upload_id), by=by, audit=audit, now=now
    ) as said:
        by.require(Right.UNDO_UPLOAD)
        upload = load_upload(upload_id, queue=queue)
        if not upload.state.is_final:
            raise ConflictError("This upload is being read right now. Wait until that is done, or cancel it first.")
        refuse_if_handed_out(runs_of(upload_id, queue))
        work_id = new_work_id(now)
        said.details["work_id"] = work_id
        request = {"what": UPLOAD, "upload_id": upload_id, "filename": upload.request["filename"]}
        queue.add(Work(work_id, WorkKind.REMOVAL, by.username, now, request))
    return work_id


def queue_demo_removal(*, by: Actor, queue: WorkQueue, audit: AuditLog, now: datetime) -> str:
    """Queue the removal of every synthetic customer and of the rankings made of them, and return the removal's id."""
    with audited(AuditAction.REMOVE_CUSTOMERS, "demo", by=by, audit=audit, now=now) as said:
        by.require(Right.REMOVE_DEMO)
        work_id = new_work_id(now)
        said.details["work_id"] = work_id
        queue.add(Work(work_id, WorkKind.REMOVAL, by.username, now, {"what": DEMO, "filename": "the demo customers"}))
    return work_id


def remove_customers(work: Work, report: Report, *, ports: RemovalPorts) -> dict[str, Any]:
    """Do a queued removal, and return what came of it in counts.

    What is to go is written down before anything is touched, so a removal that broke off ends the same when it begins
    again. Rankings under way are waited for, so that none is made of customers who are gone.

    Returns
    -------
    dict
        `deleted`, `restored` and `kept` customers (`kept`: changed by somebody else meanwhile, or since the upload),
        `runs` that went, and `run_id` of the ranking that was queued in their place, empty if none was.

    Raises
    ------
    ConflictError
        Leads were handed out meanwhile, or a ranking does not end.
    """
    wait_for_rankings(work.work_id, report, queue=ports.queue)
    plan = load_plan(work.work_id, frames=ports.frames) or _made_plan(work, report, ports)
    upload_id = work.request["upload_id"] if work.request["what"] == UPLOAD else None
    try:
        _forget_runs(plan, report, ports)
    except ConflictError:  # another try makes another plan
        drop_plan(work.work_id, frames=ports.frames)
        raise
    restored = _restored(plan, upload_id, report, ports)
    deleted = _deleted(plan, upload_id, report, ports)
    if upload_id is None:
        forget_demo_lists(lists=ports.lists, frames=ports.frames)
    else:
        forget_upload(upload_id, queue=ports.queue, files=ports.files, frames=ports.frames)
    drop_plan(work.work_id, frames=ports.frames)
    return {
        "deleted": deleted,
        "restored": restored,
        "kept": plan.changed_since + len(plan.added) + len(plan.changed) - deleted - restored,
        "runs": len(plan.runs),
        "run_id": _rank_again(work, plan, ports),
    }


def _made_plan(work: Work, report: Report, ports: RemovalPorts) -> RemovalPlan:
    report(Progress("Looking for the customers"))
    if work.request["what"] == DEMO:
        plan = demo_plan(ports.corrections.synthetic_ids(), queue=ports.queue, frames=ports.frames)
    else:
        upload_id = work.request["upload_id"]
        uploaded = ports.corrections.uploaded(upload_id)
        plan = undo_plan(upload_id, uploaded, queue=ports.queue, frames=ports.frames)
    save_plan(work.work_id, plan, frames=ports.frames)
    return plan


_TAKEN_AWAY: Final = "Somebody took leads away just now, so they must stay on record."


def _forget_runs(plan: RemovalPlan, report: Report, ports: RemovalPorts) -> None:
    doomed = set(plan.added)
    if any(ports.queue.find(run_id).handed_out_by for run_id in plan.runs):
        raise ConflictError(f"{_TAKEN_AWAY} Nothing was removed.")
    withdrawn = list(takewhile(ports.queue.withdraw, plan.runs))  # first: from then on nobody takes leads of them away
    for done, run_id in enumerate(withdrawn):
        report(Progress("Removing rankings", done, len(plan.runs)))
        forget_run(run_id, queue=ports.queue, frames=ports.frames, predictions=ports.predictions)
    if len(withdrawn) < len(plan.runs):  # in the moment between; what was withdrawn cannot be brought back
        gone = f"{plural(len(withdrawn), 'other ranking')} {agreeing(len(withdrawn), 'was', 'were')}"
        raise ConflictError(
            f"{_TAKEN_AWAY} {f'No customer was removed, {gone}' if withdrawn else 'Nothing was removed'}."
        )
    for run_id in plan.narrowed:
        forget_customers_in_run(run_id, doomed, frames=ports.frames)


def _restored(plan: RemovalPlan, upload_id: str | None, report: Report, ports: RemovalPorts) -> int:
    if upload_id is None:
        return 0
    restored = 0
    for start in range(0, len(plan.changed), BATCH_ROWS):
        report(Progress("Giving changed customers back what they were", start, len(plan.changed)))
        batch = plan.changed[start : start + BATCH_ROWS]
        restored += ports.corrections.restore(batch, upload_id, saved_at=datetime.now(UTC))
    return restored


def _deleted(plan: RemovalPlan, upload_id: str | None, report: Report, ports: RemovalPorts) -> int:
    deleted = 0
    for start in range(0, len(plan.added), BATCH_ROWS):
        report(Progress("Removing customers", start, len(plan.added)))
        batch = plan.added[start : start + BATCH_ROWS]
        deleted += ports.corrections.delete(batch, upload_id=upload_id)
        stay = set(ports.customers.standing(batch).index)
        ports.notes.delete_of([each for each in batch if each not in stay])
    drop_latest(frames=ports.frames, customer_ids=set(plan.added))
    return deleted


def _rank_again(work: Work, plan: RemovalPlan, ports: RemovalPorts) -> str:
    """Queue the ranking of those who stay in place of one of stored customers that went, and return its id."""
    if plan.again is None or not ports.customers.count():
        return ""
    by = replace(WORKER, username=work.created_by)
    return queue_run(plan.again, market="snapshot", by=by, queue=ports.queue, audit=ports.audit, now=datetime.now(UTC))
