"""Use case: which customers somebody had to call and has no more, though nobody called them to the end."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from smartbank.core.call_lists import CallList, ListState
from smartbank.core.list_progress import LEFT
from smartbank.core.people import Actor, Right
from smartbank.services.callable_leads import barred_now
from smartbank.services.calling import CallPorts
from smartbank.services.list_standing import standing_now
from smartbank.services.my_calls import own_entries

_ENDED_LOOKED_AT: Final = 20
"""Newest lists among which those that ended since a moment are looked for."""


@dataclass(frozen=True)
class GoneCalls:
    """Customers of one list that went from somebody at once.

    Attributes
    ----------
    by : str
        Who handed them over, or ended the list; empty where that is not known.
    to : tuple of str
        Who has them now; empty where the list was ended.
    """

    list_name: str
    customers: int
    by: str
    at: datetime
    to: tuple[str, ...] = ()


def gone_calls(*, by: Actor, ports: CallPorts, now: datetime, since: datetime) -> tuple[GoneCalls, ...]:
    """Return what went from the user: to others on lists that run, and with lists that ended since a moment."""
    by.require(Right.RECORD_OUTCOMES)
    running = [each for each in ports.lists.in_state(ListState.RELEASED) if by.username in each.callers]
    gone = [found for each in running for found in _handed_over(each, by.username)]
    if ended := ended_lists(who=by, ports=ports, since=since):
        barred = barred_now(customers=ports.customers, settings=ports.settings)
        gone += [found for each in ended for found in _ended(each, barred, by, ports, now)]
    return tuple(sorted(gone, key=lambda each: each.at))


def ended_lists(*, who: Actor, ports: CallPorts, since: datetime) -> list[CallList]:
    """Return the lists that ended since a moment on which somebody has or had calls, for use cases that have asked."""
    newest = ports.lists.recent(limit=_ENDED_LOOKED_AT, states=[ListState.ENDED])
    return [each for each in newest if who.username in each.callers and each.ended_at and each.ended_at >= since]


def _handed_over(call_list: CallList, username: str) -> Iterator[GoneCalls]:
    """Yield what was handed over and is not back, each customer with the hand-over by which they went last."""
    callers = {place: agent for each in call_list.handed_over for place, agent in each.callers.items()}
    told: set[int] = set()
    for each in reversed(call_list.handed_over):
        if each.agent != username:
            continue
        places = {place for place in each.places if callers[place] != username} - told
        told |= places
        if places:
            yield GoneCalls(call_list.request.name, len(places), each.by, each.at, each.to)


def _ended(
    call_list: CallList, barred: Mapping[str, str], by: Actor, ports: CallPorts, now: datetime
) -> Iterator[GoneCalls]:
    entries = own_entries(call_list, by=by, ports=ports)
    if entries.empty or call_list.ended_at is None:
        return
    progress = standing_now(call_list, entries, outcomes=ports.outcomes, barred=barred, now=now)
    if left := int(progress["standing"].isin(LEFT).sum()):
        yield GoneCalls(call_list.request.name, left, call_list.ended_by, call_list.ended_at)
