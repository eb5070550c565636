"""A loaded model."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from smartbank.core.lead_rows import LeadRow
from smartbank.core.market.points import MarketPoint
from smartbank.core.market.training import TrainingMarket

FloatArray = npt.NDArray[np.float64]


class Scorer(Protocol):
    """A loaded model: ranking margins and their exact parts. One row gives the same bits alone or in a batch."""

    @property
    def version(self) -> str:
        """Identifier stored beside every score it makes."""
        ...

    @property
    def card(self) -> Mapping[str, Any]:
        """The model card, as JSON values."""
        ...

    @property
    def base_value(self) -> float:
        """Margin of the average training row, in log-odds: contributions are measured from here."""
        ...

    @property
    def training_market(self) -> TrainingMarket:
        """The market the model was trained in."""
        ...

    def margins(self, leads: pd.DataFrame) -> FloatArray:
        """Return ranking margins in log-odds, shape (n_leads,); columns are `LEAD_COLUMNS`, others are ignored."""
        ...

    def contributions(self, leads: pd.DataFrame) -> FloatArray:
        """Return exact SHAP values in log-odds, shape (n_leads, 12), columns as `LEAD_COLUMNS`.

        Each row plus `base_value` equals its margin within 1e-4.
        """
        ...

    def explained_margins(self, leads: Sequence[LeadRow]) -> tuple[FloatArray, FloatArray]:
        """Return `margins` and `contributions` of a few leads, which are encoded once; the same bits."""
        ...

    def market_term(self, market: MarketPoint) -> float:
        """Return what `market_terms` does of one market."""
        ...

    def market_terms(self, market: pd.DataFrame) -> FloatArray:
        """Return the level model's log-odds, shape (n_rows,), from `MARKET_FEATURES`; clipped to the training range."""
        ...

    def cpi_year_on_year(self, cpi: FloatArray) -> FloatArray:
        """Return year on year percent for index levels (2012 = 100) of training months; NaN for any other level."""
        ...

    def reference_margins(self) -> FloatArray:
        """Return the margins of the reference leads, the anchor of a run too small to anchor itself."""
        ...

    def rate(self, field: str, value: str | float | None) -> tuple[str, float, int] | None:
        """Return what share of the training rows like this one said yes.

        Returns
        -------
        tuple or None
            The group in words ("age 30 to 39"), its conversion rate in [0, 1] and its number of rows;
            None where the training data has no such row.
        """
        ...
