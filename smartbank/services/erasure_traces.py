"""Take a customer out of what is kept beside them: rankings, call lists, and what queued work says."""

from collections.abc import Collection, Mapping
from re import Pattern
from typing import Any, Final

from smartbank.core.erasure import PSEUDONYM, anonymous_entries, naming_pattern
from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.limits import ALL
from smartbank.core.list_entries import list_owner, off_owner
from smartbank.core.ports import CallListRepository, FrameStore, WorkQueue
from smartbank.core.work import WorkKind
from smartbank.services.forgetting import forget_customers_in_run, run_holds
from smartbank.services.latest_scores import drop_latest
from smartbank.services.removal_plans import drop_plan

_FREE_TEXT: Final = ("filename", "label", "text", "list_name", "customer_id")
"""What of a request somebody typed, or names whom it is about."""


def runs_holding(customer_id: str, *, queue: WorkQueue, frames: FrameStore) -> list[str]:
    """Return the rankings that hold a customer, or whom a rule left out of them; expired ones are looked at too."""
    return [work.work_id for work in queue.every(WorkKind.RUN) if run_holds(work.work_id, {customer_id}, frames=frames)]


def take_out_of_runs(customer_id: str, run_ids: Collection[str], *, frames: FrameStore) -> None:
    """Take a customer out of rankings, where the others keep their ranks, and out of the latest scores."""
    for run_id in run_ids:
        forget_customers_in_run(run_id, {customer_id}, frames=frames)
    drop_latest(frames=frames, customer_ids={customer_id})


def lists_holding(customer_id: str, *, lists: CallListRepository, frames: FrameStore) -> list[str]:
    """Return the call lists that hold a customer, or that something kept them off."""
    return [
        call_list.list_id
        for call_list in lists.recent(limit=ALL)
        if any(
            bool((part[CUSTOMER_ID] == customer_id).any())
            for owner in (list_owner(call_list.list_id), off_owner(call_list.list_id))
            for part in frames.parts(owner, columns=[CUSTOMER_ID])
        )
    ]


def take_out_of_lists(customer_id: str, list_ids: Collection[str], *, salt: str, frames: FrameStore) -> None:
    """Put a pseudonym in a customer's place on call lists.

    Who was kept off a list goes without a trace: the numbers are kept with the list.
    """
    for list_id in list_ids:
        for part, entries in enumerate(frames.parts(list_owner(list_id))):
            if (entries[CUSTOMER_ID] == customer_id).any():
                kept = anonymous_entries(entries, customer_id, salt=salt, list_id=list_id)
                frames.append(list_owner(list_id), part, kept)
        for part, rows in enumerate(frames.parts(off_owner(list_id))):
            if (rows[CUSTOMER_ID] == customer_id).any():
                frames.append(off_owner(list_id), part, rows[rows[CUSTOMER_ID] != customer_id])


def take_out_of_work(words: Collection[str], *, but: str, queue: WorkQueue, frames: FrameStore) -> int:
    """Take words that name a customer out of what queued work says, and return of how many pieces.

    Plans of removals that broke off for good name customers, and go.

    Parameters
    ----------
    words : collection of str
        The id first, then name and phone where they are known.
    but : str
        The work that erases, which needs the id until its end.
    """
    naming = naming_pattern(words)
    changed = 0
    for kind in WorkKind:
        for work in queue.every(kind):
            if work.work_id == but:
                continue
            without = _without(work.request, naming)
            if without != work.request:
                queue.rewrite(work.work_id, without)
                changed += 1
            if kind is WorkKind.REMOVAL and work.state.is_final:
                drop_plan(work.work_id, frames=frames)
    return changed


def _without(request: Mapping[str, Any], naming: Pattern[str]) -> dict[str, Any]:
    """Return a request whose free texts that name somebody say that they were erased, and nothing else."""
    return {
        name: _without(value, naming)
        if isinstance(value, Mapping)
        else PSEUDONYM
        if name in _FREE_TEXT and isinstance(value, str) and naming.search(value)
        else value
        for name, value in request.items()
    }
