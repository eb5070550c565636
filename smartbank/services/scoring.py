"""Use case: score the leads of a queued run, rank them, and keep everything needed to make the scores again."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from smartbank.core.consent import barred_sentence
from smartbank.core.fields import CUSTOMER_ID, MARKET_COLUMNS
from smartbank.core.level import Level
from smartbank.core.level_correction import LevelCorrection
from smartbank.core.market.indicators import MARKET_FEATURES
from smartbank.core.market.snapshot import MarketSnapshot
from smartbank.core.ports import (
    CustomerRepository,
    FrameStore,
    OutcomeRepository,
    PredictionRepository,
    Scorer,
    SettingsRepository,
    TrainingRows,
    WorkQueue,
)
from smartbank.core.ranking import CONTRIBUTION_COLUMNS, rank_summary, ranked_frame
from smartbank.core.replay import lead_hashes
from smartbank.core.rules import ScoringRules
from smartbank.core.work import Progress, Work, WorkState
from smartbank.errors import LeadValidationError, WorkCancelledError
from smartbank.services.drift import DRIFT, run_drift, strange_words
from smartbank.services.latest_scores import merge_latest
from smartbank.services.leveling import REPLAY, anchors_itself, own_correction, replay_levels, snapshot_level
from smartbank.services.market_in_force import MarketInForce
from smartbank.services.populations import Population, open_population
from smartbank.services.removal_plans import wait_for_removals
from smartbank.services.runs import RunSource, load_runs, run_owner
from smartbank.services.uploads import Owners

FloatArray = npt.NDArray[np.float64]
Report = Callable[[Progress], None]

PART_ROWS: Final = 20_000
PREDICTION_ROWS: Final = 1_000
_THIS_RUN: Final = "this run"


@dataclass(frozen=True)
class ScoringPorts:
    """What scoring a run needs from the outside."""

    scorer: Scorer
    training_rows: TrainingRows
    customers: CustomerRepository
    frames: FrameStore
    predictions: PredictionRepository
    outcomes: OutcomeRepository
    settings: SettingsRepository
    queue: WorkQueue
    market: MarketInForce


@dataclass(frozen=True)
class _Scored:
    """The leads of a run with their margins and contributions, in log-odds."""

    leads: pd.DataFrame
    margins: FloatArray
    contributions: FloatArray


@dataclass(frozen=True)
class _Ground:
    """What is in force while a run is scored."""

    rules: ScoringRules
    snapshot: MarketSnapshot
    correction: LevelCorrection


def score_run(work: Work, report: Report, *, ports: ScoringPorts) -> dict[str, Any]:
    """Score a queued run and return its result: summary, level, rules, snapshot, model version, counts.

    Of a replay it says under "not_own_market" for how many leads the file had no figures of use, so that those in
    force stood in.

    Safe to repeat: what an earlier, broken try of the same run wrote is replaced.

    Raises
    ------
    LeadValidationError
        The run has no lead to score.
    WorkCancelledError
        Raised by `report` when the run was cancelled; its ranked leads and predictions are removed.
    """
    wait_for_removals(work.work_id, report, queue=ports.queue)
    _forget(work.work_id, ports)
    try:
        return _score(work, RunSource(**work.request["source"]), report, ports)
    except WorkCancelledError:
        if _is_cancelled(work.work_id, ports):  # else another worker holds the run, and what is stored is its
            _forget(work.work_id, ports)
        raise
    except BaseException:
        _forget(work.work_id, ports)
        raise


def _is_cancelled(run_id: str, ports: ScoringPorts) -> bool:
    return ports.queue.find(run_id).state is WorkState.CANCELLED


def _forget(run_id: str, ports: ScoringPorts) -> None:
    ports.predictions.delete_run(run_id)
    ports.frames.delete(run_owner(run_id))


def _score(work: Work, source: RunSource, report: Report, ports: ScoringPorts) -> dict[str, Any]:
    in_force = ports.settings.current()
    population = open_population(
        source, require_consent=in_force.require_consent, customers=ports.customers, frames=ports.frames
    )
    if not population.total:
        if source.kind == "upload":
            raise LeadValidationError(
                "There is no lead to score: the upload is empty or no longer kept. Bring the file again."
            )
        raise LeadValidationError("There is no lead to score: nobody is stored who fits. Choose another selection.")
    scored = _scored(population, source, report, ports)
    replay = work.request["market"] == "file"
    ground = _ground(in_force.rules, ports, replay=replay)
    rules, snapshot = ground.rules, ground.snapshot
    own, not_own = _row_market(scored, source, ports) if replay else (pd.DataFrame(index=scored.leads.index), {})
    market = own.fillna({name: getattr(snapshot, name) for name in own.columns})
    level, levels = (
        replay_levels(scored.margins, market, rules=rules, scorer=ports.scorer)
        if replay
        else _today(scored, population, ground, ports)
    )
    ranked = ranked_frame(
        pd.concat([scored.leads, market], axis=1),
        margins=scored.margins,
        contributions=scored.contributions,
        levels=levels,
        rules=rules,
    )
    scored_at = datetime.now(UTC)
    common = {
        "run_id": work.work_id,
        "scored_at": scored_at,
        "model_version": ports.scorer.version,
        "level_id": level.level_id,
        "intercept": level.intercept,
        "snapshot_id": level.snapshot_id,
        "threshold": rules.threshold,
        "bands": list(rules.band_edges),
        "settings_version": rules.version,
    }
    _keep(ranked, common, report, ports)
    if _is_cancelled(work.work_id, ports):
        raise WorkCancelledError("The run was cancelled.")
    if not replay:
        merge_latest(ranked, common, frames=ports.frames)
    return {
        "summary": asdict(rank_summary(ranked)),
        "level": asdict(level),
        "level_source": _level_source(level, len(scored.leads), whole=population.whole),
        "correction": asdict(ground.correction),
        "rules": asdict(rules),
        "snapshot": snapshot.to_json(),
        "not_own_market": not_own,
        "model_version": ports.scorer.version,
        "saved": asdict(population.saved),
        "barred": dict(population.barred),
        "synthetic_leads": int(ranked["synthetic"].sum()),
        DRIFT: _drift(scored, source, ports, whole=population.whole),
        "scored_at": scored_at.isoformat(),
    }


def _scored(population: Population, source: RunSource, report: Report, ports: ScoringPorts) -> _Scored:
    step = "Saving and scoring" if source.kind == "upload" else "Scoring"
    leads, margins, contributions, done = [], [], [], 0
    report(Progress(step, 0, population.total))
    for chunk in population.chunks:
        leads.append(chunk)
        if chunk.empty:
            continue
        margins.append(ports.scorer.margins(chunk))
        contributions.append(ports.scorer.contributions(chunk).astype(np.float32))
        done += len(chunk)
        report(Progress(step, done, population.total))
    if not margins:
        kept = "The customers are saved, but nobody" if source.kind == "upload" else "Nobody"
        raise LeadValidationError(
            f"{kept} is left to score: {barred_sentence(population.barred)}. Such are never scored or exported."
        )
    return _Scored(pd.concat(leads, ignore_index=True), np.concatenate(margins), np.concatenate(contributions))


def _drift(scored: _Scored, source: RunSource, ports: ScoringPorts, *, whole: bool) -> dict[str, Any]:
    return run_drift(
        scored.leads,
        margins=scored.margins,
        contributions=scored.contributions,
        whole=whole,
        strange=strange_words(source, queue=ports.queue),
        scorer=ports.scorer,
        training_rows=ports.training_rows,
    )


def _ground(rules: ScoringRules, ports: ScoringPorts, *, replay: bool) -> _Ground:
    now = datetime.now(UTC)
    correction = LevelCorrection() if replay else own_correction(rules, outcomes=ports.outcomes, now=now)
    return _Ground(rules, ports.market.take(now=now), correction)


def _today(scored: _Scored, population: Population, ground: _Ground, ports: ScoringPorts) -> tuple[Level, FloatArray]:
    runs = [run for run in load_runs(queue=ports.queue, limit=100) if run.result]
    # what was moved on to a selection since would come back a last bit off, so it is taken only where no anchor is left
    anchored_first = sorted(runs, key=lambda run: run.result.get("level_source") != _THIS_RUN)
    level = snapshot_level(
        scored.margins,
        rules=ground.rules,
        snapshot=ground.snapshot,
        scorer=ports.scorer,
        whole=population.whole,
        earlier=[run.level for run in anchored_first],
        correction=ground.correction.shift,
    )
    return level, np.full(len(scored.leads), level.log_odds)


def _level_source(level: Level, n_leads: int, *, whole: bool) -> str:
    """Return whose mean propensity the level made the base rate: this run's, an earlier run's or the reference's."""
    if level.anchor == "reference":
        return "reference"
    own = level.snapshot_id == REPLAY or anchors_itself(n_leads, whole=whole)
    return _THIS_RUN if own else "earlier run"


def _row_market(scored: _Scored, source: RunSource, ports: ScoringPorts) -> tuple[pd.DataFrame, dict[str, int]]:
    """Return `MARKET_FEATURES` of each lead as its row of the file brought them, and what rows did not bring.

    Returns
    -------
    DataFrame
        One row a lead; missing where the file has no figure, or a level of consumer prices of no training month.
    dict
        Of how many leads each column of the file is missing, by its name, and "unknown cpi" of how many the level of
        prices is of no training month; only what there is of.
    """
    if source.kind != "upload":
        raise LeadValidationError("Only an uploaded file can bring its own market.")
    parts = list(ports.frames.parts(Owners(source.upload_id).rows, columns=[CUSTOMER_ID, *MARKET_COLUMNS]))
    own = pd.concat(parts).set_index(CUSTOMER_ID).reindex(scored.leads[CUSTOMER_ID])
    market = pd.DataFrame(
        {
            "euribor3m": own["euribor3m"].to_numpy(),
            "emp_var_rate": own["emp_var_rate"].to_numpy(),
            "cpi_yoy": ports.scorer.cpi_year_on_year(own["cpi"].to_numpy()),
        }
    )
    counts = {name: int(own[name].isna().sum()) for name in MARKET_COLUMNS}
    counts["unknown cpi"] = int(market["cpi_yoy"].isna().sum()) - counts["cpi"]
    return market, {name: leads for name, leads in counts.items() if leads}


def _keep(ranked: pd.DataFrame, common: Mapping[str, Any], report: Report, ports: ScoringPorts) -> None:
    run_id = common["run_id"]
    for part, start in enumerate(range(0, len(ranked), PART_ROWS)):
        ports.frames.append(run_owner(run_id), part, ranked.iloc[start : start + PART_ROWS])
    for start in range(0, len(ranked), PREDICTION_ROWS):
        report(Progress("Keeping the predictions", start, len(ranked)))
        ports.predictions.save_many(_predictions(ranked.iloc[start : start + PREDICTION_ROWS], common))
    report(Progress("Keeping the predictions", len(ranked), len(ranked)))


def _predictions(rows: pd.DataFrame, common: Mapping[str, Any]) -> list[dict[str, Any]]:
    names = ["rank", CUSTOMER_ID, "customer_version", "margin", "level", "propensity", "band", "call"]
    documents = [{str(key): value for key, value in lead.items()} for lead in rows[names].to_dict("records")]
    contributions = rows[list(CONTRIBUTION_COLUMNS)].to_numpy(np.float64).tolist()
    market: list[dict[str, Any]] = [{}] * len(rows)
    if common["snapshot_id"] == REPLAY:
        market = [{"market": values} for values in rows[list(MARKET_FEATURES)].to_dict("records")]
    return [
        {**common, **document, "contributions": parts, "lead_hash": lead_hash, **own_market}
        for document, parts, lead_hash, own_market in zip(
            documents, contributions, lead_hashes(rows), market, strict=True
        )
    ]
