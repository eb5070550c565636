"""Use cases: what a market would do to a run, and the scenarios people keep."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

import numpy as np

from smartbank.core.audit import AuditAction
from smartbank.core.market.effects import EFFECT_COLUMNS, ScenarioEffect, ScenarioShift, scenario_effect, scenario_shift
from smartbank.core.market.points import MarketPoint, point_of
from smartbank.core.market.scenarios import Scenario, clean_name, month_of, validate_market
from smartbank.core.market.training import TrainingMarket
from smartbank.core.people import Actor, Right
from smartbank.core.ports import (
    AuditLog,
    CustomerRepository,
    FrameStore,
    ScenarioRepository,
    Scorer,
    SettingsRepository,
    WorkQueue,
)
from smartbank.core.ranking import RankFilter
from smartbank.core.rules import rules_from
from smartbank.core.work import WorkState
from smartbank.errors import ConflictError, NotFoundError
from smartbank.services.auditing import audited
from smartbank.services.callable_leads import allowed, barred_now
from smartbank.services.housekeeping import NO_LONGER_KEPT
from smartbank.services.leveling import shift_between
from smartbank.services.runs import Run, load_run, run_owner

GONE: Final = "This scenario was deleted meanwhile."


def effects_on_run(
    run_id: str,
    markets: Sequence[MarketPoint],
    *,
    rank_filter: RankFilter,
    by: Actor,
    queue: WorkQueue,
    frames: FrameStore,
    customers: CustomerRepository,
    settings: SettingsRepository,
    scorer: Scorer,
) -> list[ScenarioEffect]:
    """Return what each market would do to a run, from its stored margins; nothing is scored or kept.

    Parameters
    ----------
    rank_filter : RankFilter
        Which of its leads are asked about, without those who may not be called.

    Raises
    ------
    NotFoundError
        There is no such run, it is not done or no longer kept, or another model made it.
    ScenarioError
        A market nobody believes.
    """
    by.require(Right.SEE_LEADS)
    markets = [validate_market(market) for market in markets]
    run = _kept_run(run_id, scorer, queue)
    ranked = frames.load(run_owner(run_id), columns=list(EFFECT_COLUMNS))
    if ranked.empty:
        raise NotFoundError(NO_LONGER_KEPT[run.work.kind])
    meant = allowed(rank_filter.apply(ranked), barred_now(customers=customers, settings=settings))
    is_meant = np.zeros(len(ranked), dtype=bool)
    is_meant[meant.index.to_numpy()] = True
    found = []
    for market in markets:
        shift = _shift(run, market, scorer)
        found.append(
            scenario_effect(
                ranked, is_meant, level=_log_odds(run, shift), shift=shift, rules=rules_from(run.result["rules"])
            )
        )
    return found


def save_scenario(
    name: str,
    market: MarketPoint,
    *,
    training: TrainingMarket,
    by: Actor,
    scenarios: ScenarioRepository,
    audit: AuditLog,
    now: datetime,
) -> Scenario:
    """Keep a market under a name, and return it.

    Raises
    ------
    ScenarioError
        The name or a value is not allowed.
    ConflictError
        Somebody saved one of that name already; it stays.
    """
    with audited(AuditAction.CHANGE_SCENARIOS, "scenario", by=by, audit=audit, now=now) as said:
        said.details["step"] = "saved"
        by.require(Right.BRING_IN)
        month = month_of(market, training)
        scenario = Scenario(clean_name(name), validate_market(market), by.username, now)
        scenario = replace(scenario, month="" if month is None else month.period.text)
        said.object_id = scenario.scenario_id
        _add(scenario, scenarios)
    return scenario


def delete_scenario(
    scenario_id: str, *, by: Actor, scenarios: ScenarioRepository, audit: AuditLog, now: datetime
) -> Scenario:
    """Delete a scenario and return it as it was. Raises `NotFoundError` if somebody else was faster."""
    with audited(AuditAction.CHANGE_SCENARIOS, "scenario", by=by, audit=audit, now=now) as said:
        said.details["step"] = "deleted"
        by.require(Right.BRING_IN)
        scenario = scenarios.find(scenario_id)
        if scenario is None or not scenarios.delete(scenario_id):
            raise NotFoundError(GONE)
        said.object_id = scenario_id
    return scenario


def restore_scenario(
    scenario: Scenario, *, by: Actor, scenarios: ScenarioRepository, audit: AuditLog, now: datetime
) -> None:
    """Put back a scenario that was deleted, as it was. Raises `ConflictError` if its name was taken meanwhile."""
    with audited(AuditAction.CHANGE_SCENARIOS, "scenario", by=by, audit=audit, now=now) as said:
        said.details["step"] = "restored"
        by.require(Right.BRING_IN)
        said.object_id = scenario.scenario_id
        _add(scenario, scenarios)


def saved_scenarios(*, by: Actor, scenarios: ScenarioRepository) -> list[Scenario]:
    """Return the saved scenarios, by name."""
    by.require(Right.SEE_LEADS)
    return scenarios.all()


def _kept_run(run_id: str, scorer: Scorer, queue: WorkQueue) -> Run:
    run = load_run(run_id, queue=queue)
    if run.work.state is WorkState.EXPIRED:
        raise NotFoundError(NO_LONGER_KEPT[run.work.kind])
    if run.work.state is not WorkState.DONE:
        raise NotFoundError("This run has no ranked leads yet.")
    if run.result["model_version"] != scorer.version:
        raise NotFoundError(
            f"This run was made by the model {run.result['model_version']}, which is no longer in use. "
            "Rank its leads again to see what a market would do to them."
        )
    return run


def _shift(run: Run, market: MarketPoint, scorer: Scorer) -> ScenarioShift:
    """Return the shift to a market as the run's own was made: in a replay each row has its own, and no guard."""
    measured_in = run.level.reference_market or point_of(run.snapshot)
    return scenario_shift(shift_between(measured_in, market, scorer), guarded=not run.is_replay)


def _log_odds(run: Run, shift: ScenarioShift) -> float:
    """Return what is added to each margin, by the same sums as in the run, so that its own market changes no bit."""
    level = run.level
    return level.log_odds + shift.used if run.is_replay else replace(level, market_shift=shift.used).log_odds


def _add(scenario: Scenario, scenarios: ScenarioRepository) -> None:
    if scenarios.add(scenario):
        return
    other = scenarios.find(scenario.scenario_id)
    whose = "" if other is None else f" by {other.by}"
    raise ConflictError(f"A scenario of this name was saved already{whose}. Open that one, or choose another name.")
