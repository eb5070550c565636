"""Use cases: undo an upload as a whole, and remove the demo data; the worker does both."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from smartbank.core.audit import AuditAction
from smartbank.core.customers import CustomerQuery
from smartbank.core.people import WORKER, Actor, Right
from smartbank.core.ports import (
    AuditLog,
    CustomerCorrections,
    CustomerRepository,
    FileStore,
    FrameStore,
    PredictionRepository,
    WorkQueue,
)
from smartbank.core.work import Progress, Work, WorkKind, WorkState
from smartbank.core.work_ids import new_work_id, work_reference
from smartbank.errors import ConflictError
from smartbank.services.auditing import audited
from smartbank.services.forgetting import forget_customers_in_run, forget_run, run_holds
from smartbank.services.latest_scores import drop_latest
from smartbank.services.runs import Run, RunSource, queue_run
from smartbank.services.uploads import forget_upload, load_upload

Report = Callable[[Progress], None]

UPLOAD: Final = "upload"
DEMO: Final = "demo"
DELETE_ROWS: Final = 500
_ALL: Final = 100_000


@dataclass(frozen=True)
class RemovalPorts:
    """What removing customers needs from the outside."""

    customers: CustomerRepository
    corrections: CustomerCorrections
    queue: WorkQueue
    files: FileStore
    frames: FrameStore
    predictions: PredictionRepository
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
        _refuse_if_handed_out(_runs_of(upload_id, queue))
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
    """Do a queued removal, and return what came of it in counts. Safe to break off and to repeat.

    Returns
    -------
    dict
        `deleted`, `restored` and `kept` customers (`kept`: changed again since by somebody else), `runs` that went,
        and `run_id` of the ranking of those who stay that was queued in their place, empty if none was.
    """
    if work.request["what"] == UPLOAD:
        return _undo_upload(work, report, ports)
    doomed = ports.corrections.synthetic_ids()
    went = _forget_runs(doomed, own=[], report=report, ports=ports)
    deleted = _delete(doomed, report, ports)
    return {
        "deleted": deleted,
        "restored": 0,
        "kept": 0,
        "runs": len(went),
        "run_id": _rank_again(work, went, ports),
    }


def _undo_upload(work: Work, report: Report, ports: RemovalPorts) -> dict[str, Any]:
    upload_id = work.request["upload_id"]
    report(Progress("Looking for its customers"))
    uploaded = ports.corrections.uploaded(upload_id)
    own = _runs_of(upload_id, ports.queue)
    _refuse_if_handed_out([*own, *_handed_out_with(uploaded.added, ports)])
    went = _forget_runs(uploaded.added, own=own, report=report, ports=ports)
    origin = {"kind": "undo", "name": work.request["filename"]}
    report(Progress("Giving changed customers back what they were", 0, len(uploaded.changed)))
    restored = ports.corrections.restore(uploaded.changed, upload_id, source=origin, saved_at=datetime.now(UTC))
    deleted = _delete(uploaded.added, report, ports)
    forget_upload(upload_id, queue=ports.queue, files=ports.files, frames=ports.frames)
    return {
        "deleted": deleted,
        "restored": restored,
        "kept": uploaded.changed_since,
        "runs": len(went),
        "run_id": _rank_again(work, [run for run in went if run.source.kind == "customers"], ports),
    }


def _delete(customer_ids: list[str], report: Report, ports: RemovalPorts) -> int:
    deleted = 0
    for start in range(0, len(customer_ids), DELETE_ROWS):
        report(Progress("Removing customers", start, len(customer_ids)))
        deleted += ports.corrections.delete(customer_ids[start : start + DELETE_ROWS])
    drop_latest(frames=ports.frames, customer_ids=set(customer_ids))
    return deleted


def _forget_runs(customer_ids: list[str], *, own: list[Run], report: Report, ports: RemovalPorts) -> list[Run]:
    """Forget the runs that are named, and all that hold any of the customers; of those handed out only the customers.

    What was handed out must stay on record: its other leads keep their ranks and predictions.
    """
    doomed = set(customer_ids)
    named = {run.run_id for run in own}
    holding = [
        run
        for run in _finished_runs(ports.queue)
        if run.run_id in named or run_holds(run.run_id, doomed, frames=ports.frames)
    ]
    went = []
    for done, run in enumerate(holding):
        report(Progress("Removing rankings", done, len(holding)))
        if run.work.handed_out_by:
            forget_customers_in_run(run.run_id, doomed, frames=ports.frames)
        else:
            forget_run(run.run_id, queue=ports.queue, frames=ports.frames, predictions=ports.predictions)
            went.append(run)
    return went


def _rank_again(work: Work, went: list[Run], ports: RemovalPorts) -> str:
    """Queue the ranking of those who stay where a ranking of stored customers went, and return its id."""
    if not went or not ports.customers.count():
        return ""
    now = datetime.now(UTC)
    source = RunSource.of_query(CustomerQuery(), "all customers")
    by = replace(WORKER, username=work.created_by)
    return queue_run(source, market="snapshot", by=by, queue=ports.queue, audit=ports.audit, now=now)


def _handed_out_with(customer_ids: list[str], ports: RemovalPorts) -> Iterator[Run]:
    doomed = set(customer_ids)
    for run in _finished_runs(ports.queue):
        if run.work.handed_out_by and run_holds(run.run_id, doomed, frames=ports.frames):
            yield run


def _finished_runs(queue: WorkQueue) -> list[Run]:
    return [Run(work) for work in queue.unexpired(WorkKind.RUN) if work.state is WorkState.DONE]


def _runs_of(upload_id: str, queue: WorkQueue) -> list[Run]:
    runs = [Run(work) for work in queue.unexpired(WorkKind.RUN)]
    return [run for run in runs if run.source.upload_id == upload_id]


def _refuse_if_handed_out(runs: list[Run]) -> None:
    for run in runs:
        if not run.work.state.is_final:
            raise ConflictError("This upload is being scored right now. Wait until that is done, or cancel it first.")
        if run.work.handed_out_by:
            raise ConflictError(
                f"{run.work.handed_out_by} took leads of it away on {run.work.handed_out_at:%d %b %Y}, so it must stay "
                "on record. Bring a corrected file instead: each changed customer gets a new version."
            )
