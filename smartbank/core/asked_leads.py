"""A lead as a program asks for it: what it says of a customer, put over what is stored of them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from smartbank.core.fields import CONSENT_COLUMNS, CUSTOMER_COLUMNS, CUSTOMER_ID, FIELD
from smartbank.core.lead_rows import LeadRow, is_unknown
from smartbank.core.moments import to_milliseconds

MAX_ASKED: Final = 1_000
"""Leads of one request."""

AT_ONCE: Final = 100
"""New customers that are kept in one step with what was predicted of them."""

Value = str | float | None


@dataclass(frozen=True)
class AskedLead:
    """One lead of a request.

    Attributes
    ----------
    customer_id : str
        A stored customer's, a new one's, or empty for somebody who is to get one.
    said : mapping
        Of `LEAD_COLUMNS` what the request says; None for unknown. What it leaves out stays as it is stored.
    market : mapping
        Of `MARKET_COLUMNS` what the request brings of its own; empty for the market in force.
    """

    customer_id: str = ""
    said: Mapping[str, Value] = field(default_factory=dict)
    market: Mapping[str, float] = field(default_factory=dict)


def asked_row(lead: AskedLead, stored: LeadRow | None, *, now: datetime) -> tuple[dict[str, Any], bool]:
    """Return one row to save, `CUSTOMER_COLUMNS` wide, and whether anything in it is new.

    Of somebody stored it says the `customer_version` too. It says nothing of consent: a mark set meanwhile stays.

    The days since the last contact were true when they were brought: where something else changes and the request says
    nothing of them, they go on by the days that have passed.

    Parameters
    ----------
    stored : mapping or None
        The customer as `CustomerRepository.load_rows` returns it; None for nobody.
    """
    row: dict[str, Any] = dict.fromkeys(CUSTOMER_COLUMNS, math.nan)
    if stored is not None:
        row |= {name: stored[name] for name in CUSTOMER_COLUMNS if name not in CONSENT_COLUMNS}
        row["customer_version"] = stored["customer_version"]
    row[CUSTOMER_ID] = lead.customer_id
    said = {name: math.nan if value is None else value for name, value in lead.said.items()}
    is_new = stored is None or any(not _is_same(row[name], value) for name, value in said.items())
    if stored is not None and is_new:
        row["days_since_contact"] = _aged(row["days_since_contact"], stored["updated_at"], now)
    return row | said, is_new


def stored_row(row: LeadRow, *, source_name: str, at: datetime) -> dict[str, Any]:
    """Return the row of somebody new as it will be stored, as wide as `CustomerRepository.load_rows` returns it."""
    unknown = dict.fromkeys(CONSENT_COLUMNS, math.nan)
    said = {"customer_version": 1, "synthetic": False, "source_name": source_name}
    return {**row, **unknown, **said, **dict.fromkeys(("updated_at", "phone_since"), to_milliseconds(at))}


def _is_same(one: object, other: object) -> bool:
    return (is_unknown(one) and is_unknown(other)) or bool(one == other)


def _aged(days: float, since: datetime, now: datetime) -> float:
    most = FIELD["days_since_contact"].high
    return days if is_unknown(days) else min(most, days + max(0, (now - since).days))
