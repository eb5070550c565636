"""Whom of a plan others put on their lists between the look at it and its release."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from smartbank.core.bank_settings import BankSettings
from smartbank.core.call_lists import CallList, ListState
from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.moments import to_milliseconds
from smartbank.core.work import Work
from smartbank.errors import ListConstraintError
from smartbank.services.eligible import ListPorts, eligible_leads
from smartbank.services.list_planning import plan_of, with_numbers

_WITH_CUSTOMERS: Final = (ListState.RELEASING, ListState.RELEASED)


@dataclass(frozen=True)
class TakenMeanwhile:
    """What other lists changed of a plan.

    Attributes
    ----------
    by_list : mapping of str to int
        Customers of the plan by the list that has them now.
    replaced : int
        How many others came on in their place.
    """

    by_list: Mapping[str, int]
    replaced: int


def plan_seen_at(work: Work) -> datetime:
    """Return when whoever queued a release looked at the plan; one queued by a SmartBank of before does not say."""
    seen_at = work.request.get("seen_at")
    return datetime.fromisoformat(seen_at) if seen_at else work.created_at


def taken_meanwhile(
    call_list: CallList,
    entries: Collection[str],
    *,
    seen_at: datetime,
    settings: BankSettings,
    ports: ListPorts,
    now: datetime,
) -> TakenMeanwhile:
    """Return whom of a plan, as it was looked at, other lists have by now, for a release that has claimed its own.

    Parameters
    ----------
    entries : collection of str
        Ids of who is on the list that is being released.
    seen_at : datetime
        When the plan was looked at.
    """
    since = {
        each.list_id
        for each in ports.lists.recent(states=_WITH_CUSTOMERS)
        if each.list_id != call_list.list_id
        and (each.released_at is None or each.released_at >= to_milliseconds(seen_at))
    }
    claimed = ports.lists.claimed() if since else {}
    holders = {customer: holder for customer, holder in claimed.items() if holder in since}
    if not holders:
        return TakenMeanwhile({}, 0)
    passed_over = {call_list.list_id, *since}
    request = call_list.request
    possible = eligible_leads(request.run_id, ports=ports, now=now, passing_over=passed_over)
    ranked = with_numbers(possible, request).ranked
    try:
        plan = plan_of(request, ranked, settings=settings)
    except ListConstraintError:  # nobody can have looked at a plan that cannot be
        return TakenMeanwhile({}, 0)
    looked_at = ranked.loc[plan.roles != "", CUSTOMER_ID].tolist()
    by_list = Counter(holders[customer] for customer in looked_at if customer in holders)
    came = len(set(entries) - set(looked_at))
    return TakenMeanwhile(dict(by_list), min(came, by_list.total()))
