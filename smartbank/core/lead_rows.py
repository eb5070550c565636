"""A lead as a row: for the few leads of a request, where a frame would cost more than what is done with it."""

from collections.abc import Mapping
from typing import Any

LeadRow = Mapping[str, Any]
"""What a frame of leads holds in one row, by column: texts as `str`, numbers as float, NaN for unknown."""


def is_unknown(value: object) -> bool:
    """Whether a value of a row is unknown: None and NaN are."""
    return value is None or value != value  # noqa: PLR0124  NaN alone is not itself
