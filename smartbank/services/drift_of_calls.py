"""Use case: whether the calls of the last weeks sold as often as their propensities said."""

from datetime import datetime

from smartbank.core.level_correction import WINDOW
from smartbank.core.list_results import Calibration, calibration_of
from smartbank.core.people import Actor, Right
from smartbank.core.ports import OutcomeRepository
from smartbank.core.rules import ScoringRules


def recent_calibration(
    rules: ScoringRules, *, by: Actor, outcomes: OutcomeRepository, now: datetime
) -> Calibration | None:
    """Return how decided calls of the last `WINDOW` compare with the level model; None where there is none.

    Earlier corrections are taken out, and calls on another base rate left out, as where the level follows outcomes.
    """
    by.require(Right.SEE_LEADS)
    counts = outcomes.recent(now - WINDOW, base_rate=rules.base_rate, base_rate_market=rules.base_rate_market)
    return calibration_of(counts.calls, counts.conversions, expected=counts.expected) if counts.calls else None
