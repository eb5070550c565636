"""Use case of the worker: once a list's time is over, who said neither yes nor no counts as declined."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Final

from smartbank.core.audit import AuditAction
from smartbank.core.call_lists import CallList, ListState
from smartbank.core.list_entries import list_owner
from smartbank.core.list_outcomes import LISTED_COLUMNS, Listed, listed, outcome_of, time_is_over, undecided
from smartbank.core.outcomes import Outcome, OutcomeKind
from smartbank.core.people import WORKER
from smartbank.errors import ConflictError
from smartbank.services.auditing import audited
from smartbank.services.call_lists import end_list
from smartbank.services.calling import CallPorts

LOOKED_BACK: Final = timedelta(days=60)
"""How long after an ended list's time was over it is still looked at: an outcome may be taken back meanwhile."""
_BATCH: Final = 1_000


def expire_outcomes(now: datetime, *, ports: CallPorts, go_on: Callable[[], None]) -> dict[str, int]:
    """Record an assumed no for every undecided customer of a list whose time is over, and end lists that are done.

    Ended lists too: what nobody said by then is a no wherever the calls stopped. Who is held out is left alone. Safe to
    repeat, and to break off; an assumed outcome can be corrected, and is not made twice.

    Returns
    -------
    dict
        `assumed` outcomes recorded now, and lists `ended`.
    """
    assumed = ended = 0
    for call_list in _looked_at(ports, now):
        go_on()
        entries = ports.frames.load(list_owner(call_list.list_id), columns=[*LISTED_COLUMNS, "place"])
        if entries.empty:
            continue
        left = undecided(entries, ports.outcomes.of_list(call_list.list_id))
        over_at = time_is_over(call_list)
        if left and over_at is not None and over_at <= now:
            on_list = listed(entries)
            outcomes = [_assumed(call_list, on_list[name], calls, over_at) for name, calls in left.items()]
            assumed += _recorded(call_list, outcomes, ports, now, go_on)
            left = undecided(entries, ports.outcomes.of_list(call_list.list_id))
        if not left and call_list.state is ListState.RELEASED:
            ended += _ended(call_list, ports, now)
    return {"assumed": assumed, "ended": ended}


def _looked_at(ports: CallPorts, now: datetime) -> Iterator[CallList]:
    """Yield the lists that are running, and those that ended and whose time was over lately."""
    yield from ports.lists.in_state(ListState.RELEASED)
    for call_list in ports.lists.in_state(ListState.ENDED):
        over_at = time_is_over(call_list)
        if over_at is not None and over_at <= now <= over_at + LOOKED_BACK:
            yield call_list


def _assumed(call_list: CallList, entry: Listed, calls: int, over_at: datetime) -> Outcome:
    return outcome_of(
        call_list, entry, OutcomeKind.DECLINED, at=over_at, attempt=calls + 1, by=WORKER.username, assumed=True
    )


def _recorded(
    call_list: CallList, outcomes: list[Outcome], ports: CallPorts, now: datetime, go_on: Callable[[], None]
) -> int:
    """Keep outcomes, put on record how many are new, and return that."""
    recorded = 0
    try:
        for start in range(0, len(outcomes), _BATCH):
            go_on()
            recorded += ports.outcomes.record_many(outcomes[start : start + _BATCH])
    finally:
        if recorded:
            audit, action = ports.audit, AuditAction.RECORD_OUTCOME
            with audited(action, "call list", call_list.list_id, by=WORKER, audit=audit, now=now) as said:
                said.details |= {"assumed": recorded, "wait_days": call_list.request.wait_days}
    return recorded


def _ended(call_list: CallList, ports: CallPorts, now: datetime) -> bool:
    """Whether this ended a list of which nobody is left to call."""
    try:
        end_list(call_list.list_id, by=WORKER, lists=ports.lists, audit=ports.audit, now=now)
    except ConflictError:  # somebody ended it in between
        return False
    return True
