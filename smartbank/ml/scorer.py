"""Score leads with the model in force."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from smartbank.core.fields import LEAD_COLUMNS
from smartbank.core.lead_rows import LeadRow
from smartbank.core.market.points import MarketPoint
from smartbank.core.market.training import TrainingMarket
from smartbank.ml.encoding import Codes
from smartbank.ml.level_model import LevelModel
from smartbank.ml.months import training_market_of, year_on_year
from smartbank.ml.ranking import RankingModel
from smartbank.ml.rates import RateTable, group_words

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class PropensityScorer:
    """A loaded model; meets `core.ports.Scorer` and `core.ports.bulk.CodeScorer`.

    Attributes
    ----------
    slope, intercept : float
        Calibration of the trees' margins, in log-odds.
    base_value : float
        Calibrated margin of the average training row.
    """

    version: str
    card: Mapping[str, Any]
    ranking: RankingModel
    slope: float
    intercept: float
    base_value: float
    level: LevelModel
    cpi: dict[str, float]
    rates: RateTable
    reference: tuple[float, ...]

    @cached_property
    def training_market(self) -> TrainingMarket:
        return training_market_of(self.level)

    def margins(self, leads: pd.DataFrame) -> FloatArray:
        return self.margins_of(self.ranking.encoder.codes(leads))

    def contributions(self, leads: pd.DataFrame) -> FloatArray:
        return self.contributions_of(self.ranking.encoder.codes(leads))

    def codes_of(self, field: str, values: Sequence[str | float | None]) -> Codes:
        return self.ranking.encoder.column(field, pd.Series(values, dtype=object))

    def values_of(self, field: str, codes: Codes) -> list[str | float | None]:
        values = self.ranking.encoder.values(field, codes)
        return [None if pd.isna(value) else value for value in values.tolist()]

    def margins_of(self, codes: Codes) -> FloatArray:
        return self.intercept + self.slope * self.ranking.margins(codes)

    def contributions_of(self, codes: Codes) -> FloatArray:
        return self.slope * self.ranking.contributions(codes)[:, : len(LEAD_COLUMNS)]

    def explained_margins(self, leads: Sequence[LeadRow]) -> tuple[FloatArray, FloatArray]:
        codes = self.ranking.encoder.codes_of_rows(leads)
        return self.margins_of(codes), self.contributions_of(codes)

    def market_term(self, market: MarketPoint) -> float:
        return self.level.term(market)

    def market_terms(self, market: pd.DataFrame) -> FloatArray:
        return self.level.terms(market)

    def cpi_year_on_year(self, cpi: FloatArray) -> FloatArray:
        return year_on_year(cpi, self.cpi)

    def reference_margins(self) -> FloatArray:
        return np.array(self.reference, dtype=np.float64)

    def rate(self, field: str, value: str | float | None) -> tuple[str, float, int] | None:
        words = group_words(field, value)
        found = self.rates[field].get(words) if words else None
        return (str(words), *found) if found else None
