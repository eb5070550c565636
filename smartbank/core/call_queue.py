"""The calls of one person over all lists: whom to call now, who comes up later, and how many are left."""

from typing import Final

import pandas as pd

from smartbank.core.list_progress import Standing, to_call
from smartbank.core.outcomes import OutcomeKind

LIST_ID: Final = "list_id"
"""Column that names the list of an entry."""


def call_queue(progress: pd.DataFrame) -> pd.DataFrame:
    """Return the entries to call now: call-backs that are due by time, then list by list as `to_call` has them.

    Parameters
    ----------
    progress : DataFrame
        What `list_progress` returns for several lists, one below the other in the order they are worked, with
        `LIST_ID`.
    """
    parts = [to_call(part) for _, part in progress.groupby(LIST_ID, sort=False)]
    ready = pd.concat(parts) if parts else progress
    is_due = ready["standing"] == Standing.CALL_BACK.value
    return pd.concat([ready[is_due].sort_values("due_at", kind="stable"), ready[~is_due]])


def call_backs_ahead(progress: pd.DataFrame) -> pd.DataFrame:
    """Return the entries whose customers agreed on a later call, by time."""
    return _later(progress, is_agreed=True)


def retries_ahead(progress: pd.DataFrame) -> pd.DataFrame:
    """Return the entries that come up again because nobody answered, by time."""
    return _later(progress, is_agreed=False)


def _later(progress: pd.DataFrame, *, is_agreed: bool) -> pd.DataFrame:
    later = progress[progress["standing"] == Standing.LATER.value]
    agreed = later["outcome"] == OutcomeKind.CALLBACK.value
    return later[agreed if is_agreed else ~agreed].sort_values(["due_at", "place"], kind="stable")
