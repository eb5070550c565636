"""What came of calls, in memory."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from threading import RLock
from typing import Any

import pandas as pd

from smartbank.core.market.points import MarketPoint
from smartbank.core.moments import to_milliseconds
from smartbank.core.outcomes import (
    CONTACT_COLUMNS,
    KeptOutcome,
    Outcome,
    OutcomeCounts,
    OutcomeStanding,
    contact_frame,
    counts_of,
    newest_kept_first,
)


class MemoryOutcomeRepository:
    """Keeps outcomes by their id, and those that were taken back or corrected apart."""

    def __init__(self) -> None:
        self._outcomes: dict[str, Outcome] = {}
        self._taken_back: dict[str, Outcome] = {}
        self._earlier: list[KeptOutcome] = []
        self._lock = RLock()

    def record_many(self, outcomes: Iterable[Outcome]) -> int:
        with self._lock:
            before = len(self._outcomes)
            for each in outcomes:
                kept = _kept(each)
                self._outcomes.setdefault(kept.outcome_id, kept)
            return len(self._outcomes) - before

    def record(self, outcome: Outcome) -> Outcome:
        with self._lock:
            before = self._taken_back.pop(outcome.outcome_id, None)
            if before is not None:
                self._earlier.append(KeptOutcome(before, OutcomeStanding.TAKEN_BACK))
            version = 1 if before is None else before.version + 1
            return self._outcomes.setdefault(outcome.outcome_id, replace(_kept(outcome), version=version))

    def correct(self, outcome: Outcome) -> bool:
        with self._lock:
            if not self._is_newest(outcome.outcome_id, outcome.version - 1):
                return False
            self._earlier.append(KeptOutcome(self._outcomes[outcome.outcome_id], OutcomeStanding.CORRECTED))
            self._outcomes[outcome.outcome_id] = _kept(outcome)
            return True

    def take_back(self, outcome: Outcome) -> bool:
        with self._lock:
            if not self._is_newest(outcome.outcome_id, outcome.version):
                return False
            self._taken_back[outcome.outcome_id] = self._outcomes.pop(outcome.outcome_id)
            return True

    def _is_newest(self, outcome_id: str, version: int) -> bool:
        kept = self._outcomes.get(outcome_id)
        return kept is not None and kept.version == version

    def of_list(self, list_id: str) -> list[Outcome]:
        return sorted((each for each in self._all() if each.list_id == list_id), key=_order)

    def contacts(self, since: datetime, *, of: Collection[str] | None = None) -> pd.DataFrame:
        return contact_frame(self.contact_rows(since, of=of))

    def contact_rows(self, since: datetime, *, of: Collection[str] | None = None) -> list[dict[str, Any]]:
        meant = [each for each in self._all() if of is None or each.customer_id in of]
        made = [each for each in meant if each.at >= since and not each.assumed]
        return [{name: getattr(each, name) for name in CONTACT_COLUMNS} for each in sorted(made, key=_order)]

    def of_customer(self, customer_id: str) -> list[Outcome]:
        kept = [each for each in self._all() if each.customer_id == customer_id]
        return sorted(kept, key=lambda each: each.at, reverse=True)

    def every_version(self, customer_id: str) -> list[KeptOutcome]:
        with self._lock:
            kept = [KeptOutcome(each, OutcomeStanding.COUNTS) for each in self._outcomes.values()]
            kept += [KeptOutcome(each, OutcomeStanding.TAKEN_BACK) for each in self._taken_back.values()]
            kept += self._earlier
        return newest_kept_first(each for each in kept if each.outcome.customer_id == customer_id)

    def forget_customer(self, customer_id: str, *, instead: Iterable[Outcome]) -> int:
        with self._lock:
            before = len(self._outcomes) + len(self._taken_back)
            self._outcomes = {name: each for name, each in self._outcomes.items() if each.customer_id != customer_id}
            self._taken_back = {
                name: each for name, each in self._taken_back.items() if each.customer_id != customer_id
            }
            self._earlier = [each for each in self._earlier if each.outcome.customer_id != customer_id]
            gone = before - len(self._outcomes) - len(self._taken_back)
            self.record_many(instead)
            return gone

    def decided(self, since: datetime | None = None) -> Iterator[Outcome]:
        decided = [each for each in self._all() if each.outcome.is_decided and each.is_evidence]
        yield from sorted((each for each in decided if since is None or each.at >= since), key=_order)

    def recent(self, since: datetime, *, base_rate: float, base_rate_market: MarketPoint | None) -> OutcomeCounts:
        return counts_of(self._all(), since=since, base_rate=base_rate, base_rate_market=base_rate_market)

    def _all(self) -> list[Outcome]:
        with self._lock:
            return list(self._outcomes.values())


def _order(outcome: Outcome) -> tuple[datetime, str]:
    return outcome.at, outcome.customer_id


def _kept(outcome: Outcome) -> Outcome:
    again = outcome.call_again_at
    return replace(
        outcome, at=to_milliseconds(outcome.at), call_again_at=None if again is None else to_milliseconds(again)
    )
