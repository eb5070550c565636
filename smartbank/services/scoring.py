"""Use case: score the leads of a queued run, rank them, and keep everything needed to make the scores again."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from smartbank.core.customers import SaveCounts
from smartbank.core.fields import CUSTOMER_COLUMNS, CUSTOMER_ID, LEAD_COLUMNS, MARKET_COLUMNS
from smartbank.core.level import Level
from smartbank.core.market import MarketSnapshot
from smartbank.core.ports import (
    CustomerRepository,
    FrameStore,
    PredictionRepository,
    Scorer,
    SettingsRepository,
    WorkQueue,
)
from smartbank.core.ranking import CONTRIBUTION_COLUMNS, rank_summary, ranked_frame
from smartbank.core.work import Progress, Work
from smartbank.errors import LeadValidationError
from smartbank.services.customers import found_customers
from smartbank.services.latest_scores import merge_latest
from smartbank.services.leveling import replay_levels, snapshot_level
from smartbank.services.runs import RunSource, recent_runs, run_owner
from smartbank.services.uploads import rows_owner

FloatArray = npt.NDArray[np.float64]
Report = Callable[[Progress], None]

LOAD_ROWS: Final = 5_000
PART_ROWS: Final = 20_000
PREDICTION_ROWS: Final = 1_000


@dataclass(frozen=True)
class ScoringPorts:
    """What scoring a run needs from the outside."""

    scorer: Scorer
    customers: CustomerRepository
    frames: FrameStore
    predictions: PredictionRepository
    settings: SettingsRepository
    queue: WorkQueue
    snapshot: MarketSnapshot


def score_run(work: Work, report: Report, *, ports: ScoringPorts) -> dict[str, Any]:
    """Score a queued run and return its result: summary, level, rules, snapshot, model version, counts.

    Safe to repeat: what an earlier, broken try of the same run wrote is replaced.

    Raises
    ------
    LeadValidationError
        The run has no lead to score.
    WorkCancelledError
        Raised by `report` when the run was cancelled; its ranked leads and predictions are removed.
    """
    source = RunSource(**work.request["source"])
    ports.predictions.delete_run(work.work_id)
    ports.frames.delete(run_owner(work.work_id))
    try:
        return _score(work, source, report, ports)
    except Exception:
        ports.predictions.delete_run(work.work_id)
        ports.frames.delete(run_owner(work.work_id))
        raise


def _score(work: Work, source: RunSource, report: Report, ports: ScoringPorts) -> dict[str, Any]:
    saved = _save_upload(source, report, ports) if source.kind == "upload" else SaveCounts()
    ids, whole = _lead_ids(source, ports)
    if not ids:
        raise LeadValidationError("There is no lead to score: the upload or the query is empty.")
    leads, margins, contributions = _margins(ids, report, ports)

    rules = ports.settings.rules()
    if work.request["market"] == "file":
        market = _file_market(source, leads, ports)
        level, levels = replay_levels(margins, market, rules=rules, snapshot=ports.snapshot, scorer=ports.scorer)
    else:
        earlier = (Level(**run.result["level"]) for run in recent_runs(queue=ports.queue) if run.result)
        level = snapshot_level(
            margins, rules=rules, snapshot=ports.snapshot, scorer=ports.scorer, whole=whole, earlier=earlier
        )
        levels = np.full(len(leads), level.log_odds)
    ranked = ranked_frame(leads, margins=margins, contributions=contributions, levels=levels, rules=rules)

    scored_at = datetime.now(UTC)
    common = {
        "run_id": work.work_id,
        "scored_at": scored_at,
        "model_version": ports.scorer.version,
        "level_id": level.level_id,
        "snapshot_id": level.snapshot_id,
        "threshold": rules.threshold,
        "bands": list(rules.band_edges),
        "settings_version": rules.version,
    }
    _keep(ranked, common, report, ports)
    return {
        "summary": asdict(rank_summary(ranked)),
        "level": asdict(level),
        "rules": asdict(rules),
        "snapshot": asdict(ports.snapshot) | {"as_of": ports.snapshot.as_of.isoformat()},
        "model_version": ports.scorer.version,
        "saved": asdict(saved),
        "scored_at": scored_at.isoformat(),
    }


def _save_upload(source: RunSource, report: Report, ports: ScoringPorts) -> SaveCounts:
    counts, total = SaveCounts(), sum(len(part) for part in _upload_parts(source, ports, [CUSTOMER_ID]))
    done = 0
    for part in _upload_parts(source, ports, list(CUSTOMER_COLUMNS)):
        for start in range(0, len(part), LOAD_ROWS):
            rows = part.iloc[start : start + LOAD_ROWS]
            report(Progress("Saving customers", done, total))
            origin = {"kind": "upload", "name": source.label, "upload_id": source.upload_id, "synthetic": False}
            counts += ports.customers.save_many(rows, source=origin, saved_at=datetime.now(UTC))
            done += len(rows)
    return counts


def _upload_parts(source: RunSource, ports: ScoringPorts, columns: list[str]) -> Iterator[pd.DataFrame]:
    return ports.frames.parts(rows_owner(source.upload_id), columns=columns)


def _lead_ids(source: RunSource, ports: ScoringPorts) -> tuple[list[str], bool]:
    """Return the leads of a run, and whether they are a whole population rather than a selection."""
    if source.kind == "upload":
        return [lead for part in _upload_parts(source, ports, [CUSTOMER_ID]) for lead in part[CUSTOMER_ID]], True
    query = source.customer_query()
    return found_customers(query, customers=ports.customers, frames=ports.frames), query.selects_everyone


def _margins(ids: list[str], report: Report, ports: ScoringPorts) -> tuple[pd.DataFrame, FloatArray, FloatArray]:
    columns = [CUSTOMER_ID, "customer_version", *LEAD_COLUMNS]
    leads, margins, contributions = [], [], []
    for start in range(0, len(ids), LOAD_ROWS):
        report(Progress("Scoring", start, len(ids)))
        chunk = ports.customers.load(ids[start : start + LOAD_ROWS])[columns]
        leads.append(chunk)
        margins.append(ports.scorer.margins(chunk))
        contributions.append(ports.scorer.contributions(chunk).astype(np.float32))
    return pd.concat(leads, ignore_index=True), np.concatenate(margins), np.concatenate(contributions)


def _file_market(source: RunSource, leads: pd.DataFrame, ports: ScoringPorts) -> pd.DataFrame:
    """Return the market each lead's row of the file brought, as level model features; the snapshot's where unread."""
    if source.kind != "upload":
        raise LeadValidationError("Only an uploaded file can bring its own market.")
    parts = list(_upload_parts(source, ports, [CUSTOMER_ID, *MARKET_COLUMNS]))
    own = pd.concat(parts).set_index(CUSTOMER_ID).reindex(leads[CUSTOMER_ID])
    features = pd.DataFrame(
        {
            "euribor3m": own["euribor3m"].to_numpy(),
            "emp_var_rate": own["emp_var_rate"].to_numpy(),
            "cpi_yoy": ports.scorer.cpi_year_on_year(own["cpi"].to_numpy()),
        }
    )
    return features.fillna({name: getattr(ports.snapshot, name) for name in features.columns})


def _keep(ranked: pd.DataFrame, common: Mapping[str, Any], report: Report, ports: ScoringPorts) -> None:
    run_id = common["run_id"]
    for part, start in enumerate(range(0, len(ranked), PART_ROWS)):
        ports.frames.append(run_owner(run_id), part, ranked.iloc[start : start + PART_ROWS])
    for start in range(0, len(ranked), PREDICTION_ROWS):
        report(Progress("Keeping the predictions", start, len(ranked)))
        ports.predictions.save_many(_predictions(ranked.iloc[start : start + PREDICTION_ROWS], common))
    report(Progress("Keeping the predictions", len(ranked), len(ranked)))
    merge_latest(ranked, common, frames=ports.frames)


def _predictions(rows: pd.DataFrame, common: Mapping[str, Any]) -> list[dict[str, Any]]:
    names = ["rank", CUSTOMER_ID, "customer_version", "margin", "level", "propensity", "band", "call"]
    documents = rows[names].to_dict("records")
    contributions = rows[list(CONTRIBUTION_COLUMNS)].to_numpy(np.float64).tolist()
    return [
        {**common, **{str(key): value for key, value in document.items()}, "contributions": parts}
        for document, parts in zip(documents, contributions, strict=True)
    ]
