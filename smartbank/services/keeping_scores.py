"""Keep what a run made: ranked leads, predictions, and whom the rules left out."""

from bisect import bisect_left
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

import numpy as np
import pandas as pd

from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.level import Level
from smartbank.core.market.indicators import MARKET_FEATURES
from smartbank.core.ports import FrameStore, PredictionRepository
from smartbank.core.ranking import CONTRIBUTION_COLUMNS, RankedLead
from smartbank.core.replay import lead_hash, lead_hashes
from smartbank.core.rules import ScoringRules
from smartbank.core.work import Progress
from smartbank.services.leveling import REPLAY
from smartbank.services.runs import left_out_owner, run_owner

Report = Callable[[Progress], None]

PART_ROWS: Final = 20_000
PREDICTION_ROWS: Final = 1_000
_SAID: Final = ("rank", CUSTOMER_ID, "customer_version", "margin", "level", "propensity", "band", "call")
"""What a prediction says of its lead, beside its contributions."""


def keep_left_out(run_id: str, ruled_out: pd.DataFrame, *, frames: FrameStore) -> dict[str, int]:
    """Keep whom the rules left out, `EXCLUDED_COLUMNS` wide, and return how many each rule did."""
    if ruled_out.empty:
        return {}
    frames.add(left_out_owner(run_id), 0, ruled_out)
    return {str(rule): int(number) for rule, number in ruled_out["rule"].value_counts().items()}


def named_by(run_id: str, *, level: Level, rules: ScoringRules, scored_at: datetime) -> dict[str, Any]:
    """Return what every prediction of a run or a request names, so that it can be made again."""
    return {
        "run_id": run_id,
        "scored_at": scored_at,
        "model_version": level.model_version,
        "level_id": level.level_id,
        "intercept": level.intercept,
        "snapshot_id": level.snapshot_id,
        "threshold": rules.threshold,
        "bands": list(rules.band_edges),
        "settings_version": rules.version,
    }


def keep_ranked(
    ranked: pd.DataFrame,
    common: Mapping[str, Any],
    report: Report,
    *,
    asked: int,
    frames: FrameStore,
    predictions: PredictionRepository,
) -> None:
    """Keep the ranked leads of a run, and the predictions of each customer; what is kept already stays as it is.

    Parameters
    ----------
    asked : int
        How many leads the run asked about: what is kept of the scoring, from which the predictions count on.
    """
    run_id, total = common["run_id"], len(ranked)
    for part, start in enumerate(range(0, total, PART_ROWS)):
        frames.add(run_owner(run_id), part, ranked.iloc[start : start + PART_ROWS])
    for start in range(_n_kept(run_id, total, predictions), total, PREDICTION_ROWS):
        report(Progress("Keeping the predictions", start, total, kept=asked + start))
        predictions.save_many(prediction_documents(ranked.iloc[start : start + PREDICTION_ROWS], common))
    report(Progress("Keeping the predictions", total, total, kept=asked + total))


def _n_kept(run_id: str, total: int, predictions: PredictionRepository) -> int:
    """Return how many predictions need not be written again: those of whole batches."""
    starts = range(0, total, PREDICTION_ROWS)
    n_begun = bisect_left(starts, True, key=lambda start: not predictions.in_run(run_id, start + 1, start + 1))
    last = PREDICTION_ROWS * max(0, n_begun - 1)
    end = min(last + PREDICTION_ROWS, total)
    is_whole = len(predictions.in_run(run_id, last + 1, end)) == end - last  # only the last one may be half written
    return end if is_whole else last


def prediction_documents(rows: pd.DataFrame, common: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the predictions of ranked leads as they are kept; `common` is what they share."""
    documents = [{str(key): value for key, value in lead.items()} for lead in rows[list(_SAID)].to_dict("records")]
    contributions = rows[list(CONTRIBUTION_COLUMNS)].to_numpy(np.float64).tolist()
    market: list[dict[str, Any]] = [{}] * len(rows)
    if common["snapshot_id"] == REPLAY:
        market = [{"market": values} for values in rows[list(MARKET_FEATURES)].to_dict("records")]
    return [
        _document(document, common, contributions=parts, hashed=hashed) | own_market
        for document, parts, hashed, own_market in zip(documents, contributions, lead_hashes(rows), market, strict=True)
    ]


def prediction_document(ranked: RankedLead, common: Mapping[str, Any]) -> dict[str, Any]:
    """Return the prediction of one ranked lead as `prediction_documents` makes it."""
    lead = ranked.lead
    said = {CUSTOMER_ID: lead[CUSTOMER_ID], "customer_version": lead["customer_version"], **ranked.found}
    return _document(said, common, contributions=ranked.contributions, hashed=lead_hash(lead))


def _document(
    said: Mapping[str, Any], common: Mapping[str, Any], *, contributions: list[float], hashed: str
) -> dict[str, Any]:
    named = {name: said[name] for name in _SAID}
    return {**common, **named, "contributions": contributions, "lead_hash": hashed}
