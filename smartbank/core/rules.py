"""The rules in force when a lead is scored: base rate, bands, threshold."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from smartbank.core.market.points import MarketPoint, stored_point

BANDS: Final = ("A", "B", "C", "D")
DEFAULT_BASE_RATE_SOURCE: Final = "Portugal 2008-10"


@dataclass(frozen=True)
class ScoringRules:
    """Settings a prediction depends on.

    Attributes
    ----------
    version : int
        Number of the settings these rules come from; 0 are the defaults.
    base_rate : float
        Share of calls that sell now, in (0, 1).
    base_rate_source : str
        Whose rate that is, for the screen.
    base_rate_market : MarketPoint or None
        The market in force when somebody said the bank's own base rate; None for the default.
    follow_outcomes : bool
        Whether the bank's own outcomes move the level.
    band_multiples : tuple of float
        Lower ends of bands A, B and C as multiples of the base rate, falling; below is D.
    cost_of_call, value_of_sale : float
        In `currency`; their ratio is the threshold.
    """

    version: int = 0
    base_rate: float = 0.113
    base_rate_source: str = DEFAULT_BASE_RATE_SOURCE
    base_rate_market: MarketPoint | None = None
    follow_outcomes: bool = True
    band_multiples: tuple[float, float, float] = field(default=(3.0, 1.5, 0.75))
    cost_of_call: float = 8.0
    value_of_sale: float = 80.0
    currency: str = "EUR"

    @property
    def has_own_base_rate(self) -> bool:
        """Whether somebody said what this bank's base rate is."""
        return self.base_rate_source != DEFAULT_BASE_RATE_SOURCE

    @property
    def threshold(self) -> float:
        """Propensity from which a call pays, in [0, 1]."""
        return min(1.0, self.cost_of_call / self.value_of_sale)

    def profit(self, propensity: float) -> float:
        """Return what a call brings on average: the value of a sale as often as it sells, less the cost of the call."""
        return propensity * self.value_of_sale - self.cost_of_call

    @property
    def band_edges(self) -> tuple[float, float, float]:
        """Lower ends of bands A, B and C as propensities, falling."""
        a, b, c = (min(1.0, multiple * self.base_rate) for multiple in self.band_multiples)
        return a, b, c

    def bands(self, propensities: npt.NDArray[np.float64]) -> npt.NDArray[np.str_]:
        """Return the band of each propensity, shape (n_leads,); an edge belongs to the better band."""
        return np.array(BANDS)[self.band_places(propensities)]

    def band_places(self, propensities: npt.NDArray[np.float64]) -> npt.NDArray[np.int8]:
        """Return the place in `BANDS` of each propensity's band, shape (n_leads,)."""
        below = np.searchsorted(np.array(self.band_edges[::-1]), propensities, side="right")
        return (len(BANDS) - 1 - below).astype(np.int8)


def rules_from(values: Mapping[str, Any]) -> ScoringRules:
    """Return the rules a run stored; what an earlier version did not know is as it was then."""
    point = values.get("base_rate_market")
    return ScoringRules(
        **{
            **values,
            "band_multiples": tuple(values["band_multiples"]),
            "base_rate_market": None if point is None else stored_point(point),
        }
    )
