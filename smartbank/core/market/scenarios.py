"""Scenarios: a market somebody asks about, named and kept for others."""

import math
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from smartbank.core.fingerprint import fingerprint
from smartbank.core.market.indicators import FACTS, MARKET_FEATURES, Indicator
from smartbank.core.market.points import MarketPoint, point_of, stored_point
from smartbank.core.market.training import TrainingMarket, TrainingMonth
from smartbank.errors import ScenarioError

LONGEST_NAME: Final = 60


def month_point(month: TrainingMonth) -> MarketPoint:
    """Return the market of a training month."""
    return stored_point([getattr(month, name) for name in MARKET_FEATURES])


def month_of(market: MarketPoint, training: TrainingMarket) -> TrainingMonth | None:
    """Return the training month that had exactly this market; None if there is none."""
    return next((month for month in training.months if month_point(month) == market), None)


@dataclass(frozen=True)
class Scenario:
    """A market with a name.

    Attributes
    ----------
    market : MarketPoint
        In percent, unclipped.
    month : str
        The training month it was taken from, such as "2009-03"; empty if none.
    by, at
        Who saved it, and when in UTC.
    """

    name: str
    market: MarketPoint
    by: str
    at: datetime
    month: str = ""

    @property
    def scenario_id(self) -> str:
        """Made of the name, so that no two have the same: upper and lower case and spaces make no difference."""
        return f"scenario-{fingerprint(self.name.casefold())}"

    def to_json(self) -> dict[str, Any]:
        """Return plain values; `at` stays a moment."""
        market = dict(zip(MARKET_FEATURES, self.market, strict=True))
        return {"name": self.name, **market, "by": self.by, "at": self.at, "month": self.month}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Scenario":
        """Return the scenario that `to_json` wrote."""
        return cls(values["name"], point_of(values), values["by"], values["at"], values["month"])


def clean_name(text: str) -> str:
    """Return a name as it is kept: one Unicode form, single spaces.

    Raises
    ------
    ScenarioError
        Nothing is left of it, it is too long, or it holds what cannot be printed.
    """
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise ScenarioError(
            f"Give the scenario a name of 1 to {LONGEST_NAME} letters, for example: Rates at 1 percent."
        )
    return name


def validate_market(market: MarketPoint) -> MarketPoint:
    """Return a market whose values are believable. Raises `ScenarioError`, saying which is not."""
    for name, value in zip(MARKET_FEATURES, market, strict=True):
        facts = FACTS[Indicator(name)]
        if not (math.isfinite(value) and facts.lowest <= value <= facts.highest):
            raise ScenarioError(f"{facts.title} must be between {facts.lowest:g} and {facts.highest:g} percent.")
    return market
