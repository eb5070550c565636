"""Use case: load synthetic demo customers, and rank them."""

from datetime import datetime
from typing import Final

import pandas as pd

from smartbank.core.customers import CustomerQuery, SaveCounts
from smartbank.core.ports import CustomerRepository, WorkQueue
from smartbank.services.runs import RunSource, queue_run

DEMO_SOURCE: Final = {"kind": "demo", "name": "synthetic demo customers", "synthetic": True}
_SAVE_ROWS: Final = 5_000


def load_demo(
    synthetic: pd.DataFrame, *, customers: CustomerRepository, queue: WorkQueue, loaded_by: str, now: datetime
) -> SaveCounts:
    """Keep synthetic customers, marked as such, and queue a run that ranks every stored customer.

    Parameters
    ----------
    synthetic : DataFrame of shape (n_customers, 15)
        `CUSTOMER_COLUMNS` wide; the same customers again change nothing.
    """
    counts = SaveCounts()
    for start in range(0, len(synthetic), _SAVE_ROWS):
        counts += customers.save_many(synthetic.iloc[start : start + _SAVE_ROWS], source=DEMO_SOURCE, saved_at=now)
    source = RunSource.of_query(CustomerQuery(), "all customers")
    queue_run(source, market="snapshot", queue=queue, queued_by=loaded_by, now=now)
    return counts
