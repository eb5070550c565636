"""Conditional frequencies of the training rows, kept beside the model: what demo customers are drawn from."""

from collections.abc import Sequence
from typing import Any, Final

import pandas as pd

AGE_STEP: Final = 5
RARE: Final = 5
"""Combinations of fewer rows are left out, so that no single person of the training data can be met again."""
MAX_ATTEMPT: Final = 8
MAX_PREVIOUS: Final = 4
UNKNOWN: Final = None

Cells = list[list[Any]]
"""Rows of values followed by a count."""


def demo_tables(frame: pd.DataFrame) -> dict[str, Any]:
    """Return the frequencies demo customers are drawn from, as JSON values.

    Parameters
    ----------
    frame : DataFrame
        Training rows with `LEAD_COLUMNS`.

    Returns
    -------
    dict
        By drawing step, the fields drawn (`fields`), the fields they depend on (`given`) and, for each value of those
        (joined by `|`), the combinations with their counts (`cells`). `age_band` is the lower end of five years.
    """
    rows = frame.assign(
        age_band=(frame["age"] // AGE_STEP * AGE_STEP).astype("int64"),
        age_group=(frame["age"] // 10 * 10).clip(upper=60).astype("int64"),
        attempt=frame["attempt"].clip(upper=MAX_ATTEMPT),
        previous=frame["previous"].clip(upper=MAX_PREVIOUS),
    )
    return {
        "steps": [
            _step(rows, ("job",), ()),
            _step(rows, ("age_band",), ("job",)),
            _step(rows, ("marital",), ("age_group",)),
            _step(rows, ("education",), ("job",)),
            _step(rows, ("default",), ("job",)),
            _step(rows, ("housing", "loan"), ()),
            _step(rows, ("contact", "previous", "poutcome", "days_since_contact"), ("age_group",)),
            _step(rows, ("attempt",), ("contact",)),
        ],
        "age_step": AGE_STEP,
    }


def given_key(values: Sequence[Any]) -> str:
    """Return the name of a combination of values in a step's cells; empty for a step that depends on nothing."""
    return "|".join("unknown" if pd.isna(value) else str(value) for value in values)


def _step(rows: pd.DataFrame, fields: tuple[str, ...], given: tuple[str, ...]) -> dict[str, Any]:
    counts = rows.groupby([*given, *fields], dropna=False, sort=True).size()
    cells: dict[str, Cells] = {}
    for key, count in counts.items():
        values = list(key) if isinstance(key, tuple) else [key]
        if count >= RARE:
            plain = [_plain(value) for value in values]
            cells.setdefault(given_key(plain[: len(given)]), []).append([*plain[len(given) :], int(count)])
    return {"fields": list(fields), "given": list(given), "cells": cells}


def _plain(value: Any) -> Any:  # noqa: ANN401  a level, a number or a missing value
    if pd.isna(value):
        return UNKNOWN
    return value if isinstance(value, str) else int(value)
