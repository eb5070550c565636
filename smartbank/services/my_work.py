"""Use case of who calls: all their calls on running lists, in the order to make them, and what they did today."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Final

import pandas as pd

from smartbank.core.call_lists import CallList, ListState
from smartbank.core.call_queue import LIST_ID, call_backs_ahead, call_queue, retries_ahead
from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.list_progress import LEFT, Standing, list_progress
from smartbank.core.outcomes import Outcome
from smartbank.core.people import Actor, Right
from smartbank.errors import NotFoundError
from smartbank.services.callable_leads import barred_now
from smartbank.services.calling import CallPorts, ever_called_by
from smartbank.services.gone_calls import ended_lists
from smartbank.services.list_standing import standing_now
from smartbank.services.my_calls import my_lists, own_entries

NO_CALLS_OF_YOURS: Final = "There is no such list with calls of yours."


@dataclass(frozen=True)
class MyWork:
    """What somebody has to call and has called.

    Attributes
    ----------
    lists : mapping of str to CallList
        Running lists on which they have calls, by id, oldest first.
    progress : DataFrame
        Their entries of these lists, with `LIST_ID` and where each stands.
    done : tuple of Outcome
        Their own calls since the start of the day, newest first; those for lists that ended since, and of customers who
        were handed over since, too. Results of other agents' customers they recorded, as by a file, are no calls.
    """

    lists: Mapping[str, CallList]
    progress: pd.DataFrame
    done: tuple[Outcome, ...]

    @cached_property
    def queue(self) -> pd.DataFrame:
        """Whom to call now, in order."""
        return call_queue(self.progress)

    @cached_property
    def call_backs(self) -> pd.DataFrame:
        """Who agreed on a later call, by time."""
        return call_backs_ahead(self.progress)

    @cached_property
    def retries(self) -> pd.DataFrame:
        """Who did not answer and comes up again, by time."""
        return retries_ahead(self.progress)

    @property
    def left(self) -> int:
        """How many customers are still to be called."""
        return int(self.progress["standing"].isin([str(each) for each in LEFT]).sum())

    @property
    def due(self) -> int:
        """How many call-backs are due."""
        return int((self.progress["standing"] == Standing.CALL_BACK.value).sum())

    @property
    def next_at(self) -> datetime | None:
        """When the next customer comes up who is not to be called yet; None for nobody."""
        due = pd.concat([self.call_backs["due_at"], self.retries["due_at"]])
        return None if due.empty else due.min().to_pydatetime()


def own_list(list_id: str, *, by: Actor, ports: CallPorts) -> tuple[CallList, pd.DataFrame]:
    """Return a running list and what `own_entries` returns of it.

    Raises
    ------
    NotFoundError
        There is no such list, it is not running, or nobody on it is the user's to call: they are not told apart.
    """
    by.require(Right.RECORD_OUTCOMES)
    running = (each for each in ports.lists.in_state(ListState.RELEASED) if each.list_id == list_id)
    for call_list in running:
        entries = own_entries(call_list, by=by, ports=ports)
        if len(entries):
            return call_list, entries
    raise NotFoundError(NO_CALLS_OF_YOURS)


def own_progress(list_id: str, *, by: Actor, ports: CallPorts, now: datetime) -> pd.DataFrame:
    """Return the user's entries of a running list with where each stands; see `list_progress` and `own_list`."""
    call_list, entries = own_list(list_id, by=by, ports=ports)
    barred = barred_now(customers=ports.customers, settings=ports.settings)
    return standing_now(call_list, entries, outcomes=ports.outcomes, barred=barred, now=now)


def my_work(
    *,
    by: Actor,
    ports: CallPorts,
    now: datetime,
    since: datetime,
    entries_of: Callable[[CallList], pd.DataFrame] | None = None,
) -> MyWork:
    """Return the user's calls as things stand now.

    Parameters
    ----------
    since : datetime
        The start of the day, where the user is.
    entries_of : callable or None
        `own_entries` of a list, where the caller keeps what it returns: it changes when calls are handed over alone.
    """
    mine = my_lists(by=by, ports=ports, entries_of=entries_of)
    barred = barred_now(customers=ports.customers, settings=ports.settings) if mine else {}
    done: list[Outcome] = []
    parts = []
    for call_list, entries in mine:
        outcomes = ports.outcomes.of_list(call_list.list_id)
        parts.append(_progress(call_list, entries, outcomes, barred, now))
        done += _calls_made(call_list, outcomes, known=set(entries[CUSTOMER_ID]), by=by, ports=ports, since=since)
    for call_list in _left_behind({each.list_id for each, _ in mine}, by, ports, since):
        done += _calls_made(
            call_list, ports.outcomes.of_list(call_list.list_id), known=(), by=by, ports=ports, since=since
        )
    newest_first = sorted(done, key=lambda each: (each.at, each.customer_id), reverse=True)
    progress = pd.concat(parts, ignore_index=True) if parts else _nothing(now)
    return MyWork({each.list_id: each for each, _ in mine}, progress, tuple(newest_first))


def _left_behind(running: Collection[str], by: Actor, ports: CallPorts, since: datetime) -> Iterator[CallList]:
    """Yield the lists on which the user had calls and has none: handed over to others, or ended since a moment."""
    for each in ports.lists.in_state(ListState.RELEASED):
        if each.list_id not in running and by.username in each.callers:
            yield each
    yield from ended_lists(who=by, ports=ports, since=since)


def _calls_made(
    call_list: CallList,
    outcomes: list[Outcome],
    *,
    known: Collection[str],
    by: Actor,
    ports: CallPorts,
    since: datetime,
) -> list[Outcome]:
    """Return the outcomes of calls the user made: of their own customers, those `known` to be so or others."""
    recorded = [
        each for each in outcomes if each.by == by.username and each.at >= since and each.is_call and not each.assumed
    ]
    if all(each.customer_id in known for each in recorded):
        return recorded
    theirs = ever_called_by(call_list, who=by, ports=ports)
    return [each for each in recorded if each.customer_id in theirs]


def _progress(
    call_list: CallList, entries: pd.DataFrame, outcomes: list[Outcome], barred: Collection[str], now: datetime
) -> pd.DataFrame:
    attempts = call_list.request.attempts
    found = list_progress(entries, outcomes, attempts=attempts, barred=barred, now=now)
    return found.assign(**{LIST_ID: call_list.list_id})


def _nothing(now: datetime) -> pd.DataFrame:
    empty = pd.DataFrame({"customer_id": pd.Series(dtype="str"), "place": pd.Series(dtype="int64")})
    return list_progress(empty, [], attempts=1, barred=(), now=now).assign(**{LIST_ID: pd.Series(dtype="str")})
