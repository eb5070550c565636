"""Use case: make stored predictions again from what is stored, and say part by part whether they are equal."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.people import Actor, Right
from smartbank.core.ports import (
    CustomerRepository,
    FrameStore,
    GroundRepository,
    PredictionRepository,
    Scorer,
    SettingsRepository,
    WorkQueue,
)
from smartbank.core.prediction_ids import MOST_RANK, read_prediction_id
from smartbank.core.replay import Replayed, RunReplay
from smartbank.core.wording import agreeing, plural
from smartbank.core.work import WorkKind, WorkState
from smartbank.core.work_ids import is_request
from smartbank.errors import ModelArtifactError, NotFoundError
from smartbank.services.replay_ground import Ground, load_asked_ground, load_ground
from smartbank.services.replay_made import Made, made_again

BATCH: Final = 1_000
SHOWN: Final = 20
"""Predictions that differ whose parts are kept; more are only counted."""
_HISTORY: Final = 10_000


@dataclass(frozen=True)
class ReplayPorts:
    """What making predictions again needs from the outside.

    Attributes
    ----------
    load_model : callable
        Returns the scorer of a version, or raises `ModelArtifactError`.
    """

    customers: CustomerRepository
    predictions: PredictionRepository
    frames: FrameStore
    settings: SettingsRepository
    queue: WorkQueue
    grounds: GroundRepository
    load_model: Callable[[str], Scorer]


@dataclass
class _Tally:
    """What was found so far in a run."""

    made: list[Made] = field(default_factory=list)
    equal: int = 0
    n_different: int = 0
    different: list[Replayed] = field(default_factory=list)
    obstacles: Counter[str] = field(default_factory=Counter)

    def add(self, found: Iterable[Made]) -> None:
        for made in found:
            self.made.append(made)
            replayed = made.replayed
            if replayed.obstacle:
                self.obstacles[replayed.obstacle] += 1
            elif replayed.is_equal:
                self.equal += 1
            else:
                self.n_different += 1
                self.different += [replayed] if len(self.different) < SHOWN else []


def replay_prediction(prediction_id: str, *, by: Actor, ports: ReplayPorts) -> Replayed:
    """Make one prediction again.

    Parameters
    ----------
    prediction_id : str
        `RUN_ID:RANK`; of a program's request, its id and the rank in it.

    Raises
    ------
    NotFoundError
        There is no such prediction, or its run is no longer kept.
    ModelArtifactError
        The model it was made with cannot be loaded.
    """
    by.require(Right.SEE_ADMIN)
    named = read_prediction_id(prediction_id)
    if named is None:
        raise NotFoundError("A prediction is named RUN_ID:RANK, for example 20260105-090000-000-abcdef:1.")
    run_id, rank = named
    ground = _ground(run_id, ports)
    found = ports.predictions.in_run(run_id, rank, rank)
    if not found:
        raise NotFoundError(
            f"The run {run_id} has no prediction of rank {rank}. It ranked {plural(ground.leads, 'lead')}."
        )
    (made,) = made_again(found, ground, customers=ports.customers)
    return made.replayed


def replay_customer(customer_id: str, run_id: str, *, by: Actor, ports: ReplayPorts) -> Replayed:
    """Make a customer's prediction of a run again. Raises as `replay_prediction` does."""
    by.require(Right.SEE_ADMIN)
    ground = _ground(run_id, ports)
    found = [row for row in ports.predictions.history(customer_id, limit=_HISTORY) if row["run_id"] == run_id]
    if not found:
        raise NotFoundError("The customer has no prediction in this run. Check the customer id and the run.")
    (made,) = made_again(found[:1], ground, customers=ports.customers)
    return made.replayed


def replay_run(run_id: str, *, sample: int | None = None, seed: int = 0, by: Actor, ports: ReplayPorts) -> RunReplay:
    """Make the predictions of a run again, all of them or a sample drawn at random.

    All of them also show whether there are too many, whether the order is right, and whether the level is what
    anchoring gives. One that is missing is a fault in both. Raises as `replay_prediction` does.

    Parameters
    ----------
    sample : int or None
        How many to draw; None makes all.
    """
    by.require(Right.SEE_ADMIN)
    ground = _ground(run_id, ports)
    tally = _Tally()
    whole = sample is None or sample >= ground.leads
    for predictions in _all(ground, ports) if whole else _drawn(ground, sample or 0, seed, ports):
        tally.add(made_again(predictions, ground, customers=ports.customers))
    return RunReplay(
        run_id=run_id,
        leads=ground.leads,
        tried=len(tally.made),
        equal=tally.equal,
        n_different=tally.n_different,
        different=tally.different,
        obstacles=dict(tally.obstacles),
        faults=_faults(tally, ground, ports) if whole else _not_stored(tally, sample or 0),
    )


def replay_sample(sample: int, *, seed: int = 0, by: Actor, ports: ReplayPorts) -> Iterator[RunReplay]:
    """Make so many predictions again, drawn at random from all runs that are kept; yield run by run.

    A run whose model is missing is told as one obstacle.
    """
    by.require(Right.SEE_ADMIN)
    runs = [work for work in ports.queue.unexpired(WorkKind.RUN) if work.state is WorkState.DONE]
    sizes = np.array([work.result["summary"]["leads"] for work in runs], dtype=np.int64)
    total = int(sizes.sum())
    drawn = np.sort(np.random.default_rng(seed).choice(total, min(sample, total), replace=False))
    counts = Counter(np.searchsorted(np.cumsum(sizes), drawn, side="right").tolist())
    for place, count in sorted(counts.items()):
        work = runs[place]
        try:
            yield replay_run(work.work_id, sample=count, seed=seed, by=by, ports=ports)
        except ModelArtifactError as exc:
            yield RunReplay(work.work_id, work.result["summary"]["leads"], count, 0, 0, [], {str(exc): count})


def _ground(run_id: str, ports: ReplayPorts) -> Ground:
    if is_request(run_id):
        return load_asked_ground(
            run_id,
            predictions=ports.predictions,
            grounds=ports.grounds,
            settings=ports.settings,
            load_model=ports.load_model,
        )
    return load_ground(
        run_id, queue=ports.queue, frames=ports.frames, settings=ports.settings, load_model=ports.load_model
    )


def _all(ground: Ground, ports: ReplayPorts) -> Iterator[list[dict[str, Any]]]:
    for first in range(1, ground.leads + 1, BATCH):
        yield ports.predictions.in_run(ground.run_id, first, min(first + BATCH - 1, ground.leads))


def _drawn(ground: Ground, sample: int, seed: int, ports: ReplayPorts) -> Iterator[list[dict[str, Any]]]:
    ranks = np.sort(np.random.default_rng(seed).choice(ground.leads, sample, replace=False)) + 1
    found: list[dict[str, Any]] = []
    for rank in ranks.tolist():
        found += ports.predictions.in_run(ground.run_id, rank, rank)
        if len(found) == BATCH:
            yield found
            found = []
    yield found


def _not_stored(tally: _Tally, drawn: int) -> list[str]:
    """Return that some of the predictions drawn are missing, if they are: a run has one for each lead it ranked."""
    missing = drawn - len(tally.made)
    if not missing:
        return []
    return [f"{missing:,} of {plural(drawn, 'prediction')} drawn {agreeing(missing, 'is', 'are')} not stored any more."]


def _faults(tally: _Tally, ground: Ground, ports: ReplayPorts) -> list[str]:
    """Return what only a whole run shows; order and anchor only where every lead could be made again."""
    faults = []
    if len(tally.made) != ground.leads:
        faults.append(
            f"The run ranked {plural(ground.leads, 'lead')}, but {plural(len(tally.made), 'prediction')} of it "
            f"{agreeing(len(tally.made), 'is', 'are')} stored."
        )
    if ports.predictions.in_run(ground.run_id, ground.leads + 1, MOST_RANK):
        faults.append(f"Predictions are stored for more than the {plural(ground.leads, 'lead')} the run ranked.")
    if faults or tally.obstacles or tally.n_different:
        return faults
    margins = np.array([made.margin for made in tally.made])
    shifts = np.array([made.shift for made in tally.made])
    ids = np.array([made.prediction[CUSTOMER_ID] for made in tally.made], dtype=object).astype(str)
    levels = ground.level.log_odds + shifts
    if (np.lexsort((ids, -margins, -(levels + margins))) != np.arange(len(margins))).any():
        faults.append("The leads are not in the order their margins give.")
    if not ground.is_anchored(margins + shifts):
        faults.append("The stored level is not the one that makes the mean propensity the base rate.")
    return faults
