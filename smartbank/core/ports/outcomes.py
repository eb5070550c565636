"""What came of calls."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Protocol

from smartbank.core.market.points import MarketPoint
from smartbank.core.outcomes import Outcome, OutcomeCounts


class OutcomeRepository(Protocol):
    """The outcomes of calls, one a customer and moment."""

    def record_many(self, outcomes: Iterable[Outcome]) -> int:
        """Keep outcomes and return how many are new; one of a customer and moment that is kept stays as it is."""
        ...

    def of_customer(self, customer_id: str) -> list[Outcome]:
        """Return the outcomes of a customer's calls, newest first."""
        ...

    def decided(self, since: datetime | None = None) -> Iterator[Outcome]:
        """Yield the outcomes that are a yes or a no, from a moment on, oldest first, of one moment by customer."""
        ...

    def recent(self, since: datetime, *, base_rate: float, base_rate_market: MarketPoint | None) -> OutcomeCounts:
        """Return the counts of decided calls from a moment on by propensities on a base rate said in a market."""
        ...
