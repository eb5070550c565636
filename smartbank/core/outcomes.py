"""What came of a call, with what had been predicted of it."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from smartbank.core.level import logit
from smartbank.core.market.points import MarketPoint


class OutcomeKind(StrEnum):
    """What came of a contact."""

    SUBSCRIBED = "subscribed"
    DECLINED = "declined"
    NO_ANSWER = "no_answer"
    CALLBACK = "callback"
    OBJECTED = "objected"

    @property
    def is_decided(self) -> bool:
        """Whether the customer said yes or no; who was not reached, or asked for another call, may still do either."""
        return self in (OutcomeKind.SUBSCRIBED, OutcomeKind.DECLINED, OutcomeKind.OBJECTED)


@dataclass(frozen=True)
class Outcome:
    """The outcome of one call; a customer has one at a moment.

    Attributes
    ----------
    run_id : str
        The run whose prediction the call went by.
    propensity : float
        What that prediction gave, in (0, 1).
    base_rate : float
        The base rate its level stands on.
    base_rate_market : MarketPoint or None
        The market in which that was said, as in the rules of the run; None for the default.
    correction : float
        Log-odds of level correction in it.
    """

    customer_id: str
    at: datetime
    outcome: OutcomeKind
    run_id: str
    propensity: float
    base_rate: float
    base_rate_market: MarketPoint | None = None
    correction: float = 0.0

    @property
    def expected(self) -> float:
        """The propensity with the correction taken out: outcomes judge the level model, not an earlier correction."""
        if not self.correction:
            return self.propensity
        return 1.0 / (1.0 + math.exp(self.correction - logit(self.propensity)))


@dataclass(frozen=True)
class OutcomeCounts:
    """Decided calls, those of them that sold, and how many sales the level model expected of them."""

    calls: int = 0
    conversions: int = 0
    expected: float = 0.0


def counts_of(
    outcomes: Iterable[Outcome], *, since: datetime, base_rate: float, base_rate_market: MarketPoint | None
) -> OutcomeCounts:
    """Return the counts of the decided calls from a moment on whose propensities stand on a base rate.

    The same figure said in another market is another base rate: what the market did in between is in its level.
    """
    said = (base_rate, base_rate_market)
    counted = [
        each
        for each in outcomes
        if each.at >= since and (each.base_rate, each.base_rate_market) == said and each.outcome.is_decided
    ]
    return OutcomeCounts(
        len(counted),
        sum(each.outcome is OutcomeKind.SUBSCRIBED for each in counted),
        math.fsum(each.expected for each in counted),
    )
