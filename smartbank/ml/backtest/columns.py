"""The columns standard models see: all of UCI's but `duration`, or the twelve fields of a lead alone."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from smartbank.core.fields import LEAD_FIELDS, MARKET_COLUMNS, NEVER_CONTACTED, UNKNOWN
from smartbank.core.training_data import BESIDE_COLUMNS, WEEKDAY, TrainingData

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]

_CATEGORIES: Final = tuple(field.name for field in LEAD_FIELDS if field.kind == "category")
_NUMBERS: Final = tuple(field.name for field in LEAD_FIELDS if field.kind != "category")
CALENDAR_CATEGORIES: Final = ("month", WEEKDAY)


@dataclass(frozen=True)
class Columns:
    """The rows as standard models take them.

    Attributes
    ----------
    codes : DataFrame of shape (n_rows, n_columns)
        Categories first, as integers; then numbers, float64. Nothing is missing: unknown is a category, and a lead
        never contacted has UCI's 999 days.
    n_categories : int
        How many of the columns are categories.
    """

    codes: pd.DataFrame
    n_categories: int

    @property
    def category_positions(self) -> list[int]:
        """Positions of the categories."""
        return list(range(self.n_categories))

    @property
    def array(self) -> FloatArray:
        """The columns as one array, float64."""
        return self.codes.to_numpy(dtype=np.float64)

    def one_hot(self, fitted: IntArray) -> FloatArray:
        """Return the columns for a linear model: one a category's level, numbers standardised on the fitted rows."""
        parts = []
        for name in self.codes.columns[: self.n_categories]:
            values = self.codes[name].to_numpy()
            parts.append(np.eye(int(values.max()) + 1)[values])
        numbers = self.codes.iloc[:, self.n_categories :].to_numpy(dtype=np.float64)
        spread = numbers[fitted].std(axis=0)
        parts.append((numbers - numbers[fitted].mean(axis=0)) / np.where(spread > 0, spread, 1.0))
        return np.hstack(parts)


def all_columns(data: TrainingData) -> Columns:
    """Return all of UCI's columns that are known before the call: customer, contacts, market and calendar."""
    rows = pd.concat([data.frame, data.beside], axis=1)
    known = [name for name in (*MARKET_COLUMNS, *BESIDE_COLUMNS) if name in rows]
    calendar = [name for name in CALENDAR_CATEGORIES if name in rows]
    return _columns(rows, (*_CATEGORIES, *calendar), (*_NUMBERS, *known))


def lead_columns(data: TrainingData) -> Columns:
    """Return the twelve fields of a lead: no market, no month, no weekday."""
    return _columns(data.frame, _CATEGORIES, _NUMBERS)


def _columns(rows: pd.DataFrame, categories: tuple[str, ...], numbers: tuple[str, ...]) -> Columns:
    codes = {name: _codes(rows[name]) for name in categories}
    values = rows[list(numbers)].astype("float64").fillna({"days_since_contact": float(NEVER_CONTACTED)})
    return Columns(pd.DataFrame(codes).join(values), len(categories))


def _codes(column: pd.Series) -> npt.NDArray[np.int64]:
    _, codes = np.unique(column.fillna(UNKNOWN).astype(str).to_numpy(dtype=object), return_inverse=True)
    return np.asarray(codes, dtype=np.int64)
