"""Who was erased, known by a keyed hash of the id alone."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Protocol

from smartbank.core.erasure import ErasureList


class ErasedCustomers(Protocol):
    """The marks of erased customers: nobody can tell an id from one without the data keys."""

    def begin(self, customer_id: str, *, on: date) -> str:
        """Remember that a customer is being erased, and return the mark; the first day stays. Safe to repeat."""
        ...

    def salt(self, customer_id: str) -> str:
        """Return the chance the customer's pseudonyms are made of: the same one until the erasure has ended."""
        ...

    def finish(self, customer_id: str) -> None:
        """Note that nothing of the customer is kept any more, and forget the chance. Safe to repeat."""
        ...

    def among(self, customer_ids: Collection[str]) -> Mapping[str, date]:
        """Return those of some ids that were erased, or are being erased, each with the day.

        True at the moment of asking: nothing older is believed, for nobody may come back by it.
        """
        ...

    def is_under_way(self, customer_id: str) -> bool:
        """Whether a customer's erasure has begun and not ended."""
        ...

    def lift(self, customer_id: str) -> str:
        """Forget that a customer was erased, and return the mark they were known by; empty where nobody knew."""
        ...

    def ended(self) -> int:
        """Return a number that grows whenever an erasure ends, and never falls, also where one is lifted.

        Another number says that what was looked up before may be gone.
        """
        ...

    def to_list(self) -> ErasureList:
        """Return all marks, to be known to another copy of the database."""
        ...

    def take_over(self, known: ErasureList) -> int:
        """Know the marks of a list too, and return how many are new.

        Raises `StorageError` where a secret is not known here, and the key it is sealed with is not here.
        """
        ...
