"""What calling needs from the outside, and whose call one is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import pandas as pd

from smartbank.core.call_lists import CallList, ListState
from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.hand_over import STILL_TALKING, called_now, had_until
from smartbank.core.list_entries import list_owner
from smartbank.core.list_outcomes import LISTED_COLUMNS, Listed, listed
from smartbank.core.people import Actor, Right
from smartbank.core.ports import (
    AuditLog,
    CallListRepository,
    CustomerCorrections,
    CustomerRepository,
    FrameStore,
    OutcomeRepository,
    RuleBookRepository,
    SettingsRepository,
)
from smartbank.errors import ForbiddenError, NotFoundError
from smartbank.services.auditing import Audited

NOT_YOURS: Final = "This customer is not among your calls. Go on with the next one."


@dataclass(frozen=True)
class CallPorts:
    """What calling needs from the outside."""

    lists: CallListRepository
    frames: FrameStore
    outcomes: OutcomeRepository
    customers: CustomerRepository
    corrections: CustomerCorrections
    settings: SettingsRepository
    rules: RuleBookRepository
    audit: AuditLog


@dataclass(frozen=True)
class Call:
    """A call somebody makes for a list: to whom, and which one of those made for it, from 1."""

    list_id: str
    customer_id: str
    attempt: int


def called_entry(call: Call, *, who: Actor, ports: CallPorts, said: Audited, now: datetime) -> tuple[CallList, Listed]:
    """Return the list and the entry of a call the user may record.

    Whoever was talking when their calls were handed over may record what came of it for `STILL_TALKING`. List and
    customer are on record as soon as they are known to be what they look like: what a program sends may be anything.

    Raises
    ------
    NotFoundError
        The list is not running, or its entries are no longer kept.
    ForbiddenError
        The customer is not among the user's calls.
    """
    call_list = ports.lists.find(call.list_id)
    said.details["list"] = call.list_id
    if call_list.state is not ListState.RELEASED:
        raise NotFoundError("This list has ended, so nothing is recorded for it any more. Ask who released it.")
    entry = _entry(call, ports)
    if entry is None:
        raise NotFoundError("Who is on this list is no longer kept, so nothing is recorded for it any more.")
    said.object_id = call.customer_id if len(entry) else ""
    if len(entry) != 1:
        raise ForbiddenError(NOT_YOURS)
    caller, until = _caller_and_until(entry, call_list, who)
    is_own = caller == who.username or (until is not None and now - until <= STILL_TALKING)
    if not is_own and not who.may(Right.RELEASE_LISTS):
        raise ForbiddenError(
            NOT_YOURS
            if until is None
            else f"Your calls of this list went to {caller}, so nothing is recorded. Tell {caller} or a manager."
        )
    return call_list, listed(entry)[call.customer_id]


def was_called_by(call: Call, *, who: Actor, ports: CallPorts) -> bool:
    """Whether a customer is or was among the user's calls of a list, whether or not that has ended."""
    entry = _entry(call, ports)
    if entry is None or len(entry) != 1:
        return False
    caller, until = _caller_and_until(entry, ports.lists.find(call.list_id), who)
    return caller == who.username or until is not None


def ever_called_by(call_list: CallList, *, who: Actor, ports: CallPorts) -> frozenset[str]:
    """Return the ids of the customers of a list who are or were among somebody's calls, before hand-overs too."""
    entries = ports.frames.load(list_owner(call_list.list_id), columns=[CUSTOMER_ID, "place", "agent"])
    if entries.empty:
        return frozenset()
    given = {place for each in call_list.handed_over for place, agent in each.callers.items() if agent == who.username}
    theirs = ((entries["agent"] == who.username) & (entries["place"] > 0)) | entries["place"].isin(list(given))
    return frozenset(entries.loc[theirs, CUSTOMER_ID])


def _entry(call: Call, ports: CallPorts) -> pd.DataFrame | None:
    """Return the one row of a customer a list has to call, or none; None where the list's entries are not kept."""
    entries = ports.frames.load(list_owner(call.list_id), columns=[*LISTED_COLUMNS, "place", "agent"])
    if entries.empty:
        return None
    return entries[(entries[CUSTOMER_ID] == call.customer_id) & (entries["place"] > 0)]


def _caller_and_until(entry: pd.DataFrame, call_list: CallList, who: Actor) -> tuple[str, datetime | None]:
    """Return who calls a customer now, and when the user last handed them over; None where they have or never had."""
    agent, place = entry["agent"].item(), int(entry["place"].item())
    until = had_until(who.username, agent, place, call_list.handed_over)
    return called_now(entry, call_list.handed_over)["agent"].item(), until
