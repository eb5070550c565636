"""Where each entry of a list stands by the outcomes recorded so far, and whom to call next."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import numpy as np
import pandas as pd

from smartbank.core.erasure import are_erased
from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.outcomes import OPEN_OUTCOMES, Outcome, OutcomeKind, decisive_outcomes

PROGRESS_COLUMNS: Final = ("calls", "outcome", "assumed", "last_at", "due_at", "standing")
RETRY_AFTER: Final = timedelta(hours=3)
"""How long nobody is called again who did not answer."""


class Standing(StrEnum):
    """What is to be done about an entry."""

    CALL_BACK = "call back"
    OPEN = "not called yet"
    RETRY = "no answer"
    LATER = "to be called later"
    DONE = "done"
    BARRED = "must not be called"
    HELD_OUT = "held out"


LEFT: Final = (Standing.CALL_BACK, Standing.OPEN, Standing.RETRY, Standing.LATER)
"""Who stands like this is still to be called."""
_IN_ORDER: Final = {Standing.CALL_BACK: 0, Standing.OPEN: 1, Standing.RETRY: 2}


def list_progress(
    entries: pd.DataFrame, outcomes: Sequence[Outcome], *, attempts: int, barred: Collection[str], now: datetime
) -> pd.DataFrame:
    """Return the entries with `PROGRESS_COLUMNS`.

    An entry is done when its customer said yes, no or never again, when the number is wrong, or when nobody answered
    `attempts` times. A customer who did not answer is called again after `RETRY_AFTER`; one who asked for another call
    at the time agreed, or where none was, after `RETRY_AFTER` too.

    Parameters
    ----------
    entries : DataFrame
        Of a list; its index is kept.
    outcomes : sequence of Outcome
        Of the list's calls, in the order they were made.
    barred : collection of str
        Ids of customers who must not be called now.

    Returns
    -------
    DataFrame
        `calls` made so far (int), by the number of the newest; the `outcome` the entry stands by (`decisive_outcomes`;
        NaN for none), whether it was only `assumed`, when the last call was, from when on to call again (`due_at`, NaT
        for at once), and the `standing`.
    """
    last = {each.customer_id: each for each in outcomes}
    calls: dict[str, int] = {}
    for each in outcomes:
        if not each.assumed:
            calls[each.customer_id] = max(calls.get(each.customer_id, 0), each.attempt)
    decisive = decisive_outcomes(outcomes)
    newest = [last.get(customer_id) for customer_id in entries[CUSTOMER_ID]]
    stands = [decisive.get(customer_id) for customer_id in entries[CUSTOMER_ID]]
    n_calls = entries[CUSTOMER_ID].map(calls).fillna(0).to_numpy(dtype=np.int64)
    due = [_due(outcome) for outcome in stands]
    standing = [
        _standing(outcome, calls=int(number), attempts=attempts, due_at=due_at, now=now)
        for outcome, number, due_at in zip(stands, n_calls, due, strict=True)
    ]
    progress = entries.assign(
        calls=n_calls,
        outcome=pd.Series([each.outcome.value if each else None for each in stands], index=entries.index, dtype="str"),
        assumed=[bool(each and each.assumed) for each in stands],
        last_at=_moments([each.at if each else None for each in newest], entries.index),
        due_at=_moments(due, entries.index),
        standing=pd.Series(standing, index=entries.index, dtype="str"),
    )
    never = progress[CUSTOMER_ID].isin(list(barred)).to_numpy() | are_erased(progress[CUSTOMER_ID])
    progress.loc[never & (progress["standing"] != Standing.DONE).to_numpy(), "standing"] = Standing.BARRED.value
    progress.loc[progress["place"] == 0, "standing"] = Standing.HELD_OUT.value
    return progress


def _moments(times: Sequence[datetime | None], index: pd.Index) -> pd.Series:
    return pd.to_datetime(pd.Series(list(times), index=index, dtype=object), utc=True)


def _due(outcome: Outcome | None) -> datetime | None:
    if outcome is None or outcome.outcome not in OPEN_OUTCOMES:
        return None
    agreed = outcome.call_again_at if outcome.outcome is OutcomeKind.CALLBACK else None
    return agreed or outcome.at + RETRY_AFTER


def _standing(
    outcome: Outcome | None, *, calls: int, attempts: int, due_at: datetime | None, now: datetime
) -> Standing:
    if outcome is None:
        return Standing.OPEN
    if due_at is None or (outcome.outcome is OutcomeKind.NO_ANSWER and calls >= attempts):
        return Standing.DONE
    if outcome.outcome is OutcomeKind.CALLBACK:
        return Standing.CALL_BACK if due_at <= now else Standing.LATER
    return Standing.RETRY if due_at <= now else Standing.LATER


def to_call(progress: pd.DataFrame) -> pd.DataFrame:
    """Return the entries to call now, in order: call-backs that are due, then new ones, then those without an answer.

    Call-backs and retries by the time they are due, new ones by place.
    """
    ready = progress[progress["standing"].isin([str(each) for each in _IN_ORDER])]
    order = ready["standing"].map({str(each): place for each, place in _IN_ORDER.items()})
    return (
        ready.assign(_order=order)
        .sort_values(["_order", "due_at", "place"], na_position="first", kind="stable")
        .drop(columns="_order")
    )
