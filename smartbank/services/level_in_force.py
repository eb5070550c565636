"""Use case: see what level is in force, and why."""

from datetime import datetime

from smartbank.core.level import guarded_shift
from smartbank.core.level_in_force import LevelInForce
from smartbank.core.people import Actor, Right
from smartbank.core.ports import OutcomeRepository, Scorer
from smartbank.core.rules import ScoringRules
from smartbank.services.leveling import own_correction, reference_market, unguarded_shift
from smartbank.services.market_in_force import MarketInForce


def level_in_force(
    rules: ScoringRules,
    *,
    by: Actor,
    scorer: Scorer,
    market: MarketInForce,
    outcomes: OutcomeRepository,
    now: datetime,
) -> LevelInForce:
    """Return the level a run over everybody would have now. Raises `ForbiddenError`, `StorageError`."""
    by.require(Right.SEE_LEADS)
    measured_in = reference_market(rules, scorer)
    says = unguarded_shift(market.look(), measured_in, scorer)
    return LevelInForce(
        base_rate=rules.base_rate,
        base_rate_source=rules.base_rate_source,
        measured_in=measured_in,
        model_shift=says,
        market_shift=guarded_shift(says),
        follows_outcomes=rules.follow_outcomes,
        correction=own_correction(rules, outcomes=outcomes, now=now),
    )
