"""Conversion rates of the training rows by group of customers: the number in a reason's sentence."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from smartbank.core.fields import LEAD_COLUMNS
from smartbank.core.training_data import CONVERTED
from smartbank.ml.words import LEVEL_WORDS, RANGE_WORDS, UNKNOWN_WORDS

RateTable = Mapping[str, Mapping[str, tuple[float, int]]]
"""Field, group in words, then its conversion rate in [0, 1] and its number of training rows."""


def group_words(field: str, value: str | float | None) -> str | None:
    """Return the group of customers a field's value belongs to, in words; None for a category nobody knows."""
    if pd.isna(value):
        return UNKNOWN_WORDS[field]
    if field in LEVEL_WORDS:
        return LEVEL_WORDS[field].get(str(value))
    number = float(value)
    return next((words for end, words in RANGE_WORDS[field] if number < end), None)


def rate_table(frame: pd.DataFrame) -> dict[str, dict[str, tuple[float, int]]]:
    """Return the rate and the rows of every group that occurs in the training rows, for each of `LEAD_COLUMNS`."""
    return {name: _field_rates(name, frame) for name in LEAD_COLUMNS}


def from_json(values: Mapping[str, Any]) -> dict[str, dict[str, tuple[float, int]]]:
    """Return the table that was written as JSON."""
    return {
        field: {words: (float(rate), int(rows)) for words, (rate, rows) in groups.items()}
        for field, groups in values.items()
    }


def _field_rates(name: str, frame: pd.DataFrame) -> dict[str, tuple[float, int]]:
    values = frame[name].tolist()
    words = np.array([group_words(name, value) for value in values], dtype=object)
    converted = frame[CONVERTED].to_numpy()
    return {
        str(group): (round(float(converted[words == group].mean()), 6), int((words == group).sum()))
        for group in sorted({word for word in words if word is not None})
    }
