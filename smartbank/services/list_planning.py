"""Use case: what a list would be and bring, before anybody releases it."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from smartbank.core.bank_settings import BankSettings
from smartbank.core.call_lists import ListRequest, ListState
from smartbank.core.fairness import groups_of
from smartbank.core.hold_out import seed_after
from smartbank.core.list_plan import ListPlan, plan_list
from smartbank.core.list_value import ListValue, list_value, next_hour_value
from smartbank.core.people import Actor, Right
from smartbank.core.ports import CallListRepository
from smartbank.core.shared_phones import n_sharing
from smartbank.errors import ListConstraintError
from smartbank.services.eligible import Eligible, ListPorts, eligible_leads


@dataclass(frozen=True, eq=False)
class PlannedList:
    """A list as it would be released now.

    Attributes
    ----------
    value : ListValue
        What its calls are expected to bring, with 80 % intervals.
    next_hour : float
        What one more hour of one agent would bring, in the bank's currency.
    """

    eligible: Eligible
    plan: ListPlan
    value: ListValue
    next_hour: float

    @property
    def without_number(self) -> int:
        """Of those called, how many have no phone number."""
        return int((~self.eligible.has_number[self.plan.called]).sum())

    @property
    def sharing_number(self) -> int:
        """Of those called, how many share a phone number with many others of them, see `n_sharing`."""
        return n_sharing(self.eligible.ranked[self.plan.called])


def leads_to_plan(run_id: str, *, by: Actor, ports: ListPorts, now: datetime) -> Eligible:
    """Return who of a run may come on a list now. Raises `NotFoundError` as `eligible_leads` does."""
    by.require(Right.SEE_LEADS)
    return eligible_leads(run_id, ports=ports, now=now)


def next_seed(*, by: Actor, lists: CallListRepository) -> str:
    """Return what the hold-out of the next list is drawn by; see `seed_after`."""
    by.require(Right.SEE_LEADS)
    newest = lists.recent(limit=1, states=(ListState.RELEASED, ListState.ENDED))
    return seed_after(newest[0].list_id if newest else "")


def planned_list(request: ListRequest, eligible: Eligible, *, settings: BankSettings, by: Actor) -> PlannedList:
    """Return the list a request asks for, out of who may come on it, and what it would bring.

    Raises
    ------
    ListConstraintError
        No such list is possible; the message says what to change.
    """
    by.require(Right.SEE_LEADS)
    eligible = with_numbers(eligible, request)
    plan = plan_of(request, eligible.ranked, settings=settings)
    propensities = eligible.ranked["propensity"].to_numpy(dtype=np.float64)
    money = {"cost_of_call": settings.cost_of_call, "value_of_sale": settings.value_of_sale}
    value = list_value(propensities[plan.called], propensities, level_error=eligible.level_error or 0.0, **money)
    next_hour = next_hour_value(
        propensities,
        plan,
        calls_per_hour=request.capacity.calls_per_hour,
        objective=request.objective,
        threshold=settings.rules.threshold,
        **money,
    )
    return PlannedList(eligible, plan, value, next_hour)


def with_numbers(eligible: Eligible, request: ListRequest) -> Eligible:
    """Return who may come on the list of a request. Raises `ListConstraintError` where nobody left has a number."""
    left = eligible.for_request(request)
    if len(eligible.ranked) and not len(left.ranked):
        raise ListConstraintError(
            "None of these customers has a phone number in SmartBank, so agents can call nobody. Bring the numbers in "
            "with a file, or plan the list without “Only customers with a phone number” for calls made elsewhere."
        )
    return left


def plan_of(request: ListRequest, ranked: pd.DataFrame, *, settings: BankSettings) -> ListPlan:
    """Return who of some leads is on the list a request asks for. Raises `ListConstraintError` as `plan_list` does."""
    return plan_list(
        ranked,
        calls=request.capacity.calls,
        hold_out=request.hold_out,
        seed=request.seed,
        objective=request.objective,
        threshold=settings.rules.threshold,
        groups=groups_of(ranked, request.share_field) if request.share_field else None,
        bounds=request.bounds or None,
        numbers=settings.numbers,
    )
