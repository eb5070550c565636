"""Use cases around stored customers: find them, look at one."""

import pandas as pd

from smartbank.core.customers import CustomerQuery
from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.ports import CustomerRepository, FrameStore
from smartbank.errors import NotFoundError
from smartbank.services.latest_scores import latest_scores


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
        raise NotFoundError("There is no such customer. Check the id, or search by name.")
    return found.iloc[0]
