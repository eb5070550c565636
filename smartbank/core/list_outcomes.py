"""Outcomes of a list's entries: as a file says them, and as they are assumed once the list's time is over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import pandas as pd

from smartbank.core.call_lists import CallList
from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.outcomes import Outcome, OutcomeKind
from smartbank.errors import NotFoundError

LISTED_COLUMNS: Final = (CUSTOMER_ID, "role", "propensity", "synthetic")
"""What of an entry its outcomes need."""


@dataclass(frozen=True)
class Listed:
    """One entry of a list, for its outcomes: who, for what (a `hold_out.Role`), how likely, if made up."""

    customer_id: str
    role: str
    propensity: float
    synthetic: bool = False


def listed(entries: pd.DataFrame) -> dict[str, Listed]:
    """Return the entries of a list by the id of the customer."""
    rows = entries[list(LISTED_COLUMNS)].itertuples(index=False, name=None)
    return {who: Listed(who, str(role), float(likely), bool(made_up)) for who, role, likely, made_up in rows}


def outcome_of(
    call_list: CallList,
    entry: Listed,
    kind: OutcomeKind,
    *,
    at: datetime,
    attempt: int,
    by: str,
    call_again_at: datetime | None = None,
    assumed: bool = False,
) -> Outcome:
    """Return the outcome of an entry, on what the list's propensities stand on.

    Raises
    ------
    NotFoundError
        The list was not released.
    """
    ground = call_list.ground
    if ground is None:
        raise NotFoundError("This list was not released.")
    return Outcome(
        customer_id=entry.customer_id,
        at=at,
        outcome=kind,
        run_id=call_list.request.run_id,
        propensity=entry.propensity,
        base_rate=ground.base_rate,
        base_rate_market=ground.base_rate_market,
        correction=ground.correction,
        list_id=call_list.list_id,
        attempt=attempt,
        by=by,
        call_again_at=call_again_at,
        assumed=assumed,
        synthetic=entry.synthetic,
    )


def time_is_over(call_list: CallList) -> datetime | None:
    """Return when customers of a list without a yes or no count as declined; None for one that was not released."""
    released_at = call_list.released_at
    return None if released_at is None else released_at + timedelta(days=call_list.request.wait_days)


def undecided(entries: pd.DataFrame, recorded: Sequence[Outcome]) -> Mapping[str, int]:
    """Return the customers on a list to be called who said neither yes nor no, each with how many calls were made.

    Parameters
    ----------
    entries : DataFrame
        Of a list, with `CUSTOMER_ID` and `place`.
    recorded : sequence of Outcome
        Of the list, assumed ones included.
    """
    called = dict.fromkeys(entries.loc[entries["place"] > 0, CUSTOMER_ID].tolist(), 0)
    for outcome in recorded:
        if outcome.outcome.is_decided:
            called.pop(outcome.customer_id, None)
        elif outcome.customer_id in called:
            called[outcome.customer_id] = max(called[outcome.customer_id], outcome.attempt)
    return called
