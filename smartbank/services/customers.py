"""Use cases around stored customers: select them by a query, search one by name, read a page of them."""

from bisect import bisect_right
from dataclasses import dataclass, replace

import pandas as pd

from smartbank.core.consent import barred_states, callable_states, consent_states
from smartbank.core.customers import NO_SUCH_CUSTOMER, CustomerQuery
from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.identity import clean_phone
from smartbank.core.people import Actor, Right
from smartbank.core.ports import CustomerRepository, FrameStore
from smartbank.errors import NotFoundError
from smartbank.services.latest_scores import latest_scores


@dataclass(frozen=True, eq=False)
class CustomerPage:
    """Some of the customers a query means, as `load_customers` returns them, and whether there are more."""

    rows: pd.DataFrame
    has_more: bool


def select_customers(
    query: CustomerQuery, *, by: Actor, require_consent: bool, customers: CustomerRepository, frames: FrameStore
) -> list[str]:
    """Return the ids of the customers a query means, in its order.

    Parameters
    ----------
    require_consent : bool
        Whether only who gave consent may be called. Asked for by band, nobody is found who may not: they show none.
    """
    by.require(Right.SEE_LEADS)
    if query.bands:
        may = callable_states(require_consent=require_consent)
        meant = tuple(state for state in may if not query.consent or state in query.consent)
        if not meant:
            return []
        query = replace(query, consent=meant)
    return found_customers(query, customers=customers, frames=frames)


def search_customers(text: str, *, by: Actor, customers: CustomerRepository, region: str | None = None) -> list[str]:
    """Return the ids of the customers whose id, phone or words of whose name are like a text.

    Parameters
    ----------
    region : str or None
        Country (two letters) of phone numbers written without a country code; None finds them as they are written.
    """
    by.require(Right.SEE_CUSTOMER)
    texts = dict.fromkeys(filter(None, (clean_phone(text, region), text)))
    return list(dict.fromkeys(found for each in texts for found in customers.ids(CustomerQuery(text=each))))


def load_customers(
    customer_ids: list[str], *, by: Actor, require_consent: bool, customers: CustomerRepository, frames: FrameStore
) -> pd.DataFrame:
    """Return the stored ones of some customers, in the order asked for, each with the latest score.

    Returns
    -------
    DataFrame of shape (n_found, n_columns + 4)
        What the repository loads, `consent_state`, `is_barred`, `latest_propensity` in [0, 1] and `latest_band`; these
        two are missing for one never scored, and for one who must not be called.
    """
    by.require(Right.SEE_CUSTOMER)
    found = customers.load(customer_ids)
    states = consent_states(found)
    is_barred = states.isin(barred_states(require_consent=require_consent))
    latest = latest_scores(frames=frames).set_index(CUSTOMER_ID).reindex(found[CUSTOMER_ID].mask(is_barred))
    return found.assign(
        consent_state=states,
        is_barred=is_barred,
        latest_propensity=latest["propensity"].astype("float64").array,
        latest_band=latest["band"].array,
    )


def page_of_customers(
    query: CustomerQuery,
    *,
    after: str,
    limit: int,
    by: Actor,
    require_consent: bool,
    customers: CustomerRepository,
    frames: FrameStore,
    region: str | None = None,
) -> CustomerPage:
    """Return some of the customers a query means, in the order of their ids.

    Parameters
    ----------
    after : str
        The id the page begins after; empty for the first page.
    region : str or None
        As in `search_customers`.
    """
    by.require(Right.SEE_LEADS)
    if query.text or query.bands:
        found = select_customers(
            replace(query, text=""), by=by, require_consent=require_consent, customers=customers, frames=frames
        )
        if query.text:
            like = set(search_customers(query.text, by=by, customers=customers, region=region))
            found = [each for each in found if each in like]
        ids = found[bisect_right(found, after) :][: limit + 1]
    else:
        ids = customers.ids_after(query, after, limit + 1)
    rows = load_customers(ids[:limit], by=by, require_consent=require_consent, customers=customers, frames=frames)
    return CustomerPage(rows, has_more=len(ids) > limit)


def contact_details(customer_ids: list[str], *, by: Actor, customers: CustomerRepository) -> pd.DataFrame:
    """Return name, phone and whether synthetic of each customer, in the order asked for."""
    by.require(Right.SEE_CUSTOMER)
    return customers.contact_details(customer_ids)


def found_customers(query: CustomerQuery, *, customers: CustomerRepository, frames: FrameStore) -> list[str]:
    """Return the ids of the customers a query means, in its order; bands are those of each customer's latest run."""
    ids = customers.ids(query)
    if not query.bands:
        return ids
    latest = latest_scores(frames=frames)
    meant = set(latest.loc[latest["band"].isin(query.bands), CUSTOMER_ID])
    return [customer_id for customer_id in ids if customer_id in meant]


def find_customer(customer_id: str, *, customers: CustomerRepository) -> pd.Series:
    """Return one stored customer, `CUSTOMER_COLUMNS` and what `load` adds in its index. Raises `NotFoundError`."""
    found = customers.load([customer_id])
    if found.empty:
        raise NotFoundError(NO_SUCH_CUSTOMER)
    return found.iloc[0]
