"""Load the model in force, and refuse by name whatever does not match what was trained."""

import json
import os
from pathlib import Path
from typing import Any, Final

import numpy as np

from smartbank.core.training_data import require_features
from smartbank.errors import ModelArtifactError, TrainingDataError
from smartbank.ml.artifact_files import LOOKED_UP_FROM, champion_version, load_files
from smartbank.ml.artifact_parts import GOLDEN_ROWS, golden_leads
from smartbank.ml.boosting import xgb
from smartbank.ml.encoding import Encoder
from smartbank.ml.level_model import LevelModel
from smartbank.ml.linear import LinearModel
from smartbank.ml.ranking import RankingModel
from smartbank.ml.rates import from_json
from smartbank.ml.scorer import PropensityScorer
from smartbank.ml.trees import TreeModel

_MAX_THREADS: Final = 4
_UNREADABLE: Final = (
    *(ValueError, TypeError, LookupError, AttributeError, ArithmeticError),
    *(xgb.core.XGBoostError, TrainingDataError),
)
"""What content raises that was written for another SmartBank."""


def load_scorer(models_dir: Path, *, n_threads: int | None = None) -> PropensityScorer:
    """Return the scorer of the version `champion.json` names, checked and rescored.

    Parameters
    ----------
    models_dir : Path
        The folder with `champion.json` and one folder a version.
    n_threads : int or None
        Threads that score and explain; None takes the machine's, four at most. The scores do not depend on it.

    Raises
    ------
    ModelArtifactError
        A file is missing or altered, the format is another one, or a golden row scores differently here.
    """
    return load_version(models_dir, champion_version(models_dir), n_threads=n_threads)


def load_version(models_dir: Path, version: str, *, n_threads: int | None = None) -> PropensityScorer:
    """Return the scorer of a version in the folder, in force or not; otherwise as `load_scorer`."""
    return scorer_of(version, load_files(models_dir, version), n_threads=n_threads)


def scorer_of(version: str, files: dict[str, bytes], *, n_threads: int | None = None) -> PropensityScorer:
    """Return the scorer in the files of an artifact, rescored; otherwise as `load_scorer`."""
    threads = n_threads or min(_MAX_THREADS, os.cpu_count() or 1)
    try:
        scorer = _scorer(version, files, threads)
        _require_golden_rows(scorer, json.loads(files["golden.json"]))
    except _UNREADABLE as exc:
        raise ModelArtifactError(f"Model {version} cannot be read by this SmartBank. Train it again.") from exc
    return scorer


def _scorer(version: str, files: dict[str, bytes], n_threads: int) -> PropensityScorer:
    card, tables = json.loads(files["card.json"]), json.loads(files["tables.json"])
    if card["version"] != version or tables["format_version"] != card["format_version"]:
        raise ValueError("The card or the tables belong to another model.")
    booster = xgb.Booster({"nthread": n_threads})
    booster.load_model(bytearray(files["booster.json"]))
    encoder = Encoder.from_json(tables["levels"])
    return PropensityScorer(
        version=version,
        card=card,
        ranking=_ranking(tables, _trees(tables, booster, encoder, n_threads)),
        slope=float(tables["calibration"]["slope"]),
        intercept=float(tables["calibration"]["intercept"]),
        base_value=float(tables["base_value"]),
        level=LevelModel.from_json(tables["level"]),
        cpi={str(level): float(change) for level, change in tables["cpi_yoy"].items()},
        rates=from_json(tables["rates"]),
        reference=tuple(tables["reference_margins"]),
    )


def _trees(tables: dict[str, Any], booster: xgb.Booster, encoder: Encoder, n_threads: int) -> TreeModel:
    """Return the trees of an artifact; before format 3 XGBoost itself worked the contributions out."""
    features = require_features(tuple(tables["features"]))
    return TreeModel(booster, encoder, features, n_threads, looks_up=tables["format_version"] >= LOOKED_UP_FROM)


def _ranking(tables: dict[str, Any], trees: TreeModel) -> RankingModel:
    """Return the ranking of an artifact; one of format 1 is trees alone."""
    if tables["format_version"] == 1:
        return RankingModel(trees)
    return RankingModel(trees, LinearModel.from_json(tables["linear"]), float(tables["linear_share"]))


def _require_golden_rows(scorer: PropensityScorer, golden: dict[str, Any]) -> None:
    expected = np.array(golden["margins"], dtype=np.float64)
    if len(expected) != GOLDEN_ROWS:
        raise ValueError("The golden rows were left out.")
    leads = golden_leads(golden)
    differs = scorer.margins(leads) != expected
    if "contributions" in golden:
        differs |= (scorer.contributions(leads) != np.array(golden["contributions"], dtype=np.float64)).any(axis=1)
    wrong = np.flatnonzero(differs)
    if len(wrong):
        raise ModelArtifactError(
            f"Model {scorer.version} scores or explains golden row {wrong[0]} differently here "
            f"({len(wrong)} of {len(expected)} rows differ): the libraries do not fit it. "
            "Install requirements.txt, or train again."
        )
