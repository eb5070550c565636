"""The linear part of the ranking: one term a field, looked up or a slope, summed in the order of the fields."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from smartbank.core.fields import LEAD_COLUMNS
from smartbank.ml.encoding import Codes

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Term:
    """What one field adds, in log-odds.

    Attributes
    ----------
    unknown : float
        Where the field is unknown.
    mean : float
        Mean over the training rows, newer ones weighing more: contributions are measured from it.
    levels : tuple of float
        Of a category, by code; empty for a number.
    slope : float
        Of a number, a unit.
    centre, low, high : float
        Of a number: where the term is zero, and the range it is clipped to, that of the training rows.
    """

    unknown: float
    mean: float
    levels: tuple[float, ...] = ()
    slope: float = 0.0
    centre: float = 0.0
    low: float = 0.0
    high: float = 0.0

    def values(self, codes: Codes) -> FloatArray:
        """Return the term of each row, shape (n_rows,), from one column of codes; one row alone gives the same bits."""
        unknown = np.isnan(codes)
        if self.levels:
            found = np.array(self.levels)[np.where(unknown, 0, codes).astype(np.intp)]
        else:
            found = self.slope * (np.clip(codes.astype(np.float64), self.low, self.high) - self.centre)
        return np.where(unknown, self.unknown, found)


@dataclass(frozen=True)
class LinearModel:
    """A term for each feature, in the order of `LEAD_COLUMNS`; its margins are not calibrated."""

    terms: Mapping[str, Term]

    def margins(self, codes: Codes) -> FloatArray:
        """Return margins in log-odds, shape (n_rows,), from codes of shape (n_rows, 12)."""
        total = np.zeros(len(codes))
        for name, term in self.terms.items():
            total = total + term.values(codes[:, LEAD_COLUMNS.index(name)])
        return total

    def contributions(self, codes: Codes) -> FloatArray:
        """Return exact Shapley values in log-odds, shape (n_rows, 13): `LEAD_COLUMNS`, then the base value.

        Of an additive model they are each term less its mean over the training rows (Štrumbelj and Kononenko 2014).
        """
        values = np.zeros((len(codes), len(LEAD_COLUMNS) + 1))
        for name, term in self.terms.items():
            at = LEAD_COLUMNS.index(name)
            values[:, at] = term.values(codes[:, at]) - term.mean
            values[:, -1] += term.mean
        return values

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {name: asdict(term) | {"levels": list(term.levels)} for name, term in self.terms.items()}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "LinearModel":
        """Return the model that `to_json` wrote."""
        kept = {name: Term(**{**values[name], "levels": tuple(values[name]["levels"])}) for name in values}
        return cls({name: kept[name] for name in LEAD_COLUMNS if name in kept})
