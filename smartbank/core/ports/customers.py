"""Where customers are kept."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

import pandas as pd

from smartbank.core.customers import CustomerQuery, SaveCounts


class CustomerRepository(Protocol):
    """Where customers are kept; one document a customer, the newest version."""

    def save_many(self, customers: pd.DataFrame, *, source: Mapping[str, Any], saved_at: datetime) -> SaveCounts:
        """Add or change customers; the frame is `CUSTOMER_COLUMNS` wide.

        An equal customer is left alone, a changed one gets the next version and its earlier one is kept.
        Safe to repeat. `source` says where they came from (`kind`, `name`, `synthetic`).
        """
        ...

    def ids(self, query: CustomerQuery) -> list[str]:
        """Return the ids that match, in the order asked for (ties by id); `query.bands` is not looked at."""
        ...

    def load(self, customer_ids: list[str]) -> pd.DataFrame:
        """Return customers in the order asked for; unknown ids are left out.

        `CUSTOMER_COLUMNS` and `customer_version`, `synthetic`, `source_name`, `updated_at` wide.
        """
        ...

    def standing(self, customer_ids: list[str]) -> pd.DataFrame:
        """Return `customer_version` and `synthetic` as stored, one row an id; unknown ids are left out."""
        ...

    def contact_details(self, customer_ids: list[str]) -> pd.DataFrame:
        """Return `name`, `phone` and `synthetic`, one row an id in the order asked for; missing for unknown ids."""
        ...

    def load_versions(self, wanted: list[tuple[str, int]]) -> pd.DataFrame:
        """Return stored versions of customers, one row an (id, version) in the order asked for; unknown ones left out.

        As wide as `load`; also versions that were replaced since.
        """
        ...

    def count(self) -> int:
        """Return how many customers are stored."""
        ...
