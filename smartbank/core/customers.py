"""Customers as they are kept: what a query may ask, and what saving a frame of leads did."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

import pandas as pd

Origin = Literal["both", "real", "demo"]
SortKey = Literal["customer_id", "age", "days_since_contact", "updated_at"]


@dataclass(frozen=True)
class CustomerQuery:
    """Which stored customers are meant; an empty field means any.

    Attributes
    ----------
    text : str
        Customer id, or words of the name; a word of three letters or more also finds longer words it begins.
    min_age, max_age : int or None
        Years, ends included.
    max_days_since_contact : int or None
        Contacted at most so many days before the data was brought in; None also means never contacted.
    never_contacted : bool
        Only customers without an earlier contact.
    bands : tuple of str
        Bands in each customer's latest run; answered from the latest scores, not from the customers.
    origin : str
        "real" leaves synthetic customers out, "demo" all others.
    consent : tuple of str
        What the marks of a customer come to (`ConsentState`).
    """

    text: str = ""
    jobs: tuple[str, ...] = ()
    marital: tuple[str, ...] = ()
    education: tuple[str, ...] = ()
    housing: tuple[str, ...] = ()
    loan: tuple[str, ...] = ()
    min_age: int | None = None
    max_age: int | None = None
    max_days_since_contact: int | None = None
    never_contacted: bool = False
    bands: tuple[str, ...] = ()
    origin: Origin = "both"
    consent: tuple[str, ...] = ()
    sort: SortKey = "customer_id"
    descending: bool = False

    @property
    def selects_everyone(self) -> bool:
        """Whether no filter is set but the origin: all real customers, or all demo ones, are everyone too."""
        return replace(self, sort="customer_id", descending=False, origin="both") == CustomerQuery()

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "CustomerQuery":
        """Return the query whose fields were kept as plain values, with lists for tuples."""
        plain: dict[str, Any] = {key: tuple(item) if isinstance(item, list) else item for key, item in values.items()}
        return cls(**plain)


def display_names(customers: pd.DataFrame) -> list[str]:
    """Return names as screens and exports write them, "Ana Silva (demo)" for a synthetic customer.

    Parameters
    ----------
    customers : DataFrame
        With columns `name` and `synthetic`; an empty text comes back where there is no name.
    """
    return [
        "" if pd.isna(name) else f"{name} (demo)" if synthetic else str(name)
        for name, synthetic in zip(customers["name"], customers["synthetic"], strict=True)
    ]


NO_SUCH_CUSTOMER: Final = "There is no such customer. Check the id, or search by name."
CHANGED_MEANWHILE: Final = "Somebody else changed this customer meanwhile. Look at the new values, then save again."
CHANGE_COLUMNS: Final = ("customer_id", "field", "before", "after")


@dataclass(frozen=True)
class SaveCounts:
    """What saving a frame of leads did to the stored customers."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0

    def __add__(self, other: "SaveCounts") -> "SaveCounts":
        """Return the counts of both."""
        return SaveCounts(self.added + other.added, self.changed + other.changed, self.unchanged + other.unchanged)


@dataclass(frozen=True)
class Comparison:
    """What saving a frame of leads would do, before it is done.

    Attributes
    ----------
    states : Counter
        The leads by consent (`ConsentState`) as it would be afterwards, what is stored included.
    changes : DataFrame
        `CHANGE_COLUMNS`, one row a field that would change, values as text; empty for unknown.
    """

    counts: SaveCounts
    states: Counter[str]
    changes: pd.DataFrame
