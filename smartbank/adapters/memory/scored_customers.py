"""New customers with what was predicted of them, in memory."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.lead_rows import LeadRow
from smartbank.core.ports import CustomerRepository, PredictionRepository


class MemoryScoredCustomers:
    """Keeps them in the repositories of both; for tests, in one thread."""

    def __init__(self, customers: CustomerRepository, predictions: PredictionRepository) -> None:
        self._customers = customers
        self._predictions = predictions

    def add_new(
        self,
        customers: Sequence[LeadRow],
        predictions: Sequence[Mapping[str, Any]],
        *,
        source: Mapping[str, Any],
        saved_at: datetime,
    ) -> bool:
        if self._customers.load_rows([str(each[CUSTOMER_ID]) for each in customers]):
            return False
        self._customers.save_rows(customers, source=source, saved_at=saved_at)
        self._predictions.save_many([dict(each) for each in predictions])
        return True
