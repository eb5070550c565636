"""Use case: have other agents make the calls of one who is ill, or has left."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from smartbank.core.audit import AuditAction
from smartbank.core.hand_over import HandOver
from smartbank.core.list_progress import LEFT, Standing
from smartbank.core.moments import to_milliseconds
from smartbank.core.people import Actor, Right
from smartbank.core.ports import UserRepository
from smartbank.errors import ConflictError, ListConstraintError
from smartbank.services.agents import require_agents
from smartbank.services.auditing import audited
from smartbank.services.call_lists import progress_of, released_entries
from smartbank.services.calling import CallPorts

_OPEN: Final = (*LEFT, Standing.BARRED)
"""Who stands like this is handed over; whoever must not be called now may be allowed again."""


def hand_over(
    list_id: str,
    agent: str,
    to: Sequence[str],
    *,
    by: Actor,
    ports: CallPorts,
    users: UserRepository,
    now: datetime,
) -> HandOver:
    """Give the calls an agent has left on a running list to others, in turn, and return what was handed over.

    Call-backs go with them. What the agent has done with stays theirs, and the list stays as it was released.

    Raises
    ------
    ListConstraintError
        Nobody else is named, or somebody who may not call.
    ConflictError
        The list is not running, the agent has nobody left to call on it, or somebody changed it in the same moment.
    """
    with audited(AuditAction.HAND_OVER, "call list", list_id, by=by, audit=ports.audit, now=now) as said:
        by.require(Right.RELEASE_LISTS)
        said.details |= {"agent": agent, "to": list(to)}
        found = ports.lists.find(list_id)
        if not found.state.is_running:
            raise ConflictError("This list is not running, so no calls of it are left.")
        if not to or agent in to:
            raise ListConstraintError("Choose somebody else to make the calls.")
        require_agents(to, users=users)
        entries = released_entries(found, by=by, frames=ports.frames)
        progress = progress_of(found, entries, by=by, ports=ports, now=now)
        theirs = progress[(progress["agent"] == agent) & (progress["place"] > 0) & progress["standing"].isin(_OPEN)]
        if not theirs["standing"].isin(LEFT).any():
            raise ConflictError(f"{agent} has nobody left to call on this list.")
        places = tuple(int(place) for place in sorted(theirs["place"]))
        handed = HandOver(agent, tuple(to), places, by.username, to_milliseconds(now))
        said.details["customers"] = len(places)
        if not ports.lists.move(replace(found, handed_over=(*found.handed_over, handed)), seen=found):
            raise ConflictError("Somebody changed this list just now. Look at it again, then repeat.")
    return handed
