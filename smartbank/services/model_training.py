"""Use cases: train a challenger from the bank's own outcomes, and compare a version with the champion."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import islice
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from smartbank.core.audit import AuditAction
from smartbank.core.card_figures import trained_until
from smartbank.core.market.periods import Period
from smartbank.core.model_versions import Comparison, TrainedModel, version_reference
from smartbank.core.own_calls import OwnCalls
from smartbank.core.people import WORKER, Actor, Right
from smartbank.core.ports import (
    AuditLog,
    CustomerRepository,
    ModelTrainer,
    OutcomeRepository,
    PredictionRepository,
    WorkQueue,
)
from smartbank.core.promotion import Evidence, compare, verdict_of
from smartbank.core.training_data import CONVERTED, PERIOD
from smartbank.core.work import Progress, Work, WorkKind
from smartbank.core.work_ids import new_work_id
from smartbank.errors import ConflictError
from smartbank.services.auditing import audited
from smartbank.services.model_versions import ModelPorts
from smartbank.services.own_calls import load_own_calls

FloatArray = npt.NDArray[np.float64]

MIN_NEW_CALLS: Final = 500
"""Decided calls since the last training from which another is worth the time."""
_MOST_WAITING: Final = 1_000


@dataclass(frozen=True)
class TrainingPorts:
    """What training and comparing need from the outside, beside what changing the model in force does."""

    known: ModelPorts
    trainer: ModelTrainer
    outcomes: OutcomeRepository
    predictions: PredictionRepository
    customers: CustomerRepository


def queue_training(*, by: Actor, queue: WorkQueue, audit: AuditLog, now: datetime) -> str:
    """Queue the training of a challenger, and return the id of the work.

    Raises
    ------
    ConflictError
        One waits or runs already.
    """
    with audited(AuditAction.TRAIN_MODEL, "model", by=by, audit=audit, now=now) as said:
        by.require(Right.MANAGE_MODELS)
        if _is_training(queue):
            raise ConflictError("A challenger is being trained already. Wait for it, or cancel it first.")
        work_id = new_work_id(now)
        said.object_id, said.details = work_id, {"step": "queued"}
        queue.add(Work(work_id, WorkKind.TRAINING, by.username, now, {}))
    return work_id


def train_queued(work: Work, report: Callable[[Progress], None], *, ports: TrainingPorts) -> dict[str, Any]:
    """Train a challenger and its counterpart, judge it beside the champion, and keep them and how it was compared.

    Returns
    -------
    dict
        `version`, whether it `is_new`, its `own_calls`, and whether it `passes`, with the `verdict` in words.

    Raises
    ------
    TrainingDataError
        The training file is missing, or nothing was learned from the calls.
    """
    now = datetime.now(UTC)
    report(Progress("Reading the calls that were decided"))
    own = load_own_calls(by=WORKER, outcomes=ports.outcomes, predictions=ports.predictions, customers=ports.customers)
    champion = ports.known.models.current()
    trained = ports.trainer.train(own, champion=champion.scorer.card, report=lambda line: report(Progress(line)))
    version, evidence = trained.challenger.version, _evidence(own, champion.scorer.margins(own.frame), trained.ahead)
    known = {each.version for each in ports.known.registry.trained()} | set(ports.known.shelf.shipped_versions())
    for artifact in (trained.counterpart, trained.challenger):
        if artifact.version not in known:
            ports.known.shelf.keep(artifact)
            sales = int(own.frame[CONVERTED].sum())
            ports.known.registry.add(TrainedModel(artifact.version, now, work.created_by, len(own.frame), sales))
    if version != champion.version:
        ports.known.registry.keep_comparison(
            Comparison(version, champion.version, now, work.created_by, evidence.to_json())
        )
    verdict = verdict_of(evidence)
    return {
        "version": version,
        "is_new": version not in known,
        "own_calls": len(own.frame),
        "passes": verdict.passes,
        "verdict": verdict.sentence,
    }


def compare_with_champion(version: str, *, by: Actor, ports: TrainingPorts, now: datetime) -> Comparison:
    """Judge a version beside the champion on the calls that were decided after both were trained, and keep that.

    Raises
    ------
    ConflictError
        It is the champion, or it was trained on later calls than the champion: then it was judged when it was trained.
    ModelArtifactError
        One of the two is missing or altered.
    """
    audit, named = ports.known.audit, version_reference(version)
    with audited(AuditAction.COMPARE_MODELS, "model", named, by=by, audit=audit, now=now) as said:
        by.require(Right.MANAGE_MODELS)
        champion, challenger = ports.known.models.current(), ports.known.models.load(version)
        if challenger.version == champion.version:
            raise ConflictError(f"Model {version} is in force. Choose another one to compare with it.")
        until = trained_until(champion.scorer.card)
        if trained_until(challenger.scorer.card) > until:
            raise ConflictError(
                "It has learned from calls after the champion's, so they cannot judge it. Train a challenger again: it"
                " is judged month by month then."
            )
        own = load_own_calls(
            by=by,
            outcomes=ports.outcomes,
            predictions=ports.predictions,
            customers=ports.customers,
            since=datetime.combine(Period.parse(until).later(1).start, time(), UTC),
        )
        evidence = _evidence(own, *(each.scorer.margins(own.frame) for each in (champion, challenger)))
        comparison = Comparison(version, champion.version, now, by.username, evidence.to_json())
        said.details |= {"champion": champion.version, **evidence.to_json()}
        ports.known.registry.keep_comparison(comparison)
    return comparison


def training_is_due(*, every: timedelta, outcomes: OutcomeRepository, queue: WorkQueue, now: datetime) -> bool:
    """Whether a challenger is to be trained: long enough ago, and `MIN_NEW_CALLS` decided calls since.

    Parameters
    ----------
    every : timedelta
        How long after one training, whatever came of it, the next is due; none or less is never.
    """
    if every <= timedelta(0) or _is_training(queue):
        return False
    last = next((work.created_at for work in queue.recent(WorkKind.TRAINING, limit=1)), None)
    if last is not None and now - last < every:
        return False
    return sum(1 for _ in islice(outcomes.decided(last), MIN_NEW_CALLS)) == MIN_NEW_CALLS


def _is_training(queue: WorkQueue) -> bool:
    return any(work.kind is WorkKind.TRAINING for work in queue.unfinished(limit=_MOST_WAITING))


def _evidence(own: OwnCalls, champion: FloatArray, challenger: FloatArray) -> Evidence:
    judged = ~np.isnan(challenger)
    return compare(
        own.frame[CONVERTED].to_numpy(dtype=bool)[judged],
        champion[judged],
        challenger[judged],
        own.frame[PERIOD].to_numpy(dtype=object)[judged],
    )
