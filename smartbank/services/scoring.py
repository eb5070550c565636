"""Use case: score the leads of a queued run, rank them, and keep everything needed to make the scores again."""

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import accumulate
from typing import Any, Final, NoReturn

import numpy as np
import pandas as pd

from smartbank.core.bank_settings import BankSettings
from smartbank.core.call_rules import RuleBook
from smartbank.core.consent import barred_sentence
from smartbank.core.exclusion import excluded_sentence
from smartbank.core.level import Level, level_from
from smartbank.core.level_correction import LevelCorrection
from smartbank.core.market.snapshot import MarketSnapshot, snapshot_from
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
from smartbank.core.ranking import CONTRIBUTION_COLUMNS, rank_summary, ranked_frame
from smartbank.core.rules import ScoringRules, rules_from
from smartbank.core.work import Progress, Work, WorkKind, WorkState
from smartbank.errors import LeadValidationError, StorageError, WorkCancelledError
from smartbank.services.call_rules import Exclusion
from smartbank.services.drift import DRIFT, run_drift, strange_words
from smartbank.services.forgetting import forget_ranked, forget_results, has_ranked, has_steps
from smartbank.services.keeping_scores import keep_left_out, keep_ranked, named_by
from smartbank.services.latest_scores import merge_latest
from smartbank.services.leveling import THIS_RUN, level_source, own_correction, snapshot_level
from smartbank.services.market_in_force import MarketInForce
from smartbank.services.own_market import RunMarket, replayed_market
from smartbank.services.populations import asked_ids, chunks_of
from smartbank.services.removal_plans import wait_for_removals
from smartbank.services.run_steps import OUT, RunSteps, Scored
from smartbank.services.runs import UNLIKE, RunSource
from smartbank.services.whole_runs import earlier_levels, unlike_before

Report = Callable[[Progress], None]

_LOOKED_AT: Final = 100
"""Removals among which those since the run began are looked for."""


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
class _Try:
    """One worker's try of a run, with the settings and rules as it found them."""

    work: Work
    source: RunSource
    in_force: BankSettings
    exclusion: Exclusion
    steps: RunSteps
    report: Report
    ports: ScoringPorts

    @property
    def is_replay(self) -> bool:
        """Whether the leads are scored in the market their file brought."""
        return bool(self.work.request["market"] == "file")


def score_run(work: Work, report: Report, *, ports: ScoringPorts) -> dict[str, Any]:
    """Score a queued run and return its result: summary, level, rules, snapshot, model version, counts.

    Of a replay it says under "not_own_market" for how many leads the file had no figures of use, so that those in
    force stood in.

    Safe to repeat from any point, and beside a worker that was taken for dead: what was kept of an earlier try stays,
    and this one goes on from there. It begins anew where the model, the settings or the rules were changed before all
    leads were scored, or customers were removed. What a run leaves that did not end well is for `tidy_run`.

    Raises
    ------
    LeadValidationError
        The run has no lead to score.
    StorageError
        The run was taken back meanwhile, or has to begin anew with another model: the next try does.
    WorkCancelledError
        The run was cancelled, or went to another worker that has ended it; `report` raises it, too.
    """
    wait_for_removals(work.work_id, report, queue=ports.queue)
    in_force = ports.settings.current()
    exclusion = Exclusion(rules=ports.rules, outcomes=ports.outcomes, now=datetime.now(UTC))
    told = (ports.scorer.version, in_force.rules.version, exclusion.book.version, in_force.require_consent)
    steps = RunSteps(work.work_id, basis="/".join(map(str, told)), frames=ports.frames)
    one = _Try(work, RunSource(**work.request["source"]), in_force, exclusion, steps, report, ports)
    if (work.progress != Progress() or has_steps(work.work_id, frames=ports.frames)) and not _goes_on(one):
        _forget_earlier(one)
    if steps.kept_ground() is None:
        _score_chunks(one)
        _forget_late(one)
    scored = _scored(one)
    return _kept(one, scored, steps.ground(lambda: _ground(one, scored)))


def _goes_on(one: _Try) -> bool:
    """Whether what was kept of an earlier try holds: nothing it stands on was changed, and nobody was removed since."""
    begun_at = one.steps.begun_at()
    removals = one.ports.queue.recent(WorkKind.REMOVAL, limit=_LOOKED_AT) if begun_at else []
    return begun_at is not None and not any(each.finished_at and each.finished_at >= begun_at for each in removals)


def _forget_earlier(one: _Try) -> None:
    """Forget what an earlier try kept, so that the run begins anew; nothing where another worker has it by now.

    Raises
    ------
    StorageError
        The ground was kept, so this try has the model that was in force then: the next one takes today's.
    """
    one.report(one.work.progress)
    stood = one.steps.kept_ground() is not None
    forget_results(one.work.work_id, frames=one.ports.frames, predictions=one.ports.predictions)
    if stood:
        raise StorageError("Customers were removed while the run was made; it begins anew.")


def _forget_late(one: _Try) -> None:
    """Forget what was ranked on no ground: a late worker of an earlier beginning kept it since this one began."""
    run_id, frames, predictions = one.work.work_id, one.ports.frames, one.ports.predictions
    if has_ranked(run_id, frames=frames, predictions=predictions) and one.steps.kept_ground() is None:
        forget_ranked(run_id, frames=frames, predictions=predictions)


def _score_chunks(one: _Try) -> None:
    """Score the chunks that are not kept yet, and keep each of them."""
    ports, source = one.ports, one.source
    asked = one.steps.asked(lambda: asked_ids(source, customers=ports.customers, frames=ports.frames))
    if not asked:
        _refuse_nobody(source)
    step = "Saving and scoring" if source.kind == "upload" else "Scoring"
    come_to = [0, *accumulate(map(len, asked))]
    before = one.steps.done()
    _report_scored(one, step, before, come_to)
    chunks = chunks_of(
        source,
        asked,
        after=before,
        require_consent=one.in_force.require_consent,
        exclusion=None if one.is_replay else one.exclusion,
        customers=ports.customers,
        frames=ports.frames,
        erased=ports.erased,
    )
    for number, chunk in enumerate(chunks, start=before):
        one.steps.keep(number, _with_margins(chunk.leads, ports.scorer), chunk.saved)
        _report_scored(one, step, number + 1, come_to)


def _report_scored(one: _Try, step: str, n_chunks: int, come_to: list[int]) -> None:
    done = come_to[min(n_chunks, len(come_to) - 1)]  # an upload may end with a chunk of which everybody was erased
    one.report(Progress(step, done, come_to[-1], kept=done))


def _with_margins(leads: pd.DataFrame, scorer: Scorer) -> pd.DataFrame:
    """Return leads with margin and contributions, in log-odds, missing where a lead is not scored."""
    is_in = (leads[OUT] == "").to_numpy()
    margins = np.full(len(leads), np.nan)
    parts = np.full((len(leads), len(CONTRIBUTION_COLUMNS)), np.nan, np.float32)
    if is_in.any():
        margins[is_in] = scorer.margins(leads[is_in])
        parts[is_in] = scorer.contributions(leads[is_in]).astype(np.float32)
    named = pd.DataFrame(parts, columns=list(CONTRIBUTION_COLUMNS), index=leads.index)
    return pd.concat([leads.assign(margin=margins), named], axis=1)


def _scored(one: _Try) -> Scored:
    scored = one.steps.scored()
    if scored.leads.empty:
        kept = "The customers are saved, but nobody" if one.source.kind == "upload" else "Nobody"
        raise LeadValidationError(f"{kept} is left to score: {_why_nobody(scored, one.exclusion.book)}.")
    return scored


def _refuse_nobody(source: RunSource) -> NoReturn:
    if source.kind == "upload":
        raise LeadValidationError(
            "There is no lead to score: the upload is empty or no longer kept. Bring the file again."
        )
    raise LeadValidationError("There is no lead to score: nobody is stored who fits. Choose another selection.")


def _why_nobody(scored: Scored, book: RuleBook) -> str:
    said = filter(None, [barred_sentence(scored.barred), excluded_sentence(Counter(scored.ruled_out["rule"]), book)])
    return ", ".join(said) or "none of them is stored any more"


def _ground(one: _Try, scored: Scored) -> dict[str, Any]:
    """Return what all leads of the run stand on, as plain values: level, market, rules, model, and when it was."""
    now, rules, ports, whole = datetime.now(UTC), one.in_force.rules, one.ports, one.source.is_whole
    correction = LevelCorrection() if one.is_replay else own_correction(rules, outcomes=ports.outcomes, now=now)
    snapshot = ports.market.take(now=now)
    if one.is_replay:
        earlier: list[Level] = []
        level = _replayed(one, scored, snapshot, rules).level
    else:
        earlier = earlier_levels(of_demo=bool(scored.leads["synthetic"].all()), queue=ports.queue)
        level = snapshot_level(
            scored.margins,
            rules=rules,
            snapshot=snapshot,
            scorer=ports.scorer,
            whole=whole,
            earlier=earlier,
            correction=correction.shift,
        )
    source = level_source(level, len(scored.leads), whole=whole)
    is_asked = source == THIS_RUN and not one.is_replay and not one.source.said_whole
    unlike = unlike_before(scored.margins, level, earlier=earlier, scorer=ports.scorer) if is_asked else None
    return {
        "level": asdict(level),
        "level_source": source,
        UNLIKE: asdict(unlike) if unlike else None,
        "correction": asdict(correction),
        "rules": asdict(rules),
        "snapshot": snapshot.to_json(),
        "model_version": ports.scorer.version,
        "rule_book": one.exclusion.book.to_json(),
        "scored_at": now.isoformat(),
    }


def _kept(one: _Try, scored: Scored, ground: dict[str, Any]) -> dict[str, Any]:
    """Rank the leads on their ground, keep what came of it, and return the result of the run."""
    run_id, ports, rules = one.work.work_id, one.ports, rules_from(ground["rules"])
    leads = scored.leads.drop(columns=["margin", *CONTRIBUTION_COLUMNS])
    market = _today(level_from(ground["level"]), leads)
    if one.is_replay:
        market = _replayed(one, scored, snapshot_from(ground["snapshot"]), rules)
    ranked = ranked_frame(
        pd.concat([leads, market.figures], axis=1),
        margins=scored.margins,
        contributions=scored.contributions,
        levels=market.levels,
        rules=rules,
    )
    common = named_by(run_id, level=market.level, rules=rules, scored_at=datetime.fromisoformat(ground["scored_at"]))
    keep_ranked(ranked, common, one.report, asked=scored.asked, frames=ports.frames, predictions=ports.predictions)
    ruled_out = keep_left_out(run_id, scored.ruled_out, frames=ports.frames)
    if ports.queue.find(run_id).state is not WorkState.RUNNING:
        raise WorkCancelledError("The run was cancelled, or another worker has ended it.")
    if not one.is_replay:
        merge_latest(ranked, common, frames=ports.frames)
    return ground | {
        "summary": asdict(rank_summary(ranked)),
        "not_own_market": market.not_own,
        "saved": asdict(scored.saved),
        "barred": dict(scored.barred),
        "ruled_out": ruled_out,
        "synthetic_leads": int(ranked["synthetic"].sum()),
        DRIFT: run_drift(
            leads,
            margins=scored.margins,
            contributions=scored.contributions,
            whole=one.source.is_whole,
            strange=strange_words(one.source, queue=ports.queue),
            scorer=ports.scorer,
            training_rows=ports.training_rows,
        ),
    }


def _today(level: Level, leads: pd.DataFrame) -> RunMarket:
    return RunMarket(level, np.full(len(leads), level.log_odds), pd.DataFrame(index=leads.index), {})


def _replayed(one: _Try, scored: Scored, snapshot: MarketSnapshot, rules: ScoringRules) -> RunMarket:
    return replayed_market(scored, one.source, snapshot, rules=rules, frames=one.ports.frames, scorer=one.ports.scorer)
