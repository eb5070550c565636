"""What came of calls, in memory."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from threading import RLock

from smartbank.adapters.memory.clock import to_milliseconds
from smartbank.core.market.points import MarketPoint
from smartbank.core.outcomes import Outcome, OutcomeCounts, counts_of


class MemoryOutcomeRepository:
    """Keeps outcomes by customer and moment."""

    def __init__(self) -> None:
        self._outcomes: dict[tuple[str, datetime], Outcome] = {}
        self._lock = RLock()

    def record_many(self, outcomes: Iterable[Outcome]) -> int:
        with self._lock:
            before = len(self._outcomes)
            for each in outcomes:
                at = to_milliseconds(each.at)
                self._outcomes.setdefault((each.customer_id, at), replace(each, at=at))
            return len(self._outcomes) - before

    def of_customer(self, customer_id: str) -> list[Outcome]:
        with self._lock:
            kept = [each for each in self._outcomes.values() if each.customer_id == customer_id]
        return sorted(kept, key=lambda each: each.at, reverse=True)

    def decided(self, since: datetime | None = None) -> Iterator[Outcome]:
        with self._lock:
            decided = [each for each in self._outcomes.values() if each.outcome.is_decided]
        kept = [each for each in decided if since is None or each.at >= since]
        yield from sorted(kept, key=lambda each: (each.at, each.customer_id))

    def recent(self, since: datetime, *, base_rate: float, base_rate_market: MarketPoint | None) -> OutcomeCounts:
        with self._lock:
            kept = list(self._outcomes.values())
        return counts_of(kept, since=since, base_rate=base_rate, base_rate_market=base_rate_market)
