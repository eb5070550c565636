"""Use case: what is going on with the lists today: how many run, what is due, and what came in since yesterday."""

from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from smartbank.core.call_lists import CallList, ListState
from smartbank.core.hand_over import called_now
from smartbank.core.list_entries import list_owner
from smartbank.core.list_progress import LEFT, Standing
from smartbank.core.outcomes import OutcomeKind
from smartbank.core.people import Actor, Right
from smartbank.core.ports import UserRepository
from smartbank.services.agents import calling_agents
from smartbank.services.callable_leads import barred_now
from smartbank.services.calling import CallPorts
from smartbank.services.list_standing import standing_now

_READ = ["customer_id", "place", "agent"]


@dataclass(frozen=True)
class Today:
    """The running lists at a glance.

    Attributes
    ----------
    running : int
        Lists that are released and not ended.
    left : int
        Customers still to call.
    due : int
        Call-backs that are due until the end of the day.
    calls, sold : int
        Calls made, and customers who bought, since the start of yesterday; of ended lists too.
    finished : tuple of CallList
        Running lists on which nobody is left to call: somebody should end them.
    unmanned : tuple of (CallList, tuple of str)
        Running lists with customers left of agents who cannot sign in, and these: somebody should hand them over.
    """

    running: int = 0
    left: int = 0
    due: int = 0
    calls: int = 0
    sold: int = 0
    finished: tuple[CallList, ...] = ()
    unmanned: tuple[tuple[CallList, tuple[str, ...]], ...] = ()


def lists_today(
    *, by: Actor, ports: CallPorts, users: UserRepository, now: datetime, yesterday: datetime, tonight: datetime
) -> Today:
    """Return what is going on with the lists.

    Parameters
    ----------
    yesterday, tonight : datetime
        The start of yesterday and the end of today, where the reader is.
    """
    by.require(Right.SEE_LEADS)
    running = ports.lists.in_state(ListState.RELEASED)
    recent = ports.outcomes.contacts(yesterday)
    barred = barred_now(customers=ports.customers, settings=ports.settings) if running else {}
    able = ["", *calling_agents(by=by, users=users)]
    left, due, finished, unmanned = 0, 0, [], []
    for call_list in running:
        entries = called_now(ports.frames.load(list_owner(call_list.list_id), columns=_READ), call_list.handed_over)
        progress = standing_now(call_list, entries, outcomes=ports.outcomes, barred=barred, now=now)
        is_left = progress["standing"].isin(LEFT)
        n_left = int(is_left.sum())
        if gone := sorted(set(progress.loc[is_left, "agent"]) - set(able)):
            unmanned.append((call_list, tuple(gone)))
        waiting = progress["standing"].isin([Standing.CALL_BACK, Standing.LATER])
        called_back = waiting & (progress["outcome"] == OutcomeKind.CALLBACK)
        due += int((called_back & (progress["due_at"] <= pd.Timestamp(tonight))).sum())
        left += n_left
        if not n_left:
            finished.append(call_list)
    sold = int((recent["outcome"] == OutcomeKind.SUBSCRIBED).sum())
    return Today(len(running), left, due, len(recent), sold, tuple(finished), tuple(unmanned))
