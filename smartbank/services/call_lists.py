"""Use cases around released lists: find them, see who is on one and where each stands, and end one."""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Final

import pandas as pd

from smartbank.core.audit import AuditAction
from smartbank.core.call_lists import CallList, ListState
from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.hand_over import called_now
from smartbank.core.list_entries import OFF_COLUMNS, list_owner, off_owner
from smartbank.core.people import Actor, Right
from smartbank.core.ports import AuditLog, CallListRepository, CustomerRepository, FrameStore
from smartbank.errors import ConflictError, NotFoundError
from smartbank.services.auditing import audited
from smartbank.services.callable_leads import barred_now
from smartbank.services.calling import CallPorts
from smartbank.services.list_standing import standing_now

_RELEASED: Final = (ListState.RELEASED, ListState.ENDED)
_RECENT: Final = 50


def find_list(list_id: str, *, by: Actor, lists: CallListRepository) -> CallList:
    """Return a list. Raises `NotFoundError` for an unknown id."""
    by.require(Right.SEE_LEADS)
    return lists.find(list_id)


def recent_lists(*, by: Actor, lists: CallListRepository, also: Collection[str] = ()) -> list[CallList]:
    """Return every running list, the newest ones that ended, and some by their ids, newest first.

    Parameters
    ----------
    also : collection of str
        Ids of lists, however long ago they ended; what is none, or was never released, is left out.
    """
    by.require(Right.SEE_LEADS)
    newest = [*lists.in_state(ListState.RELEASED), *lists.recent(limit=_RECENT, states=_RELEASED)]
    found = {each.list_id: each for each in newest}
    for list_id in set(also) - found.keys():
        with suppress(NotFoundError):
            found[list_id] = lists.find(list_id)
    return sorted(
        (each for each in found.values() if each.state in _RELEASED), key=lambda each: each.list_id, reverse=True
    )


def lists_before(before: str, *, limit: int, by: Actor, lists: CallListRepository) -> list[CallList]:
    """Return the newest lists that were released, newest first, ended ones included, and older than a list.

    Parameters
    ----------
    before : str
        Id of that list; empty for the newest of all.
    """
    by.require(Right.SEE_LEADS)
    return lists.recent(limit=limit, states=_RELEASED, before=before)


def released_entries(call_list: CallList, *, by: Actor, frames: FrameStore) -> pd.DataFrame:
    """Return who is on a list as it was released, and who calls now, best first: ranked leads with `ENTRY_COLUMNS`.

    Raises `NotFoundError` where it was not released.
    """
    by.require(Right.SEE_LEADS)
    if call_list.state not in (ListState.RELEASED, ListState.ENDED):
        raise NotFoundError("This list is not released, so nobody is on it yet.")
    entries = called_now(frames.load(list_owner(call_list.list_id)), call_list.handed_over)
    return entries.sort_values("rank", ignore_index=True)


def kept_off(list_id: str, *, by: Actor, frames: FrameStore) -> pd.DataFrame:
    """Return whom something kept off a list when it was released, `OFF_COLUMNS` wide; empty for nobody."""
    by.require(Right.SEE_LEADS)
    kept = frames.load(off_owner(list_id))
    return kept if len(kept) else pd.DataFrame(columns=list(OFF_COLUMNS), dtype="str")


def progress_of(
    call_list: CallList, entries: pd.DataFrame, *, by: Actor, ports: CallPorts, now: datetime
) -> pd.DataFrame:
    """Return entries of a list with where each stands; see `list_progress`."""
    by.require(Right.SEE_LEADS)
    barred = barred_now(customers=ports.customers, settings=ports.settings)
    return standing_now(call_list, entries, outcomes=ports.outcomes, barred=barred, now=now)


def changed_since(entries: pd.DataFrame, *, by: Actor, customers: CustomerRepository) -> int:
    """Return how many customers of a list are no longer what they were when they were scored, those gone included."""
    by.require(Right.SEE_LEADS)
    standing = customers.standing(entries[CUSTOMER_ID].tolist())
    now = entries[CUSTOMER_ID].map(standing["customer_version"]) if len(standing) else pd.Series(dtype="float64")
    return int((now.reindex(entries.index) != entries["customer_version"]).sum())


def end_list(list_id: str, *, by: Actor, lists: CallListRepository, audit: AuditLog, now: datetime) -> CallList:
    """End a list: nobody is called for it any more, and its customers may come on others. Safe to repeat.

    Raises
    ------
    ConflictError
        It is not running, or was changed in the same moment.
    """
    with audited(AuditAction.END_LIST, "call list", list_id, by=by, audit=audit, now=now):
        by.require(Right.RELEASE_LISTS)
        found = lists.find(list_id)
        if found.state not in (ListState.RELEASED, ListState.ENDED):
            raise ConflictError("This list is not running, so there is nothing to end.")
        if found.state is ListState.RELEASED:
            ended = replace(found, state=ListState.ENDED, ended_by=by.username, ended_at=now)
            if not lists.move(ended, seen=found):
                raise ConflictError("Somebody changed this list just now. Look at it again, then repeat.")
            found = ended
        lists.free(list_id)
    return found
