"""Leads as float32 codes, by tables kept in the artifact: XGBoost never sees a pandas column or an unknown category."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from smartbank.core.fields import CAMPAIGN_FIELDS, LEAD_COLUMNS, LEAD_FIELDS
from smartbank.core.lead_rows import LeadRow
from smartbank.errors import LeadValidationError

Codes = npt.NDArray[np.float32]

_FEW: Final = 200
"""Up to so many values are looked up one by one; of more, each distinct one once."""
_UNKNOWN: Final = np.float32(np.nan)


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
            codes[:, column] = self.column(name, leads[name])
        return codes

    def codes_of_rows(self, leads: Sequence[LeadRow]) -> Codes:
        """Return what `codes` does of a few leads."""
        codes = np.empty((len(leads), len(LEAD_COLUMNS)), dtype=np.float32)
        for column, name in enumerate(LEAD_COLUMNS):
            values = [lead[name] for lead in leads]
            codes[:, column] = (
                self._few_words(name, values) if name in self.levels else _finite(np.array(values, dtype=np.float64))
            )
        return codes

    def leads(self, codes: Codes) -> pd.DataFrame:
        """Return the leads that codes of shape (n_leads, 12) stand for, columns as `LEAD_COLUMNS`; NaN is unknown."""
        return pd.DataFrame({name: self.values(name, codes[:, column]) for column, name in enumerate(LEAD_COLUMNS)})

    def to_json(self) -> dict[str, list[str]]:
        """Return plain values."""
        return {name: list(levels) for name, levels in self.levels.items()}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Encoder":
        """Return the encoder that `to_json` wrote."""
        return cls({name: tuple(levels) for name, levels in values.items()})

    def column(self, name: str, column: pd.Series) -> Codes:
        """Return the codes of one of `LEAD_COLUMNS`, shape (n_leads,)."""
        if name not in self.levels:
            return _finite(column.to_numpy(dtype=np.float64, na_value=np.nan))
        if len(column) <= _FEW:
            return self._few_words(name, column.tolist())
        places, distinct = pd.factorize(column)
        of_distinct = np.append(self._few_words(name, distinct), _UNKNOWN)
        return of_distinct[places]  # a missing value has the place -1: the last one, which is unknown

    def values(self, name: str, codes: Codes) -> pd.Series:
        """Return the values that codes of one of `LEAD_COLUMNS` stand for; NaN is unknown."""
        if name not in self.levels:
            return pd.Series(codes.astype(np.float64))
        names = np.array([*self.levels[name], None], dtype=object)
        return pd.Series(names[np.nan_to_num(codes, nan=-1.0).astype(np.int64)], dtype="str")

    def _few_words(self, name: str, values: Collection[Any]) -> Codes:
        table = self._tables[name]
        return np.fromiter((table.get(value, _UNKNOWN) for value in values), np.float32, len(values))

    @cached_property
    def _tables(self) -> Mapping[str, Mapping[str, np.float32]]:
        """The code of each level of each categorical field."""
        return {
            name: {level: np.float32(code) for code, level in enumerate(levels)} for name, levels in self.levels.items()
        }


def _finite(numbers: npt.NDArray[np.float64]) -> Codes:
    """Return numbers as codes; those beyond what a code can hold are unknown."""
    with np.errstate(over="ignore"):
        codes = numbers.astype(np.float32)
    return np.where(np.isfinite(codes), codes, _UNKNOWN)
