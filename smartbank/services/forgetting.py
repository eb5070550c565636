"""Take ranked leads out of the store: of a whole run, or of some customers."""

from collections.abc import Collection, Iterable
from typing import Final

from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.limits import ALL
from smartbank.core.ports import FrameStore, PredictionRepository, WorkQueue
from smartbank.core.work import Work, WorkKind, WorkState
from smartbank.services.latest_scores import drop_latest
from smartbank.services.runs import asked_owner, chunks_owner, ground_owner, left_out_owner, run_owner

_LOOKED_AT: Final = 100
"""Newest runs; the look is repeated every few minutes."""


def forget_run(run_id: str, *, queue: WorkQueue, frames: FrameStore, predictions: PredictionRepository) -> None:
    """Delete a finished run's ranked leads and predictions, and mark it as no longer kept. Safe to repeat."""
    forget_results(run_id, frames=frames, predictions=predictions)
    drop_latest(frames=frames, run_ids={run_id})
    queue.expire(run_id)  # last: what breaks off before it is done again


def forget_results(run_id: str, *, frames: FrameStore, predictions: PredictionRepository) -> None:
    """Delete all that is kept of a run, done or under way. Safe to repeat."""
    forget_ranked(run_id, frames=frames, predictions=predictions)
    forget_steps(run_id, frames=frames)


def forget_ranked(run_id: str, *, frames: FrameStore, predictions: PredictionRepository) -> None:
    """Delete what a run came to, but not its steps. Safe to repeat."""
    predictions.delete_run(run_id)
    for owner in (run_owner(run_id), left_out_owner(run_id)):
        frames.delete(owner)


def has_ranked(run_id: str, *, frames: FrameStore, predictions: PredictionRepository) -> bool:
    """Whether anything is kept of what a run came to."""
    owners = (run_owner(run_id), left_out_owner(run_id))
    return _any_kept(owners, frames) or bool(predictions.in_run(run_id, 1, ALL))


def forget_steps(run_id: str, *, frames: FrameStore) -> None:
    """Delete what a run was computed from step by step. Safe to repeat."""
    for owner in _step_owners(run_id):
        frames.delete(owner)


def has_steps(run_id: str, *, frames: FrameStore) -> bool:
    """Whether anything is kept that a run was computed from step by step."""
    return _any_kept(_step_owners(run_id), frames)


def tidy_run(work: Work, *, frames: FrameStore, predictions: PredictionRepository) -> None:
    """Delete the steps of a run that has ended, and all else of one that did not end well. Safe to repeat."""
    if work.state is WorkState.DONE:
        forget_steps(work.work_id, frames=frames)
    elif work.state.is_final:
        drop_latest(frames=frames, run_ids={work.work_id})
        forget_results(work.work_id, frames=frames, predictions=predictions)


def tidy_late(*, queue: WorkQueue, frames: FrameStore, predictions: PredictionRepository) -> int:
    """Tidy up the runs that ended without a worker to do it, and return how many; safe to repeat.

    That is one whose worker died after the end, or that was cancelled or given up while its worker was dead.
    """
    ended = [work for work in queue.recent(WorkKind.RUN, limit=_LOOKED_AT) if work.state.is_final]
    left = [work for work in ended if has_steps(work.work_id, frames=frames)]
    for work in left:
        tidy_run(work, frames=frames, predictions=predictions)
    return len(left)


def forget_customers_in_run(run_id: str, customer_ids: Collection[str], *, frames: FrameStore) -> None:
    """Take customers out of a run's ranked leads, and of those the rules left out; the others keep their ranks.

    A run that waits to be gone on with loses its steps, and begins anew.
    """
    forget_steps(run_id, frames=frames)
    for owner in (run_owner(run_id), left_out_owner(run_id)):
        for part, rows in enumerate(frames.parts(owner)):
            gone = rows[CUSTOMER_ID].isin(customer_ids)
            if gone.any():
                frames.append(owner, part, rows[~gone])


def run_holds(run_id: str, customer_ids: Collection[str], *, frames: FrameStore) -> bool:
    """Whether any of these customers is among a run's ranked leads, was left out of it by a rule, or is asked about."""
    owners = (run_owner(run_id), left_out_owner(run_id), asked_owner(run_id))
    parts = (part for owner in owners for part in frames.parts(owner, columns=[CUSTOMER_ID]))
    return any(bool(part[CUSTOMER_ID].isin(customer_ids).any()) for part in parts)


def _step_owners(run_id: str) -> tuple[str, ...]:
    return ground_owner(run_id), chunks_owner(run_id), asked_owner(run_id)


def _any_kept(owners: Iterable[str], frames: FrameStore) -> bool:
    return any(next(frames.parts(owner), None) is not None for owner in owners)
