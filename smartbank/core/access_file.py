"""What a customer is handed who asks what is kept of them: parts with an explanation each, as plain JSON values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np
import pandas as pd

from smartbank.core.fields import CUSTOMER_ID, FIELD
from smartbank.core.processing import COLUMNS, processing_rows
from smartbank.core.score_purpose import HOW_A_SCORE_IS_MADE, SCORE_PURPOSE

FORMAT: Final = "SmartBank access file, version 1"
"""Another version says that names of parts or values changed their meaning."""
ABOUT: Final = (
    "Everything SmartBank keeps of one customer of the bank. It holds no data of other customers. Times are in UTC; "
    "null means unknown. Users of the bank are named by their user names."
)


_WHOLE: Final = 2.0**53


@dataclass(frozen=True)
class AccessPart:
    """One part of the file.

    Attributes
    ----------
    title, explanation : str
        The key it stands under, and what it is, for the customer.
    entries : sequence of mapping
        Plain values under words; moments as `datetime`.
    """

    title: str
    explanation: str
    entries: Sequence[Mapping[str, Any]]


def access_file(customer_id: str, parts: Iterable[AccessPart], *, made_at: datetime) -> dict[str, Any]:
    """Return the whole file as JSON values, in the order to be read."""
    return {
        "format": FORMAT,
        "made at": plain_json(made_at),
        "about this file": ABOUT,
        FIELD_LABELS[CUSTOMER_ID]: customer_id,
        "what scores are for": SCORE_PURPOSE,
        "how a score is made": HOW_A_SCORE_IS_MADE,
        **{part.title: _part(part) for part in parts},
        "what each field is for": [dict(zip(COLUMNS, row, strict=True)) for row in processing_rows()],
    }


FIELD_LABELS: Final = {CUSTOMER_ID: "Customer id"} | {name: field.label for name, field in FIELD.items()}
"""What the file calls each field."""


def labelled(values: Mapping[str, Any] | pd.Series, names: Iterable[str]) -> dict[str, Any]:
    """Return fields under what the bank calls them."""
    return {FIELD_LABELS[name]: values[name] for name in names}


def plain_json(value: Any) -> Any:  # noqa: ANN401  any value of a document or a cell
    """Return a value as JSON takes it: moments as text, what is missing as null, whole numbers without a point."""
    if isinstance(value, Mapping):
        return {str(key): plain_json(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain_json(each) for each in value]
    return _plain(value.item() if isinstance(value, np.generic) else value)


def _plain(value: Any) -> str | float | bool | None:  # noqa: ANN401
    if value is None or pd.isna(value):
        return None
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, float) and value.is_integer() and abs(value) < _WHOLE:
        return int(value)
    return value if isinstance(value, str | int | float) else str(value)


def _part(part: AccessPart) -> dict[str, Any]:
    return {"what this is": part.explanation, "entries": [plain_json(entry) for entry in part.entries]}
