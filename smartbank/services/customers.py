"""Use cases around stored customers: select them by a query, search one by name, read a page of them."""

import pandas as pd

from smartbank.core.customers import NO_SUCH_CUSTOMER, CustomerQuery
from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.people import Actor, Right
from smartbank.core.ports import CustomerRepository, FrameStore
from smartbank.errors import NotFoundError
from smartbank.services.latest_scores import latest_scores


def select_customers(
    query: CustomerQuery, *, by: Actor, customers: CustomerRepository, frames: FrameStore
) -> list[str]:
    """Return the ids of the customers a query means, in its order, as candidates to be ranked."""
    by.require(Right.SEE_LEADS)
    return found_customers(query, customers=customers, frames=frames)


def search_customers(text: str, *, by: Actor, customers: CustomerRepository) -> list[str]:
    """Return the ids of the customers whose id or words of whose name are like a text."""
    by.require(Right.SEE_CUSTOMER)
    return customers.ids(CustomerQuery(text=text))


def load_customers(
    customer_ids: list[str], *, by: Actor, customers: CustomerRepository, frames: FrameStore
) -> pd.DataFrame:
    """Return the stored ones of some customers, in the order asked for, each with the latest score.

    Returns
    -------
    DataFrame of shape (n_found, n_columns + 2)
        What the repository loads, `latest_propensity` in [0, 1] and `latest_band`, missing for one never scored.
    """
    by.require(Right.SEE_CUSTOMER)
    found = customers.load(customer_ids)
    latest = latest_scores(frames=frames).set_index(CUSTOMER_ID).reindex(found[CUSTOMER_ID])
    return found.assign(
        latest_propensity=latest["propensity"].astype("float64").array, latest_band=latest["band"].array
    )


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
