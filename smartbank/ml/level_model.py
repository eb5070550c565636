"""The level model: how the market moves the share of leads that say yes, one linear term a market feature."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from smartbank.core.level import propensity
from smartbank.core.market.indicators import MARKET_FEATURES
from smartbank.core.market.points import MarketPoint

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

PENALTY: Final = 5_000.0
"""Ridge on the standardised weights; `docs/decisions/0002` says why so much."""
_STEPS: Final = 50
_TOLERANCE: Final = 1e-9
_DECIMALS: Final = 8


@dataclass(frozen=True)
class LevelModel:
    """Linear terms in log-odds, summed in the order of `MARKET_FEATURES`; zero at the training mean.

    Attributes
    ----------
    weights : tuple of float
        Log-odds a percentage point, one a feature.
    centres : tuple of float
        Training means, in percent: where a term is zero.
    low, high : tuple of float
        Training ranges, in percent; a value outside is clipped to them.
    """

    weights: tuple[float, ...]
    centres: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]

    def terms(self, market: pd.DataFrame) -> FloatArray:
        """Return log-odds, shape (n_rows,), from the columns `MARKET_FEATURES`; an unknown value adds nothing."""
        return self._terms([market[name].to_numpy(dtype=np.float64, na_value=np.nan) for name in MARKET_FEATURES])

    def term(self, market: MarketPoint) -> float:
        """Return the log-odds of one market."""
        return float(self._terms([np.array([value], dtype=np.float64) for value in market])[0])

    def _terms(self, columns: Sequence[FloatArray]) -> FloatArray:
        total = np.zeros(len(columns[0]))
        for i, values in enumerate(columns):
            term = self.weights[i] * (np.clip(values, self.low[i], self.high[i]) - self.centres[i])
            total = total + np.where(np.isnan(term), 0.0, term)
        return total

    def to_json(self) -> dict[str, list[float]]:
        """Return plain values."""
        return {
            "weights": list(self.weights),
            "centres": list(self.centres),
            "low": list(self.low),
            "high": list(self.high),
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "LevelModel":
        """Return the model that `to_json` wrote."""
        return cls(*(tuple(values[name]) for name in ("weights", "centres", "low", "high")))


def fit_level_model(
    market: pd.DataFrame, converted: BoolArray, margins: FloatArray, *, penalty: float = PENALTY
) -> LevelModel:
    """Fit the market's part of the log-odds, given each row's calibrated ranking margin.

    Parameters
    ----------
    market : DataFrame of shape (n_rows, >= 3)
        `MARKET_FEATURES` of each row, in percent.
    converted : bool array of shape (n_rows,)
    margins : array of shape (n_rows,)
        Offset in log-odds: what is known of the lead already.
    penalty : float
        Ridge on the standardised weights, >= 0; a feature that never varies gets weight zero.
    """
    values = [market[name].to_numpy(dtype=np.float64) for name in MARKET_FEATURES]
    centres = [round(float(column.mean()), _DECIMALS) for column in values]
    scales = [float(column.std()) or 1.0 for column in values]
    design = [np.ones(len(market))]
    design += [(column - centre) / scale for column, centre, scale in zip(values, centres, scales, strict=True)]
    standardised = _ridge_logistic(design, converted, margins, penalty)[1:]
    weights = (round(float(weight / scale), _DECIMALS) for weight, scale in zip(standardised, scales, strict=True))
    return LevelModel(
        tuple(weights),
        tuple(centres),
        tuple(float(column.min()) for column in values),
        tuple(float(column.max()) for column in values),
    )


def _ridge_logistic(design: list[FloatArray], converted: BoolArray, offset: FloatArray, penalty: float) -> FloatArray:
    """Newton's method; plain sums instead of matrix products, so that the bits do not depend on threads."""
    ridge = np.diag([0.0] + [penalty] * (len(design) - 1))
    weights = np.zeros(len(design))
    for _ in range(_STEPS):
        log_odds = offset + sum(weight * column for weight, column in zip(weights, design, strict=True))
        p = propensity(log_odds)
        slope = np.array([((converted - p) * column).sum() for column in design]) - ridge @ weights
        curvature = [[(p * (1 - p) * left * right).sum() for right in design] for left in design]
        step = np.linalg.solve(np.array(curvature) + ridge, slope)
        weights = weights + step
        if np.abs(step).max() < _TOLERANCE:
            break
    return weights
