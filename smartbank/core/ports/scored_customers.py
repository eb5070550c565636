"""Where somebody new is kept together with what was predicted of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from smartbank.core.lead_rows import LeadRow


class ScoredCustomers(Protocol):
    """Keeps new customers and their predictions at once."""

    def add_new(
        self,
        customers: Sequence[LeadRow],
        predictions: Sequence[Mapping[str, Any]],
        *,
        source: Mapping[str, Any],
        saved_at: datetime,
    ) -> bool:
        """Keep new customers and predictions of a request, all of them or nothing.

        As `CustomerRepository.save_rows` and `PredictionRepository.save_many` keep them. False, and nothing is kept,
        where one of them is stored already, or where the database cannot do it in one step.

        Parameters
        ----------
        customers : sequence of mapping
            `AT_ONCE` at most.
        """
        ...
