"""Where a market stands on the model's scale: inside what it was trained on, at the edge, in a hole, or outside."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from smartbank.core.market.indicators import MARKET_FEATURES, Indicator
from smartbank.core.market.points import MarketPoint
from smartbank.core.market.training import TrainingMarket, TrainingMonth

EDGE_SHARE: Final = 0.05
"""A value is at the edge within this share of the training range from either end."""


class Standing(StrEnum):
    """Where a value lies in the training data."""

    INSIDE = "inside"
    EDGE = "edge"
    HOLE = "hole"
    OUTSIDE = "outside"


@dataclass(frozen=True)
class Place:
    """Where one value lies.

    Attributes
    ----------
    used : float
        What the model is given: the value, clipped to the training range.
    low, high : float
        The training range; for a hole see `hole`.
    hole : tuple of float or None
        The two training values between which there is none, if the value lies there.
    """

    value: float
    used: float
    standing: Standing
    low: float
    high: float
    hole: tuple[float, float] | None = None


@dataclass(frozen=True)
class JointPlace:
    """How near the three values together are to a training month.

    Attributes
    ----------
    distance : float
        To the nearest month, in standard deviations of the features over the months (Euclidean), unclipped.
    usual : float
        The largest such distance of a training month to its own nearest other one.
    """

    distance: float
    usual: float
    nearest: TrainingMonth

    @property
    def is_far(self) -> bool:
        """Whether no training month was as far from all others as this market is from all of them."""
        return self.distance > self.usual


def place(value: float, indicator: Indicator, training: TrainingMarket) -> Place:
    """Return where a value of a model feature lies in the training data; in percent."""
    low, high = training.low[indicator], training.high[indicator]
    used = min(max(value, low), high)
    hole = next(((left, right) for left, right in training.holes(indicator) if left < value < right), None)
    margin = EDGE_SHARE * (high - low)
    if value != used:
        standing = Standing.OUTSIDE
    elif hole is not None:
        standing = Standing.HOLE
    else:
        standing = Standing.EDGE if min(value - low, high - value) <= margin else Standing.INSIDE
    return Place(value, used, standing, low, high, hole)


def places(market: MarketPoint, training: TrainingMarket) -> dict[Indicator, Place]:
    """Return where each value of a market lies in what the model has seen."""
    named = zip(MARKET_FEATURES, market, strict=True)
    return {Indicator(name): place(value, Indicator(name), training) for name, value in named}


def joint_place(market: Mapping[str, float], training: TrainingMarket) -> JointPlace:
    """Return how near a market is to the training months; `market` by name of `MARKET_FEATURES`, in percent."""
    point = np.array([market[name] for name in MARKET_FEATURES])
    distances = np.sqrt((((training.points - point) / training.spread) ** 2).sum(axis=1))
    nearest = int(np.argmin(distances))
    return JointPlace(float(distances[nearest]), training.usual_distance, training.months[nearest])
