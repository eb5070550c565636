"""A released list put into a world by hand: it claims nobody, so that use cases may release others beside it."""

from dataclasses import replace

from smartbank.core.call_lists import CallList, ListFigures, ListGround, ListRequest, ListState
from smartbank.core.capacity import Capacity
from smartbank.core.hold_out import Role
from smartbank.core.list_entries import data_hash, list_owner
from smartbank.core.outcomes import Outcome, OutcomeKind
from smartbank.core.work_ids import new_work_id
from smartbank.services.runs import run_owner

CALLERS = {"lead-0": "some_agent", "lead-1": "ana"}
"""Whom each agent calls, in the order of calling."""


def request(run_id, name="Monday"):
    return ListRequest(run_id, name, Capacity(1, 0.2, 6.0), "seed")


def put_list(services, run_id, *, now):
    """Put a released list of `CALLERS` into a bank, and return its id."""
    ranked = services.frames.load(run_owner(run_id)).set_index("customer_id", drop=False)
    entries = ranked.loc[list(CALLERS)].reset_index(drop=True)
    entries = entries.assign(place=range(1, len(CALLERS) + 1), role=str(Role.BEST), agent=list(CALLERS.values()))
    list_id = new_work_id(now)
    begun = CallList(list_id, request(run_id), "ana", now)
    services.lists.begin(begun)
    services.frames.append(list_owner(list_id), 0, entries)
    figures = ListFigures(2, 0, 0, float(entries["propensity"].sum()), 0, 2, 0.2, data_hash=data_hash(entries))
    ground = ListGround("stub-1", 0.113, 0.0, "2026-10", 1.0, 10.0, "EUR", 1, 1)
    released = replace(begun, state=ListState.RELEASED, released_at=now, ground=ground, figures=figures)
    assert services.lists.move(released, seen=begun)
    return list_id


def put_outcome(services, list_id, *, by, now):
    """Put the outcome of a call to the first customer of the list into a bank, and return it."""
    call = Outcome("lead-0", now, OutcomeKind.NO_ANSWER, "r1", 0.2, 0.113, list_id=list_id, attempt=1, by=by)
    return services.outcomes.record(call)
