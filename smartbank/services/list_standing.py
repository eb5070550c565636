"""Where entries of a list stand now, for use cases that have asked for the right."""

from collections.abc import Collection
from datetime import datetime

import pandas as pd

from smartbank.core.call_lists import CallList
from smartbank.core.list_progress import list_progress
from smartbank.core.ports import OutcomeRepository


def standing_now(
    call_list: CallList,
    entries: pd.DataFrame,
    *,
    outcomes: OutcomeRepository,
    barred: Collection[str],
    now: datetime,
) -> pd.DataFrame:
    """Return entries of a list with where each stands by the outcomes recorded so far; see `list_progress`."""
    recorded = outcomes.of_list(call_list.list_id)
    return list_progress(entries, recorded, attempts=call_list.request.attempts, barred=barred, now=now)
