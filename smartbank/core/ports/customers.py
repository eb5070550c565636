"""Where customers are kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import pandas as pd

from smartbank.core.consent import Consent
from smartbank.core.customers import Comparison, CustomerQuery, SaveCounts
from smartbank.core.lead_rows import LeadRow


class CustomerRepository(Protocol):
    """Where customers are kept; one document a customer, the newest version."""

    def save_many(self, customers: pd.DataFrame, *, source: Mapping[str, Any], saved_at: datetime) -> SaveCounts:
        """Add or change customers; the frame is `CUSTOMER_COLUMNS` wide.

        An equal customer is left alone, a changed one gets the next version and its earlier one is kept. What the frame
        does not say of consent stays as it is, see `merged_consent`. Safe to repeat. `source` says where they came
        from (`kind`, `name`, `upload_id`, `synthetic`).
        """
        ...

    def save_rows(
        self, customers: Sequence[LeadRow], *, source: Mapping[str, Any], saved_at: datetime
    ) -> list[dict[str, Any]]:
        """Do what `save_many` does for some customers, each once, and return them as they are stored then.

        In their order, as `load_rows` returns them; who was deleted in the same moment is left out.
        """
        ...

    def set_marks(self, marks: pd.DataFrame, *, source: Mapping[str, Any], saved_at: datetime) -> int:
        """Set what bars stored customers, and nothing else of them; return how many got a new version by it.

        The frame is `MARK_COLUMNS` wide. No mark is taken away, customers who have theirs and unknown ids are left
        alone, and a customer stays synthetic or not. Safe to repeat. `source` is as in `save_many`.
        """
        ...

    def compare(self, customers: pd.DataFrame) -> Comparison:
        """Return what saving a frame, `CUSTOMER_COLUMNS` wide, would do; changes nothing."""
        ...

    def barred(self, *, require_consent: bool) -> Mapping[str, str]:
        """Return the ids of all customers who must not be called, each with its `ConsentState`."""
        ...

    def without_number(self) -> set[str]:
        """Return the ids of all customers of whom no phone number is stored."""
        ...

    def has_synthetic(self) -> bool:
        """Return whether any stored customer is synthetic."""
        ...

    def ids(self, query: CustomerQuery) -> list[str]:
        """Return the ids that match, in the order asked for (ties by id); `query.bands` is not looked at."""
        ...

    def ids_after(self, query: CustomerQuery, after: str, limit: int) -> list[str]:
        """Return the first so many ids after one, in the order of ids, of a query without text; see `ids`."""
        ...

    def load(self, customer_ids: list[str]) -> pd.DataFrame:
        """Return customers in the order asked for; unknown ids are left out.

        `CUSTOMER_COLUMNS` and `customer_version`, `synthetic`, `source_name`, `updated_at` wide.
        """
        ...

    def load_rows(self, customer_ids: list[str]) -> list[dict[str, Any]]:
        """Return what `load` does, as one row a customer; for a few."""
        ...

    def standing(self, customer_ids: list[str]) -> pd.DataFrame:
        """Return version, `synthetic`, `updated_at` and `CONSENT_COLUMNS` as stored, by id; unknown ids left out."""
        ...

    def contact_details(self, customer_ids: list[str]) -> pd.DataFrame:
        """Return `name`, `phone` and `synthetic`, one row an id in the order asked for; missing for unknown ids."""
        ...

    def load_versions(self, wanted: list[tuple[str, int]]) -> pd.DataFrame:
        """Return stored versions of customers, one row an (id, version) in the order asked for; unknown ones left out.

        As wide as `load`; also versions that were replaced since.
        """
        ...

    def sources(self, customer_id: str) -> dict[int, str]:
        """Return the upload or the program's request each kept version of a customer came from, by version.

        Also an upload that set or lifted marks alone. In the order of versions; one that came otherwise is left out.
        """
        ...

    def count(self) -> int:
        """Return how many customers are stored."""
        ...


@dataclass(frozen=True)
class Uploaded:
    """What one upload did to the stored customers, as far as it still stands.

    Attributes
    ----------
    added, changed : list of str
        Ids of the customers it added, and of those it changed, whose newest version still comes from the upload.
    changed_since : int
        Customers it added or changed that were changed again since, or of whom is no longer kept what they were before.
    """

    added: list[str]
    changed: list[str]
    changed_since: int


class CustomerCorrections(Protocol):
    """What is done to stored customers beside saving them: consent, undoing, removal."""

    def record_consent(
        self, customer_id: str, consent: Consent, *, version: int, source: Mapping[str, Any], saved_at: datetime
    ) -> int:
        """Give a customer other marks than version `version` had, and return the new version.

        Raises
        ------
        NotFoundError
            There is no such customer.
        ConflictError
            The customer was changed since.
        """
        ...

    def uploaded(self, upload_id: str) -> Uploaded:
        """Return which customers an upload added and changed."""
        ...

    def restore(self, customer_ids: list[str], upload_id: str, *, saved_at: datetime) -> int:
        """Give customers that an upload changed what they were before it, as a new version of the same origin.

        Returns
        -------
        int
            How many of them are as before now, those included that an earlier call restored. A customer whose newest
            version comes from somewhere else is left alone.
        """
        ...

    def note_replaced(self, at: datetime, *, at_most: int) -> int:
        """Note a moment on versions of which nobody noted when they were replaced, at most so many; return how many."""
        ...

    def forget_versions(self, before: datetime, *, at_most: int) -> int:
        """Delete versions that were replaced at a moment or before it, oldest first, at most so many; return how many.

        One of which nobody noted when it was replaced stays.
        """
        ...

    def synthetic_ids(self) -> list[str]:
        """Return the ids of all synthetic customers."""
        ...

    def erase(self, customer_id: str) -> bool:
        """Delete a customer with all versions and what uploads said of them; whether anything was there."""
        ...

    def delete(self, customer_ids: list[str], *, upload_id: str | None = None) -> int:
        """Delete customers with all their versions. Safe to repeat.

        Parameters
        ----------
        upload_id : str or None
            Only customers whose newest version comes from this upload; None means synthetic customers only. Whoever was
            changed meanwhile stays.

        Returns
        -------
        int
            How many of the customers are gone now, those included that an earlier call deleted.
        """
        ...
