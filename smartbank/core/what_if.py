"""What somebody asks about a customer: other values, in another market; nothing of it is true, or kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from smartbank.core.fields import FIELD, LEAD_COLUMNS, UNKNOWN
from smartbank.core.market.points import MarketPoint

Value = str | float | None
"""A value of a field; None is unknown."""
NEVER: Final = "nonexistent"
"""Outcome of the last campaign of somebody who was in none."""


@dataclass(frozen=True)
class WhatIf:
    """Values a customer might have, and the market they might be called in.

    Attributes
    ----------
    values : mapping of str to Value
        The fields that are asked about, of `LEAD_COLUMNS`; the others are as they are.
    market : MarketPoint or None
        None is the market of the run.
    """

    values: Mapping[str, Value]
    market: MarketPoint | None = None

    @property
    def is_nothing(self) -> bool:
        """Whether nothing is asked."""
        return not self.values and self.market is None

    def applied(self, lead: pd.Series) -> pd.Series:
        """Return a lead with these values in place of its own."""
        return pd.Series({name: self.values.get(name, lead[name]) for name in LEAD_COLUMNS}, dtype=object)


def value_of(name: str, value: Any) -> Value:  # noqa: ANN401  whatever a frame or a control holds
    """Return a field's value as it is compared: a level, a number or None for unknown.

    Raises
    ------
    ValueError
        The field has no such level, or the number is outside its range or not whole.
    """
    field = FIELD[name]
    if pd.isna(value) or value == UNKNOWN:
        return None
    if field.kind == "category":
        if value not in field.levels:
            raise ValueError(f"{field.label} cannot be {str(value)[:50]}.")
        return str(value)
    number = float(value)
    if not field.low <= number <= field.high or number != int(number):
        raise ValueError(f"{field.label} must be a whole number from {field.low:g} to {field.high:g}.")
    return number


def stored_value(name: str, value: Any) -> Value:  # noqa: ANN401
    """Return a field's value as `value_of` does, and as it is where it could not be brought in today."""
    try:
        return value_of(name, value)
    except ValueError:
        return value if isinstance(value, str) else float(value)


def changes(before: Mapping[str, Any] | pd.Series, after: Mapping[str, Any] | pd.Series) -> dict[str, Value]:
    """Return the fields whose value is another one after, with that value, in the order of `LEAD_COLUMNS`."""
    pairs = {name: (stored_value(name, before[name]), stored_value(name, after[name])) for name in LEAD_COLUMNS}
    return {name: new for name, (old, new) in pairs.items() if old != new}


def contradictions(values: Mapping[str, Any] | pd.Series) -> list[str]:
    """Return in sentences which values of a lead cannot be true together.

    In the training data everybody with an outcome of an earlier campaign had contacts in one, and the other way round.
    """
    asked = ("poutcome", "previous", "days_since_contact")
    outcome, earlier, days = (stored_value(name, values[name]) for name in asked)
    found = []
    if outcome == NEVER and isinstance(earlier, float) and earlier > 0:
        found.append("There were contacts in earlier campaigns, so the last one has an outcome.")
    if outcome not in (None, NEVER) and earlier == 0:
        found.append("The last campaign has an outcome, so there were contacts in it.")
    if days is not None and earlier == 0:
        found.append("Somebody was contacted before, so there were contacts in an earlier campaign.")
    return found
