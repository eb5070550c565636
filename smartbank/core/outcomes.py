"""What came of a call, with what had been predicted of it."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

import pandas as pd

from smartbank.core.fingerprint import fingerprint
from smartbank.core.level import logit
from smartbank.core.market.points import MarketPoint

CONTACT_COLUMNS: Final = ("customer_id", "at", "outcome", "call_again_at", "by")
"""A frame of calls: ids, words and names `str`, times as UTC timestamps, NaT for none."""


class OutcomeKind(StrEnum):
    """What came of a contact."""

    SUBSCRIBED = "subscribed"
    DECLINED = "declined"
    NO_ANSWER = "no_answer"
    CALLBACK = "callback"
    OBJECTED = "objected"
    WRONG_NUMBER = "wrong_number"

    @property
    def is_decided(self) -> bool:
        """Whether the customer said yes or no; who was not reached, or asked for another call, may still do either."""
        return self in (OutcomeKind.SUBSCRIBED, OutcomeKind.DECLINED, OutcomeKind.OBJECTED)


OUTCOME_NAMES: Final = {
    OutcomeKind.SUBSCRIBED: "subscribed",
    OutcomeKind.DECLINED: "declined",
    OutcomeKind.NO_ANSWER: "no answer",
    OutcomeKind.CALLBACK: "call back",
    OutcomeKind.OBJECTED: "objected",
    OutcomeKind.WRONG_NUMBER: "wrong number",
}
"""Each outcome as the screens say it."""
OPEN_OUTCOMES: Final = (OutcomeKind.NO_ANSWER, OutcomeKind.CALLBACK)
"""After these the customer is called again."""

LATEST_CALL_BACK: Final = timedelta(days=366)
"""How long after a call the next one may be agreed: a slip in the year would keep the customer off every other list."""


@dataclass(frozen=True)
class Outcome:
    """The outcome of one call; a customer has one at a moment, and one of each call of a list.

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
    list_id : str
        The call list the call was made for; empty for a call outside of any.
    attempt : int
        Number of the call among those made for the list, from 1; of an assumed no one more than were made; 0 for a
        call outside of any, and for a customer of a list who bought without being called.
    by : str
        Who recorded it; empty where that is not known.
    call_again_at : datetime or None
        When the customer wants to be called again.
    assumed : bool
        Whether nobody recorded it: the list's time was over, and it counts as declined.
    version : int
        1 as recorded, one more with every correction.
    customer_version : int
        The version of the customer that an objection made; 0 where it changed nothing.
    synthetic : bool
        Whether the customer is made up: such a call counts for nothing outside of its list.
    """

    customer_id: str
    at: datetime
    outcome: OutcomeKind
    run_id: str
    propensity: float
    base_rate: float
    base_rate_market: MarketPoint | None = None
    correction: float = 0.0
    list_id: str = ""
    attempt: int = 0
    by: str = ""
    call_again_at: datetime | None = None
    assumed: bool = False
    version: int = 1
    customer_version: int = 0
    synthetic: bool = False

    @property
    def outcome_id(self) -> str:
        """Name of the outcome: of a list's call the same however often and whenever it is recorded."""
        moment = self.at.astimezone(UTC).isoformat(timespec="milliseconds")
        names = [self.list_id, self.customer_id, self.attempt] if self.list_id else [self.customer_id, moment]
        return fingerprint(names, length=24)

    @property
    def is_call(self) -> bool:
        """Whether somebody called; a customer held out of a list may buy without, and an assumed no is no call more."""
        return not self.list_id or self.attempt > self.assumed

    @property
    def is_evidence(self) -> bool:
        """Whether it says something of calling real customers."""
        return self.is_call and not self.synthetic

    @property
    def expected(self) -> float:
        """The propensity with the correction taken out: outcomes judge the level model, not an earlier correction."""
        if not self.correction:
            return self.propensity
        return 1.0 / (1.0 + math.exp(self.correction - logit(self.propensity)))


def decisive_outcomes(outcomes: Iterable[Outcome]) -> dict[str, Outcome]:
    """Return the outcome each customer of a list stands by, of theirs in any order.

    Who bought stays a buyer; else the newest counts after which nobody is called again, else the newest. An earlier
    call may be recorded or corrected after a later one, so the newest alone says too little.
    """
    return {each.customer_id: each for each in sorted(outcomes, key=_weight)}


def _weight(outcome: Outcome) -> tuple[bool, bool, datetime, int]:
    is_closed = outcome.outcome not in OPEN_OUTCOMES and not outcome.assumed
    return outcome.outcome is OutcomeKind.SUBSCRIBED, is_closed, outcome.at, outcome.attempt


class OutcomeStanding(StrEnum):
    """What has become of an outcome since it was recorded."""

    COUNTS = "counts"
    CORRECTED = "corrected since"
    TAKEN_BACK = "taken back"


@dataclass(frozen=True)
class KeptOutcome:
    """One version of an outcome, and whether it still counts."""

    outcome: Outcome
    standing: OutcomeStanding


def newest_kept_first(kept: Iterable[KeptOutcome]) -> list[KeptOutcome]:
    """Return versions of outcomes by moment, newest first; of one moment the later version first."""
    return sorted(kept, key=lambda each: (each.outcome.at, each.outcome.version), reverse=True)


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
        if each.at >= since
        and (each.base_rate, each.base_rate_market) == said
        and each.outcome.is_decided
        and each.is_evidence
    ]
    return OutcomeCounts(
        len(counted),
        sum(each.outcome is OutcomeKind.SUBSCRIBED for each in counted),
        math.fsum(each.expected for each in counted),
    )


def contact_frame(calls: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return `CONTACT_COLUMNS` of calls, in their order, with columns of the right kind also where there are none."""
    columns = {name: [each.get(name) for each in calls] for name in CONTACT_COLUMNS}
    return pd.DataFrame(
        {
            name: pd.Series(pd.to_datetime(pd.Series(values, dtype=object), utc=True).astype("datetime64[ms, UTC]"))
            if name in ("at", "call_again_at")
            else pd.Series(values, dtype="str")
            for name, values in columns.items()
        }
    )
