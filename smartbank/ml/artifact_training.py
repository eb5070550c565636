"""Train the model and its twin, judge both, and write their artifacts: the same data and seed give the same bytes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from smartbank.core.fields import LEAD_COLUMNS
from smartbank.core.ports import Artifact
from smartbank.core.training_data import TrainingData, require_features
from smartbank.ml.artifact_files import (
    content_version,
    json_bytes,
    put_in_force,
    readable_json_bytes,
    require_writable,
    save_artifact,
)
from smartbank.ml.artifact_parts import golden_rows, reference_parquet, scoring_tables
from smartbank.ml.calibration import anchor
from smartbank.ml.card import build_card
from smartbank.ml.demo_tables import demo_tables
from smartbank.ml.fairness_price import JudgedScores, fairness_by_group, fairness_price
from smartbank.ml.judge import RESAMPLES
from smartbank.ml.level_model import fit_level_model
from smartbank.ml.protocols import MIN_MONTH_ROWS
from smartbank.ml.ranking import RankingSettings
from smartbank.ml.training import Training, Unseen


def train_artifact(
    data: TrainingData,
    models_dir: Path,
    *,
    seed: int = 0,
    settings: RankingSettings | None = None,
    n_threads: int = 1,
    min_month_rows: int = MIN_MONTH_ROWS,
    resamples: int = RESAMPLES,
    report: Callable[[str], None] = lambda _line: None,
) -> str:
    """Train, judge by protocols A and C, write the artifact, make it the version in force and return its version.

    Its twin, which sees neither age nor marital status, is trained, judged and written beside it.

    Parameters
    ----------
    data : TrainingData
        Rows in the order of the calls.
    settings : RankingSettings or None
        None takes those of `RankingSettings`.
    n_threads : int
        Threads that grow trees; the artifact does not depend on it.
    min_month_rows : int
        Rows a month needs to be judged by protocol C.
    resamples : int
        Draws of the bootstrap intervals.
    report : callable
        Told in a line what is being done.

    Raises
    ------
    TrainingDataError
        A feature is refused, or the rows cannot carry a model.
    ModelArtifactError
        The artifact cannot be written; where that is known beforehand, before anything is fitted.
    """
    settings = settings or RankingSettings()
    require_features(settings.features)
    require_writable(models_dir)
    training = Training(data.frame, settings, seed=seed, n_threads=n_threads, min_month_rows=min_month_rows)
    judged, twin_judged = judge(training, resamples=resamples, seed=seed, report=report)
    report("Fitting on all rows…")
    artifact = artifact_of(data, training, training, judged, seed=seed)
    report("Fitting on all rows, without age and marital status…")
    twin = artifact_of(data, training.twin(), training, twin_judged, seed=seed, twin_of=artifact.version)
    for each in (twin, artifact):
        save_artifact(models_dir, each.version, each.content)
    put_in_force(models_dir, artifact.version)
    report(f"Model {artifact.version} is in force; {twin.version} is its twin without age and marital status.")
    return artifact.version


@dataclass(frozen=True)
class Judged:
    """What the protocols say of a recipe on the training file: the figures of the card, and the slope by them."""

    metrics: dict[str, Any]
    slopes: dict[str, float]


def judge(training: Training, *, resamples: int, seed: int, report: Callable[[str], None]) -> tuple[Judged, Judged]:
    """Judge a recipe, and its twin without age and marital status, by protocols A and C beside the same baselines."""
    report(f"{len(training.frame):,} rows, {training.converted.mean():.1%} bought. Judging in random folds and months…")
    full = training.protocols(training.fit_and_score)
    report("Judging the baselines beside it…")
    baselines = training.baselines()
    report("Judging the same model without age and marital status…")
    twin = training.twin()
    bare = twin.protocols(twin.fit_and_score)
    slopes, twin_slopes = training.slopes(full.ahead[:, 0]), twin.slopes(bare.ahead[:, 0])
    known = JudgedScores(full.folds[:, 1], slopes["slope"] * full.ahead[:, 0])
    unknown = JudgedScores(bare.folds[:, 1], twin_slopes["slope"] * bare.ahead[:, 0])
    price = fairness_price(training.frame, known, unknown, seed=seed, resamples=resamples)

    def judged(unseen: Unseen, said: dict[str, float], scores: JudgedScores) -> Judged:
        fairness = price | fairness_by_group(training.frame, scores.ahead)
        metrics = training.metrics(unseen, said["slope"], baselines, resamples=resamples)
        return Judged(metrics | {"fairness": fairness}, said)

    return judged(full, slopes, known), judged(bare, twin_slopes, unknown)


def artifact_of(
    data: TrainingData,
    whole: Training,
    training: Training,
    judged: Judged,
    *,
    seed: int,
    own: Mapping[str, Any] | None = None,
    twin_of: str | None = None,
) -> Artifact:
    """Return the model fitted on all rows.

    Parameters
    ----------
    data : TrainingData
        All rows, with their hash.
    whole : Training
        Of all rows: what the ranking is fitted on, and how.
    training : Training
        Of those of UCI's file, which come first: what the level model is fitted on, and demo customers are drawn by.
    own : mapping or None
        What the card says of the bank's own rows; None where there are none.
    twin_of : str or None
        The version this one is the twin of, without age and marital status; None for the model itself.
    """
    model, codes = whole.ranking(np.arange(len(whole.frame)))
    raw = model.margins(codes)
    slope, n_known = judged.slopes["slope"], len(training.frame)
    calibration = judged.slopes | {"intercept": anchor(slope * raw, float(whole.converted.mean()))}
    margins = calibration["intercept"] + slope * raw
    level = fit_level_model(training.market, training.converted, margins[:n_known])
    card = build_card(
        data,
        training.market,
        settings=whole.settings,
        seed=seed,
        metrics=judged.metrics,
        calibration=calibration,
        level=level.to_json(),
        month_ridge=model.month_ridge,
        own=own,
        twin_of=twin_of,
    )
    contributions = calibration["slope"] * model.contributions(codes[:n_known])[:, : len(LEAD_COLUMNS)]
    files = {
        "booster.json": bytes(model.trees.booster.save_raw(raw_format="json")),
        "tables.json": json_bytes(scoring_tables(whole.frame, model, margins, calibration=calibration, level=level)),
        "golden.json": json_bytes(golden_rows(training.frame, margins[:n_known], contributions)),
        "demo.json": json_bytes(demo_tables(training.frame)),
        "reference.parquet": reference_parquet(codes, whole.converted, whole.period),
    }
    version = content_version(card, files)
    return Artifact(version, files | {"card.json": readable_json_bytes(card | {"version": version})})
