"""Use cases: release a list, which the worker does, and end one.

A release is a state machine over claims, not a transaction: the list is kept as being released, its customers are
claimed one by one, who is claimed by another list comes off, the entries are kept, and the list is marked released. It
is safe to repeat from the start at any point; a list whose release ended without that mark gives its claims up.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import numpy as np
import pandas as pd

from smartbank.core.assignment import Assignment, assign
from smartbank.core.audit import AuditAction
from smartbank.core.bank_settings import BankSettings
from smartbank.core.call_lists import CallList, ListFigures, ListGround, ListRequest, ListState, on_list
from smartbank.core.exclusion import contacts_since
from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.hold_out import Role
from smartbank.core.list_entries import data_hash, list_owner, off_owner
from smartbank.core.list_plan import ListPlan
from smartbank.core.list_value import list_value
from smartbank.core.people import Actor, Right
from smartbank.core.ports import AuditLog, UserRepository
from smartbank.core.rules import rules_from
from smartbank.core.work import Progress, Work, WorkKind, WorkState
from smartbank.core.work_ids import new_work_id
from smartbank.errors import (
    ConflictError,
    ListConstraintError,
    NotFoundError,
    SmartBankError,
    StorageError,
    WorkCancelledError,
)
from smartbank.services.agents import require_agents
from smartbank.services.auditing import audited
from smartbank.services.eligible import Eligible, ListPorts, eligible_leads, off_counts, off_frame
from smartbank.services.exporting import hand_out
from smartbank.services.list_names import hold_name, require_free_name
from smartbank.services.list_planning import plan_of, with_numbers
from smartbank.services.removal_plans import wait_for_removals
from smartbank.services.runs import Run, load_run
from smartbank.services.taken_meanwhile import plan_seen_at, taken_meanwhile

CLAIMS_A_STEP: Final = 5_000
_GRACE: Final = timedelta(minutes=10)
"""How long after a list was begun its work may be missing: it is queued just after."""


def queue_release(
    request: ListRequest,
    *,
    by: Actor,
    ports: ListPorts,
    users: UserRepository,
    audit: AuditLog,
    now: datetime,
    seen_at: datetime | None = None,
) -> str:
    """Queue the release of a list, in the name of who asks for it, and return the list's id.

    Parameters
    ----------
    seen_at : datetime or None
        When who asks looked up who may come on it: whom others took since is said with the list. None for now.

    Raises
    ------
    NotFoundError
        The run is no longer kept.
    ListConstraintError
        An agent may no longer sign in, or is none, or another list that is not over has this name.
    """
    with audited(AuditAction.RELEASE_LIST, "call list", by=by, audit=audit, now=now) as said:
        by.require(Right.RELEASE_LISTS)
        require_agents(request.agents, users=users)
        require_free_name(request.name, lists=ports.lists)
        run = load_run(request.run_id, queue=ports.queue)
        if run.work.state is not WorkState.DONE:
            raise NotFoundError("These ranked leads are no longer kept. Rank the leads again, then plan the list.")
        list_id = said.object_id = new_work_id(now)
        said.details |= {"step": "queued", "run": run.run_id, "seed": request.seed, "agents": len(request.agents)}
        begun = CallList(list_id, request, by.username, now)
        ports.lists.begin(begun)
        try:
            hold_name(begun, lists=ports.lists)  # of several at once one gets it
        except SmartBankError:
            give_up(begun, ports=ports)
            raise
        asked = {"list_id": list_id, "list_name": request.name, "seen_at": (seen_at or now).isoformat()}
        ports.queue.add(Work(list_id, WorkKind.LIST, by.username, now, asked))
    return list_id


def release_list(work: Work, report: Callable[[Progress], None], *, ports: ListPorts) -> dict[str, Any]:
    """Release a queued list and return its figures: `called`, `control`, `exploration`, `without_number`, ...

    Raises
    ------
    NotFoundError
        The run is no longer kept.
    ListConstraintError
        Nobody is left to call; the message says what to do.
    WorkCancelledError
        Raised by `report` when the release was cancelled; nobody stays claimed.
    """
    wait_for_removals(work.work_id, report, queue=ports.queue)
    call_list = ports.lists.find(work.request["list_id"])
    if call_list.state is ListState.RELEASED:  # a worker was lost after the mark
        return _result(call_list)
    try:
        return _result(_released(call_list, plan_seen_at(work), report, ports))
    except WorkCancelledError:
        if ports.queue.find(work.work_id).state is WorkState.CANCELLED:  # else another worker goes on with it
            give_up(call_list, ports=ports)
        raise
    except StorageError:
        raise  # it is tried again
    except SmartBankError:
        give_up(call_list, ports=ports)
        raise


def take_back_cancelled(work: Work, *, ports: ListPorts) -> None:
    """Take back a list that was released in the moment its release was cancelled: whoever cancelled it was told so."""
    if work.state is WorkState.CANCELLED:
        call_list = ports.lists.find(work.request["list_id"])
        if call_list.state is ListState.RELEASED:
            give_up(call_list, ports=ports)


def give_up_broken_off(*, ports: ListPorts) -> int:
    """Give up the lists whose release has ended without releasing them, and return how many that were."""
    left = [each for each in ports.lists.in_state(ListState.RELEASING) if _has_ended(each, ports)]
    for call_list in left:
        give_up(call_list, ports=ports)
    return len(left)


def _has_ended(call_list: CallList, ports: ListPorts) -> bool:
    try:
        return ports.queue.find(call_list.list_id).state.is_final
    except NotFoundError:
        return call_list.created_at < datetime.now(UTC) - _GRACE


def give_up(call_list: CallList, *, ports: ListPorts) -> None:
    """Mark a list whose release did not end well as failed, and let its customers go. Safe to repeat."""
    if ports.lists.move(replace(call_list, state=ListState.FAILED), seen=call_list):
        ports.lists.free(call_list.list_id)
        ports.frames.delete(list_owner(call_list.list_id))
        ports.frames.delete(off_owner(call_list.list_id))


def _released(call_list: CallList, seen_at: datetime, report: Callable[[Progress], None], ports: ListPorts) -> CallList:
    now = datetime.now(UTC)
    report(Progress("Planning the list"))
    ports.lists.free(call_list.list_id)  # what an earlier, broken try had claimed
    settings = ports.settings.current()
    possible = eligible_leads(call_list.request.run_id, ports=ports, now=now, passing_over=[call_list.list_id])
    eligible = with_numbers(possible, call_list.request)
    plan = plan_of(call_list.request, eligible.ranked, settings=settings)
    entries = _entries(eligible, plan)
    held = _claimed(call_list.list_id, entries[CUSTOMER_ID].tolist(), report, ports)
    entries = _without(entries, held)
    entries["agent"] = _agents(entries, call_list.request, ports, now)
    hand_out(eligible.run.run_id, taken_by=call_list.created_by, queue=ports.queue, now=now)
    report(Progress("Keeping the list", len(entries), len(entries)))
    off = pd.concat(
        [eligible.off, off_frame({name: on_list(holder) for name, holder in held.items()})], ignore_index=True
    )
    ports.frames.append(list_owner(call_list.list_id), 0, entries)
    ports.frames.append(off_owner(call_list.list_id), 0, off)
    on_it = entries[CUSTOMER_ID].tolist()
    taken = taken_meanwhile(call_list, on_it, seen_at=seen_at, settings=settings, ports=ports, now=now)
    figures = _figures(entries, eligible, settings, off)
    released = replace(
        call_list,
        state=ListState.RELEASED,
        released_at=now,
        ground=_ground(eligible, settings),
        figures=replace(figures, taken=taken.by_list, replaced=taken.replaced),
    )
    if not ports.lists.move(released, seen=call_list):
        raise ConflictError("This release was given up meanwhile. Plan the list again.")
    return released


def _entries(eligible: Eligible, plan: ListPlan) -> pd.DataFrame:
    """Return the ranked leads on the list with place and role, in the order of rank."""
    on_list = plan.roles != ""
    entries: pd.DataFrame = eligible.ranked[on_list].assign(
        place=plan.places[on_list], role=pd.Series(plan.roles[on_list].astype(str), dtype="str").array
    )
    return entries


def _claimed(
    list_id: str, customer_ids: list[str], report: Callable[[Progress], None], ports: ListPorts
) -> dict[str, str]:
    """Claim customers, some thousand at a time, and return those another list was faster with."""
    held: dict[str, str] = {}
    for start in range(0, len(customer_ids), CLAIMS_A_STEP):
        report(Progress("Claiming the customers", start, len(customer_ids)))
        held |= ports.lists.claim(list_id, customer_ids[start : start + CLAIMS_A_STEP])
    return held


def _without(entries: pd.DataFrame, held: dict[str, str]) -> pd.DataFrame:
    """Return the entries without those another list has; who is left moves up in the order of calling."""
    kept = entries[~entries[CUSTOMER_ID].isin(list(held))].reset_index(drop=True)
    called = kept["place"] > 0
    if not called.any():
        raise ListConstraintError("All of these customers are on other lists by now. Plan the list again.")
    order = kept["place"].rank(method="first") - int((~called).sum())
    return kept.assign(place=np.where(called, order, 0).astype(np.int64))


def _agents(entries: pd.DataFrame, request: ListRequest, ports: ListPorts, now: datetime) -> "pd.Series[str]":
    agents = pd.Series("", index=entries.index, dtype="str")
    if not request.agents:
        return agents
    called = entries[entries["place"] > 0].sort_values("place")
    owners: list[str] = []
    if request.assignment is Assignment.BY_OWNER:
        calls = ports.outcomes.contacts(contacts_since(ports.rules.current(), now))
        last_caller = dict(zip(calls[CUSTOMER_ID], calls["by"], strict=True))
        owners = [last_caller.get(customer_id, "") for customer_id in called[CUSTOMER_ID]]
    propensities = called["propensity"].to_numpy(dtype=np.float64)
    agents.loc[called.index] = assign(propensities, agents=request.agents, how=request.assignment, owners=owners)
    return agents


def _ground(eligible: Eligible, settings: BankSettings) -> ListGround:
    run: Run = eligible.run
    return ListGround(
        model_version=run.result["model_version"],
        base_rate=run.level.base_rate,
        base_rate_market=rules_from(run.result["rules"]).base_rate_market,
        correction=run.level.correction,
        market_date=f"{run.snapshot.as_of:%Y-%m}",
        cost_of_call=settings.cost_of_call,
        value_of_sale=settings.value_of_sale,
        currency=settings.currency,
        settings_version=settings.version,
        rules_version=eligible.rules_version,
    )


def _figures(entries: pd.DataFrame, eligible: Eligible, settings: BankSettings, off: pd.DataFrame) -> ListFigures:
    called = entries["place"] > 0
    everyone = eligible.ranked["propensity"].to_numpy(dtype=np.float64)
    value = list_value(
        entries.loc[called, "propensity"].to_numpy(dtype=np.float64),
        everyone,
        level_error=eligible.level_error or 0.0,
        cost_of_call=settings.cost_of_call,
        value_of_sale=settings.value_of_sale,
    )
    return ListFigures(
        called=int(called.sum()),
        control=int((entries["role"] == Role.CONTROL).sum()),
        exploration=int((entries["role"] == Role.EXPLORATION).sum()),
        expected_sales=value.sales.expected,
        sales_low=value.sales.low,
        sales_high=value.sales.high,
        random_sales=value.at_random.expected,
        left_out=off_counts(off),
        data_hash=data_hash(entries),
        without_number=_without_number(entries[called], eligible),
        level_error=eligible.level_error,
    )


def _without_number(called: pd.DataFrame, eligible: Eligible) -> int:
    return int(called[CUSTOMER_ID].isin(eligible.ranked[CUSTOMER_ID][~eligible.has_number]).sum())


def _result(call_list: CallList) -> dict[str, Any]:
    figures = call_list.figures
    if figures is None:
        raise NotFoundError("This list was not released.")
    return {
        "called": figures.called,
        "control": figures.control,
        "exploration": figures.exploration,
        "without_number": figures.without_number,
        "on_other_lists": figures.on_other_lists,
        "data_hash": figures.data_hash,
        "taken": sum(figures.taken.values()),
        "replaced": figures.replaced,
    }
