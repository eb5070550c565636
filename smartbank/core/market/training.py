"""The market the model was trained in: its months, and the range, the holes and the spread of each feature."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from smartbank.core.market.indicators import MARKET_FEATURES, Indicator
from smartbank.core.market.periods import Period

FloatArray = npt.NDArray[np.float64]

HOLE_SHARE: Final = 0.15
"""A gap between two neighbouring training values is a hole from this share of the feature's range on."""


@dataclass(frozen=True)
class TrainingMonth:
    """One month of the training data.

    Attributes
    ----------
    rows : int
        Calls of the month.
    cpi : float
        Consumer price index, 2012 = 100, as in the training data.
    euribor3m, emp_var_rate, cpi_yoy : float
        Percent; Euribor as the month's average.
    lowest_euribor, highest_euribor : float
        Of the days called, in percent.
    """

    period: Period
    rows: int
    cpi: float
    euribor3m: float
    emp_var_rate: float
    cpi_yoy: float
    lowest_euribor: float
    highest_euribor: float


@dataclass(frozen=True)
class TrainingMarket:
    """All of them, by time, with the range each feature had over the training rows.

    Attributes
    ----------
    low, high : mapping of str to float
        By name of `MARKET_FEATURES`, in percent: what a value outside is clipped to.
    mean : mapping of str to float
        Over the training rows: the market in which the level model adds nothing.
    """

    months: tuple[TrainingMonth, ...]
    low: Mapping[str, float]
    high: Mapping[str, float]
    mean: Mapping[str, float]

    def seen(self, indicator: Indicator) -> list[tuple[float, float]]:
        """Return the stretches of a feature that hold training rows, lowest first, in percent: between the holes."""
        holes = self.holes(indicator)
        starts = [self.low[indicator], *(high for _, high in holes)]
        ends = [*(low for low, _ in holes), self.high[indicator]]
        return list(zip(starts, ends, strict=True))

    def holes(self, indicator: Indicator) -> list[tuple[float, float]]:
        """Return the gaps of a feature in which no training row lies, both ends seen in training, in percent."""
        if indicator not in MARKET_FEATURES:
            raise ValueError(f"{indicator} is no feature of the model.")
        return self._holes[indicator]

    @cached_property
    def _holes(self) -> dict[str, list[tuple[float, float]]]:
        return {name: self._found_holes(Indicator(name)) for name in MARKET_FEATURES}

    def _found_holes(self, indicator: Indicator) -> list[tuple[float, float]]:
        seen = sorted(self._spans(indicator))
        span = self.high[indicator] - self.low[indicator]
        found, reached = [], seen[0][1]
        for low, high in seen[1:]:
            if low - reached >= HOLE_SHARE * span:
                found.append((reached, low))
            reached = max(reached, high)
        return found

    def _spans(self, indicator: Indicator) -> list[tuple[float, float]]:
        if indicator is Indicator.EURIBOR:
            return [(month.lowest_euribor, month.highest_euribor) for month in self.months]
        return [(getattr(month, indicator), getattr(month, indicator)) for month in self.months]

    @cached_property
    def points(self) -> FloatArray:
        """The months as `MARKET_FEATURES` in percent, shape (n_months, 3)."""
        return np.array([[getattr(month, name) for name in MARKET_FEATURES] for month in self.months])

    @cached_property
    def spread(self) -> FloatArray:
        """Standard deviation of each feature over the months, shape (3,)."""
        return np.asarray(self.points.std(axis=0))

    @cached_property
    def usual_distance(self) -> float:
        """The largest distance of a month to its nearest other one, in standard deviations (Euclidean)."""
        between = np.sqrt((((self.points[:, None] - self.points[None, :]) / self.spread) ** 2).sum(axis=2))
        np.fill_diagonal(between, np.inf)
        return float(between.min(axis=1).max())
