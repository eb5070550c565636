"""Use cases of whoever sees lists: who may see leads sees all of every list, an agent what is theirs to call."""

from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from smartbank.core.call_lists import CallList
from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.people import Actor, Right
from smartbank.services.call_lists import find_list, lists_before, progress_of, released_entries
from smartbank.services.calling import CallPorts
from smartbank.services.my_calls import my_lists
from smartbank.services.my_work import own_list, own_progress


@dataclass(frozen=True)
class EntriesPage:
    """Some entries of a list, in the order of calling, and where the next page begins.

    Attributes
    ----------
    entries : DataFrame
        With where each stands. Of one's own calls it has neither role nor rank, propensity, band and agent.
    next_start : int or None
        How many entries come before the next page; None where this was the last one.
    """

    entries: pd.DataFrame
    next_start: int | None


def seen_lists(*, limit: int, before: str = "", by: Actor, ports: CallPorts) -> list[CallList]:
    """Return the newest lists, newest first; of who may not see leads, the running ones with calls of theirs.

    Parameters
    ----------
    before : str
        Id of a list: only older ones are returned. Empty for the newest of all.
    """
    if by.may(Right.SEE_LEADS):
        return lists_before(before, limit=limit, by=by, lists=ports.lists)
    own = [call_list for call_list, _ in my_lists(by=by, ports=ports) if not before or call_list.list_id < before]
    return own[::-1][:limit]


def seen_list(list_id: str, *, by: Actor, ports: CallPorts) -> CallList:
    """Return a list; of who may not see leads, a running one with calls of theirs. Raises `NotFoundError`."""
    if by.may(Right.SEE_LEADS):
        return find_list(list_id, by=by, lists=ports.lists)
    call_list, _ = own_list(list_id, by=by, ports=ports)
    return call_list


def entries_page(list_id: str, *, start: int, limit: int, by: Actor, ports: CallPorts, now: datetime) -> EntriesPage:
    """Return `limit` entries of a list after the first `start`; of who may not see leads, only among their own.

    Raises
    ------
    NotFoundError
        There is no such list, it was not released, or, of who may not see leads, nobody on it is theirs to call.
    """
    if by.may(Right.SEE_LEADS):
        call_list = find_list(list_id, by=by, lists=ports.lists)
        entries = released_entries(call_list, by=by, frames=ports.frames)
        found = progress_of(call_list, entries, by=by, ports=ports, now=now)
    else:
        found = own_progress(list_id, by=by, ports=ports, now=now)
    ordered = found.sort_values(["place", CUSTOMER_ID], ignore_index=True)
    end = start + limit
    return EntriesPage(ordered[start:end], end if end < len(ordered) else None)
