"""What cells of a column come to, a different text at a time: in an upload, and in a ranking from file to file."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from smartbank.core.cells import level_of, number_of
from smartbank.core.columns import label_of
from smartbank.core.counts import Counts
from smartbank.core.fields import CONSENT_COLUMNS, CUSTOMER_ID, NEVER_CONTACTED, UNKNOWN, Field
from smartbank.core.tables import MAX_CELL

TEMPLATE_NOTE: Final = "allowed values"
"""Customer id of the template's row that describes the columns; such a row is passed over."""
SHOWN: Final = 200
"""Letters of a cell that are said of it where it cannot be used."""
_SHOWN_CATEGORY: Final = 50
TOO_LONG: Final = f"The cell has more than {MAX_CELL:,} characters."
DUPLICATE: Final = f"Duplicate {label_of(CUSTOMER_ID).lower()}: the first row is used."

Value = str | float | None
"""None for unknown."""


@dataclass(frozen=True)
class ReadTexts:
    """The different texts of a column, read.

    Attributes
    ----------
    values : sequence of str, float or None
        What each text means.
    problems : mapping of str to str
        By text, why rows that hold it are set aside.
    counts : Counts
        Over the rows.
    """

    values: Sequence[Value]
    problems: Mapping[str, str]
    counts: Counts


def read_texts(field: Field, texts: Sequence[str], often: Sequence[int]) -> ReadTexts:
    """Return what the different texts of a lead's or a consent field mean.

    Parameters
    ----------
    often : sequence of int
        How many rows hold each text.
    """
    return (_categories if field.kind == "category" else _numbers)(field, texts, often)


def _categories(field: Field, texts: Sequence[str], often: Sequence[int]) -> ReadTexts:
    levels = [level_of(field, text) for text in texts]
    values = [None if level == UNKNOWN else level for level in levels]
    nobody_knows = {text: rows for text, rows, level in zip(texts, often, levels, strict=True) if level is None}
    if field.name in CONSENT_COLUMNS:  # not guessed: a mark nobody can read may be an objection
        reason = f"{field.label} is neither yes nor no, so the row is not used."
        return ReadTexts(values, dict.fromkeys(nobody_knows, reason), Counts())
    shown: Counter[tuple[str, str]] = Counter()
    for text, rows in nobody_knows.items():
        shown[field.name, " ".join(text[:_SHOWN_CATEGORY].split())] += rows
    return ReadTexts(values, {}, Counts(unknown_rows=Counter({field.name: shown.total()}), unknown_values=shown))


def _numbers(field: Field, texts: Sequence[str], often: Sequence[int]) -> ReadTexts:
    numbers = [number_of(field, text) for text in texts]
    values = [None if np.isnan(number.value) else number.value for number in numbers]
    problems = {text: number.problem for text, number in zip(texts, numbers, strict=True) if number.problem}
    outside = sum(rows for rows, number in zip(often, numbers, strict=True) if number.is_out_of_range)
    counts = Counts(out_of_range=Counter({field.name: outside}))
    if field.name == "days_since_contact":
        never = sum(rows for rows, value in zip(often, values, strict=True) if value == NEVER_CONTACTED)
        counts += Counts(never_contacted=never)
        values = [None if value == NEVER_CONTACTED else value for value in values]
    return ReadTexts(values, problems, counts)
