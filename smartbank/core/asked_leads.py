"""A lead as a program asks for it: what it says of a customer, put over what is stored of them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import pandas as pd

from smartbank.core.fields import CUSTOMER_COLUMNS, CUSTOMER_ID, FIELD, LEAD_COLUMNS

MAX_ASKED: Final = 1_000
"""Leads of one request."""

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


def asked_row(lead: AskedLead, stored: pd.Series | None, *, now: datetime) -> tuple[dict[str, Any], bool]:
    """Return one row, `CUSTOMER_COLUMNS` wide, and whether anything in it is new.

    The days since the last contact were true when they were brought: where something else changes and the request says
    nothing of them, they go on by the days that have passed.

    Parameters
    ----------
    stored : Series or None
        `CUSTOMER_COLUMNS` and `updated_at` of the customer as stored; None for nobody.
    """
    row: dict[str, Any] = dict.fromkeys(CUSTOMER_COLUMNS, math.nan)
    if stored is not None:
        row |= {name: stored[name] for name in CUSTOMER_COLUMNS}
    row[CUSTOMER_ID] = lead.customer_id
    said = {name: math.nan if value is None else value for name, value in lead.said.items()}
    is_new = stored is None or any(not _is_same(row[name], value) for name, value in said.items())
    if stored is not None and is_new:
        row["days_since_contact"] = _aged(row["days_since_contact"], stored["updated_at"], now)
    return row | said, is_new


def asked_frame(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Return rows of `asked_row` as the one frame shape: texts as `str`, numbers as float64, NaN for unknown."""
    numbers = {name for name in LEAD_COLUMNS if FIELD[name].kind != "category"}
    return pd.DataFrame(
        {
            name: pd.Series([row[name] for row in rows], dtype="float64" if name in numbers else "str")
            for name in CUSTOMER_COLUMNS
        }
    )


def _is_same(one: Any, other: Any) -> bool:  # noqa: ANN401  any cell of a frame
    return bool(pd.isna(one) and pd.isna(other)) or bool(one == other)


def _aged(days: float, since: datetime, now: datetime) -> float:
    most = FIELD["days_since_contact"].high
    return days if pd.isna(days) else min(most, days + max(0, (now - since).days))
