"""Leads as float32 codes, by tables kept in the artifact: XGBoost never sees a pandas column or an unknown category."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from smartbank.core.fields import CAMPAIGN_FIELDS, LEAD_COLUMNS, LEAD_FIELDS
from smartbank.errors import LeadValidationError

Codes = npt.NDArray[np.float32]

_FEW: Final = 200
"""Up to so many values are looked up one by one; of more, each distinct one once."""


def without_contact_history(codes: Codes) -> Codes:
    """Return a copy of codes in which everything known of earlier contacts, and of this one, is unknown."""
    masked = codes.copy()
    masked[:, [LEAD_COLUMNS.index(field.name) for field in CAMPAIGN_FIELDS]] = np.nan
    return masked


@dataclass(frozen=True)
class Encoder:
    """Turns leads into codes, one row at a time or many.

    Attributes
    ----------
    levels : mapping of str to tuple of str
        The levels of each categorical field that occur in the training rows; a level's position is its code.
    """

    levels: Mapping[str, tuple[str, ...]]

    @classmethod
    def fitted(cls, leads: pd.DataFrame) -> "Encoder":
        """Return the encoder of these training rows: levels in their natural order, those that never occur left out."""
        return cls(
            {
                field.name: tuple(level for level in field.levels if (leads[field.name] == level).any())
                for field in LEAD_FIELDS
                if field.kind == "category"
            }
        )

    @property
    def feature_types(self) -> list[str]:
        """XGBoost's type of each of `LEAD_COLUMNS`: `c` for a category, `q` for a number."""
        return ["c" if name in self.levels else "q" for name in LEAD_COLUMNS]

    def codes(self, leads: pd.DataFrame) -> Codes:
        """Return codes of shape (n_leads, 12), columns as `LEAD_COLUMNS`; NaN is unknown.

        A category the training rows did not have, a missing value and an infinite number are all unknown.

        Raises
        ------
        LeadValidationError
            A column is missing.
        """
        missing = [name for name in LEAD_COLUMNS if name not in leads.columns]
        if missing:
            raise LeadValidationError(f"The leads lack columns: {', '.join(missing)}. Bring them in again.")
        codes = np.full((len(leads), len(LEAD_COLUMNS)), np.nan, dtype=np.float32)
        for column, name in enumerate(LEAD_COLUMNS):
            codes[:, column] = self._column(name, leads[name])
        return codes

    def leads(self, codes: Codes) -> pd.DataFrame:
        """Return the leads that codes of shape (n_leads, 12) stand for, columns as `LEAD_COLUMNS`; NaN is unknown."""
        return pd.DataFrame({name: self._values(name, codes[:, column]) for column, name in enumerate(LEAD_COLUMNS)})

    def to_json(self) -> dict[str, list[str]]:
        """Return plain values."""
        return {name: list(levels) for name, levels in self.levels.items()}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Encoder":
        """Return the encoder that `to_json` wrote."""
        return cls({name: tuple(levels) for name, levels in values.items()})

    def _column(self, name: str, column: pd.Series) -> Codes:
        if name in self.levels:
            table = {level: np.float32(code) for code, level in enumerate(self.levels[name])}
            unknown = np.float32(np.nan)
            if len(column) <= _FEW:
                return np.fromiter((table.get(value, unknown) for value in column.tolist()), np.float32, len(column))
            places, distinct = pd.factorize(column)
            of_distinct = np.array([*(table.get(value, unknown) for value in distinct), unknown], dtype=np.float32)
            return of_distinct[places]  # a missing value has the place -1: the last one, which is unknown
        numbers = column.to_numpy(dtype=np.float32, na_value=np.nan)
        return np.where(np.isfinite(numbers), numbers, np.float32(np.nan))

    def _values(self, name: str, codes: Codes) -> pd.Series:
        if name not in self.levels:
            return pd.Series(codes.astype(np.float64))
        names = np.array([*self.levels[name], None], dtype=object)
        return pd.Series(names[np.nan_to_num(codes, nan=-1.0).astype(np.int64)], dtype="str")
