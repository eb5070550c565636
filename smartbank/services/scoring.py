"""Use case: score the leads of a queued run, rank them, and keep everything needed to make the scores again."""

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from smartbank.core.call_rules import RuleBook
from smartbank.core.consent import barred_sentence
from smartbank.core.exclusion import excluded_sentence
from smartbank.core.fields import CUSTOMER_ID, MARKET_COLUMNS
from smartbank.core.level import Level
from smartbank.core.level_correction import LevelCorrection
from smartbank.core.market.snapshot import MarketSnapshot
from smartbank.core.ports import (
    CustomerRepository,
    ErasedCustomers,
    FrameStore,
    OutcomeRepository,
    PredictionRepository,
    RuleBookRepository,
    Scorer,
    SettingsRepository,
    TrainingRows,
    WorkQueue,
)
from smartbank.core.ranking import rank_summary, ranked_frame
from smartbank.core.rules import ScoringRules
from smartbank.core.work import Progress, Work, WorkState
from smartbank.errors import LeadValidationError, WorkCancelledError
from smartbank.services.call_rules import Exclusion
from smartbank.services.drift import DRIFT, run_drift, strange_words
from smartbank.services.keeping_scores import keep_left_out, keep_ranked, named_by
from smartbank.services.latest_scores import merge_latest
from smartbank.services.leveling import REPLAY, anchors_itself, own_correction, replay_levels, snapshot_level
from smartbank.services.market_in_force import MarketInForce
from smartbank.services.populations import Population, open_population
from smartbank.services.removal_plans import wait_for_removals
from smartbank.services.runs import THIS_RUN, RunSource, earlier_levels, left_out_owner, run_owner
from smartbank.services.uploads import Owners

FloatArray = npt.NDArray[np.float64]
Report = Callable[[Progress], None]


@dataclass(frozen=True)
class ScoringPorts:
    """What scoring a run needs from the outside."""

    scorer: Scorer
    training_rows: TrainingRows
    customers: CustomerRepository
    frames: FrameStore
    erased: ErasedCustomers
    predictions: PredictionRepository
    outcomes: OutcomeRepository
    settings: SettingsRepository
    rules: RuleBookRepository
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
    ports.frames.delete(left_out_owner(run_id))


def _score(work: Work, source: RunSource, report: Report, ports: ScoringPorts) -> dict[str, Any]:
    in_force = ports.settings.current()
    replay = work.request["market"] == "file"
    exclusion = Exclusion(rules=ports.rules, outcomes=ports.outcomes, now=datetime.now(UTC))
    population = open_population(
        source,
        require_consent=in_force.require_consent,
        exclusion=None if replay else exclusion,
        customers=ports.customers,
        frames=ports.frames,
        erased=ports.erased,
    )
    if not population.total:
        if source.kind == "upload":
            raise LeadValidationError(
                "There is no lead to score: the upload is empty or no longer kept. Bring the file again."
            )
        raise LeadValidationError("There is no lead to score: nobody is stored who fits. Choose another selection.")
    scored = _scored(population, exclusion.book, source, report, ports)
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
    common = named_by(work.work_id, level=level, rules=rules, scored_at=scored_at)
    keep_ranked(ranked, common, report, frames=ports.frames, predictions=ports.predictions)
    ruled_out = keep_left_out(work.work_id, population.ruled_out, frames=ports.frames)
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
        "ruled_out": ruled_out,
        "rule_book": exclusion.book.to_json(),
        "synthetic_leads": int(ranked["synthetic"].sum()),
        DRIFT: _drift(scored, source, ports, whole=population.whole),
        "scored_at": scored_at.isoformat(),
    }


def _scored(population: Population, book: RuleBook, source: RunSource, report: Report, ports: ScoringPorts) -> _Scored:
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
        raise LeadValidationError(f"{kept} is left to score: {_why_nobody(population, book)}.")
    return _Scored(pd.concat(leads, ignore_index=True), np.concatenate(margins), np.concatenate(contributions))


def _why_nobody(population: Population, book: RuleBook) -> str:
    ruled_out = Counter(rule for part in population.ruled_out for rule in part["rule"])
    said = filter(None, [barred_sentence(population.barred), excluded_sentence(ruled_out, book)])
    return ", ".join(said) or "none of them is stored any more"


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
    level = snapshot_level(
        scored.margins,
        rules=ground.rules,
        snapshot=ground.snapshot,
        scorer=ports.scorer,
        whole=population.whole,
        earlier=earlier_levels(of_demo=bool(scored.leads["synthetic"].all()), queue=ports.queue),
        correction=ground.correction.shift,
    )
    return level, np.full(len(scored.leads), level.log_odds)


def _level_source(level: Level, n_leads: int, *, whole: bool) -> str:
    """Return whose mean propensity the level made the base rate: this run's, an earlier run's or the reference's."""
    if level.anchor == "reference":
        return "reference"
    own = level.snapshot_id == REPLAY or anchors_itself(n_leads, whole=whole)
    return THIS_RUN if own else "earlier run"


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
