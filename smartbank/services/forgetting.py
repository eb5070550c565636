"""Take ranked leads out of the store: of a whole run, or of some customers."""

from collections.abc import Collection

from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.ports import FrameStore, PredictionRepository, WorkQueue
from smartbank.services.latest_scores import drop_latest
from smartbank.services.runs import left_out_owner, run_owner


def forget_run(run_id: str, *, queue: WorkQueue, frames: FrameStore, predictions: PredictionRepository) -> None:
    """Delete a finished run's ranked leads and predictions, and mark it as no longer kept. Safe to repeat."""
    predictions.delete_run(run_id)
    frames.delete(run_owner(run_id))
    frames.delete(left_out_owner(run_id))
    drop_latest(frames=frames, run_ids={run_id})
    queue.expire(run_id)  # last: what breaks off before it is done again


def forget_customers_in_run(run_id: str, customer_ids: Collection[str], *, frames: FrameStore) -> None:
    """Take customers out of a run's ranked leads, and of those the rules left out; the others keep their ranks."""
    for owner in (run_owner(run_id), left_out_owner(run_id)):
        for part, rows in enumerate(frames.parts(owner)):
            gone = rows[CUSTOMER_ID].isin(customer_ids)
            if gone.any():
                frames.append(owner, part, rows[~gone])


def run_holds(run_id: str, customer_ids: Collection[str], *, frames: FrameStore) -> bool:
    """Whether any of these customers is among a run's ranked leads, or was left out of it by a rule."""
    owners = (run_owner(run_id), left_out_owner(run_id))
    parts = (part for owner in owners for part in frames.parts(owner, columns=[CUSTOMER_ID]))
    return any(bool(part[CUSTOMER_ID].isin(customer_ids).any()) for part in parts)
