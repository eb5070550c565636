"""What a removal will do, written down before it does anything, so that it ends the same however often it begins."""

import json
import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Final

import pandas as pd

from smartbank.core.ports import FrameStore, Uploaded, WorkQueue
from smartbank.core.work import Progress, Work, WorkKind, WorkState
from smartbank.errors import ConflictError
from smartbank.services.forgetting import run_holds
from smartbank.services.runs import Run, RunSource

PATIENCE_S: Final = 90.0
"""How long a removal waits for rankings under way; a lease of a dead worker has run out by then."""
_PAUSE_S: Final = 1.0
_COLUMNS: Final = ("what", "value")


@dataclass(frozen=True)
class RemovalPlan:
    """What a removal will do.

    Attributes
    ----------
    added, changed : list of str
        Customers to delete, and to give back what they were.
    changed_since : int
        Customers of the upload that somebody else changed since; they stay.
    runs : list of str
        Runs to forget: those of the upload, and all that hold a customer to delete.
    narrowed : list of str
        Runs that were handed out: only the customers to delete are taken out of them.
    again : RunSource or None
        Whom to rank again: the newest forgotten run of stored customers.
    """

    added: list[str]
    changed: list[str]
    changed_since: int
    runs: list[str]
    narrowed: list[str]
    again: RunSource | None


def undo_plan(upload_id: str, uploaded: Uploaded, *, queue: WorkQueue, frames: FrameStore) -> RemovalPlan:
    """Return the plan of undoing an upload. Raises `ConflictError` if leads of it were handed out."""
    own = runs_of(upload_id, queue)
    refuse_if_handed_out(own)
    names = {run.run_id for run in own}
    holding = _holding(uploaded.added, [run for run in _finished(queue) if run.run_id not in names], frames)
    refuse_if_handed_out(holding)
    runs = [run.run_id for run in [*own, *holding]]
    return RemovalPlan(uploaded.added, uploaded.changed, uploaded.changed_since, runs, [], _again(holding))


def demo_plan(synthetic: list[str], *, queue: WorkQueue, frames: FrameStore) -> RemovalPlan:
    """Return the plan of removing the demo data; what was handed out keeps its real leads."""
    holding = _holding(synthetic, _finished(queue), frames)
    runs = [run for run in holding if not run.work.handed_out_by]
    narrowed = [run.run_id for run in holding if run.work.handed_out_by]
    return RemovalPlan(synthetic, [], 0, [run.run_id for run in runs], narrowed, _again(runs))


def runs_of(upload_id: str, queue: WorkQueue) -> list[Run]:
    """Return the runs of an upload that are not expired."""
    runs = [Run(work) for work in queue.unexpired(WorkKind.RUN)]
    return [run for run in runs if run.source.upload_id == upload_id]


def refuse_if_handed_out(runs: Iterable[Run]) -> None:
    """Raise `ConflictError` for a run that has not ended, or whose leads somebody took away."""
    for run in runs:
        if not run.work.state.is_final:
            raise ConflictError("This upload is being scored right now. Wait until that is done, or cancel it first.")
        if run.work.handed_out_by:
            raise ConflictError(
                f"{run.work.handed_out_by} took leads of it away on {run.work.handed_out_at:%d %b %Y}, so it must stay "
                "on record. Bring a corrected file instead: each changed customer gets a new version."
            )


def wait_for_rankings(
    work_id: str, report: Callable[[Progress], None], *, queue: WorkQueue, patience_s: float = PATIENCE_S
) -> None:
    """Wait until no ranking is under way that was queued before a removal; later ones wait for the removal.

    Raises
    ------
    ConflictError
        One is still under way after `patience_s` seconds.
    """
    wait_for_older(work_id, report, queue=queue, kinds=(WorkKind.RUN,), what="ranking", patience_s=patience_s)


def wait_for_older(
    work_id: str,
    report: Callable[[Progress], None],
    *,
    queue: WorkQueue,
    kinds: Collection[WorkKind],
    what: str,
    patience_s: float,
) -> None:
    """Wait until no work of some kinds is under way that was queued before a removal.

    Parameters
    ----------
    what : str
        What they are called: "ranking".

    Raises
    ------
    ConflictError
        One is still under way after `patience_s` seconds.
    """
    deadline = time.monotonic() + patience_s
    while any(other.kind in kinds and other.work_id < work_id for other in _running(queue)):
        if time.monotonic() > deadline:
            raise ConflictError(f"A {what} is under way and does not end. Start the removal again when it is done.")
        report(Progress(f"Waiting for a {what} that is under way"))
        time.sleep(_PAUSE_S)


def wait_for_removals(work_id: str, report: Callable[[Progress], None], *, queue: WorkQueue) -> None:
    """Wait until no removal is under way that was queued before a ranking, a release or an export."""
    while any(other.kind is WorkKind.REMOVAL and other.work_id < work_id for other in _running(queue)):
        report(Progress("Waiting for a removal that is under way"))
        time.sleep(_PAUSE_S)


def save_plan(work_id: str, plan: RemovalPlan, *, frames: FrameStore) -> None:
    """Keep a plan until the removal has ended."""
    again = "" if plan.again is None else json.dumps(plan.again.to_json())
    lines = [(what, value) for what in ("added", "changed", "runs", "narrowed") for value in getattr(plan, what)]
    lines += [("changed_since", str(plan.changed_since)), ("again", again)]
    frames.append(_owner(work_id), 0, pd.DataFrame(lines, columns=list(_COLUMNS), dtype="str"))


def load_plan(work_id: str, *, frames: FrameStore) -> RemovalPlan | None:
    """Return the plan of a removal that began before, or None."""
    kept = frames.load(_owner(work_id))
    if kept.empty:
        return None
    values = {what: kept.loc[kept["what"] == what, "value"].tolist() for what in kept["what"].unique()}
    again = values["again"][0]
    return RemovalPlan(
        added=values.get("added", []),
        changed=values.get("changed", []),
        changed_since=int(values["changed_since"][0]),
        runs=values.get("runs", []),
        narrowed=values.get("narrowed", []),
        again=RunSource(**json.loads(again)) if again else None,
    )


def drop_plan(work_id: str, *, frames: FrameStore) -> None:
    """Delete a plan that was carried out."""
    frames.delete(_owner(work_id))


def _holding(customer_ids: list[str], runs: list[Run], frames: FrameStore) -> list[Run]:
    doomed = set(customer_ids)
    return [run for run in runs if run_holds(run.run_id, doomed, frames=frames)] if doomed else []


def _again(runs: list[Run]) -> RunSource | None:
    return next((run.source for run in reversed(runs) if run.source.kind == "customers"), None)


def _finished(queue: WorkQueue) -> list[Run]:
    return [Run(work) for work in queue.unexpired(WorkKind.RUN) if work.state is WorkState.DONE]


def _running(queue: WorkQueue) -> list[Work]:
    return [work for work in queue.unfinished(limit=100) if work.state is WorkState.RUNNING]


def _owner(work_id: str) -> str:
    return f"removal:{work_id}"
