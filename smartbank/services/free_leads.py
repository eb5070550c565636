"""Use cases: who is on a running list, and how many leads that are worth a call are on none."""

from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.people import Actor, Right
from smartbank.core.ports import CallListRepository, CustomerRepository, FrameStore, SettingsRepository
from smartbank.services.exporting import callable_leads


def on_lists(*, by: Actor, lists: CallListRepository) -> frozenset[str]:
    """Return the ids of all customers on lists that are not over, held out there or to be called."""
    by.require(Right.SEE_LEADS)
    return frozenset(lists.claimed())


def free_and_worth_calling(
    run_id: str,
    *,
    by: Actor,
    frames: FrameStore,
    customers: CustomerRepository,
    settings: SettingsRepository,
    lists: CallListRepository,
) -> int:
    """Return how many leads of a run are worth a call, may be called now and are on no list that is not over.

    None where the ranked leads are no longer kept.
    """
    leads = callable_leads(run_id, ["call"], by=by, frames=frames, customers=customers, settings=settings)
    worth = leads.loc[leads["call"].astype(bool), CUSTOMER_ID]
    return int((~worth.isin(on_lists(by=by, lists=lists))).sum())
