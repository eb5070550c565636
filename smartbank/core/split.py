"""A propensity split into where the bank stands, what the market adds, and what is known of the customer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from smartbank.core.fields import CUSTOMER_FIELDS
from smartbank.core.level import propensity
from smartbank.core.ranking import CONTRIBUTION_COLUMNS

FloatArray = npt.NDArray[np.float64]

PARTS: Final = ("base", "market", "person", "history")
"""Where the model's average lead stands, the market, who the customer is, and what came of earlier contacts."""
_OF_PERSON: Final = len(CUSTOMER_FIELDS)
"""So many contributions come first that are of the person; the others are of the contact history."""


@dataclass(frozen=True)
class Parts:
    """The parts of one propensity: in log-odds, or as points of a hundred.

    Attributes
    ----------
    base : float
        Where the model's average lead stands at this bank: its average margin, at the level without the market.
    market : float
        What the market adds; in a replay that of the lead's own row.
    person, history : float
        What the fields of the person add, and those of the contact history.
    """

    base: float
    market: float
    person: float
    history: float

    @property
    def customer(self) -> float:
        """What is known of the customer, all of it."""
        return self.person + self.history

    @property
    def total(self) -> float:
        """The log-odds of the propensity, or the propensity in percent."""
        return self.base + self.market + self.customer

    def rounded(self, digits: int) -> "Parts":
        """Return the parts rounded so that they still add up to the rounded total.

        Base and market are rounded as they stand; the parts of the customer take up what that leaves.
        """
        base, market, person = (round(value, digits) for value in (self.base, self.market, self.person))
        return Parts(base, market, person, round(round(self.total, digits) - base - market - person, digits))


@dataclass(frozen=True)
class Span:
    """Mean, lowest and highest of a part over some leads, in percentage points."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class ListSplit:
    """The split of all propensities of some leads.

    Attributes
    ----------
    mean : Parts
        Means over the leads, in percentage points: they add up to the mean propensity in percent.
    market, person, history, customer : Span
        In percentage points.
    share_of_market : float
        Share of the variance of the log-odds that goes with the market: 0 where it moves all leads alike, below 0 where
        it evens out what the customers differ in. The customers' own share is the rest of 1.
    """

    mean: Parts
    market: Span
    person: Span
    history: Span
    customer: Span
    share_of_market: float


def prediction_parts(prediction: Mapping[str, Any]) -> tuple[Parts, Parts]:
    """Return the parts of one stored prediction: in log-odds, and in percentage points."""
    values = [[prediction["margin"], prediction["level"], *prediction["contributions"]]]
    row = pd.DataFrame(values, columns=["margin", "level", *CONTRIBUTION_COLUMNS], dtype="float64")
    split = split_parts(row, intercept=prediction["intercept"]).iloc[0].to_dict()
    return (
        Parts(**{name: float(split[name]) for name in PARTS}),
        Parts(**{name: float(split[f"{name}_points"]) for name in PARTS}),
    )


def split_parts(ranked: pd.DataFrame, *, intercept: float) -> pd.DataFrame:
    """Return the parts of each lead's propensity.

    The parts of a lead add up to its log-odds, and its points to its propensity in percent: what float32 contributions
    leave of the margin stays in the base. Points are counted in the order of the waterfall: market first, then the
    fields by strength.

    Parameters
    ----------
    ranked : DataFrame of shape (n_leads, n_columns)
        `margin`, `level` and `CONTRIBUTION_COLUMNS`, in log-odds.
    intercept : float
        The level of the run without the market, in log-odds.

    Returns
    -------
    DataFrame of shape (n_leads, 8)
        `PARTS` in log-odds, then with the ending `_points` in percentage points; on the index of `ranked`.
    """
    contributions = ranked[list(CONTRIBUTION_COLUMNS)].to_numpy(np.float64)
    base = intercept + ranked["margin"].to_numpy(np.float64) - contributions.sum(axis=1)
    market = ranked["level"].to_numpy(np.float64) - intercept
    points = _points(base + market, contributions)
    columns = {
        "base": base,
        "market": market,
        "person": contributions[:, :_OF_PERSON].sum(axis=1),
        "history": contributions[:, _OF_PERSON:].sum(axis=1),
        "base_points": 100 * propensity(base),
        "market_points": 100 * (propensity(base + market) - propensity(base)),
        "person_points": points[:, :_OF_PERSON].sum(axis=1),
        "history_points": points[:, _OF_PERSON:].sum(axis=1),
    }
    return pd.DataFrame(columns, index=ranked.index)


def list_split(parts: pd.DataFrame) -> ListSplit:
    """Summarise the parts of at least one lead, as `split_parts` returns them."""
    points = {name: parts[f"{name}_points"].to_numpy() for name in PARTS}
    return ListSplit(
        mean=Parts(**{name: float(points[name].mean()) for name in PARTS}),
        market=_span(points["market"]),
        person=_span(points["person"]),
        history=_span(points["history"]),
        customer=_span(points["person"] + points["history"]),
        share_of_market=_share(parts["market"].to_numpy(), parts[list(PARTS)].to_numpy().sum(axis=1)),
    )


def _points(start: FloatArray, contributions: FloatArray) -> FloatArray:
    """Return what each field moves, shape (n_leads, 12), the strongest of a lead added first."""
    order = np.argsort(-np.abs(contributions), axis=1, kind="stable")
    steps = np.cumsum(np.take_along_axis(contributions, order, axis=1), axis=1)
    ends = start[:, np.newaxis] + np.concatenate([np.zeros((len(start), 1)), steps], axis=1)
    points = np.empty_like(contributions)
    np.put_along_axis(points, order, 100 * np.diff(propensity(ends), axis=1), axis=1)
    return points


def _span(values: FloatArray) -> Span:
    return Span(float(values.mean()), float(values.min()), float(values.max()))


def _share(part: FloatArray, whole: FloatArray) -> float:
    """Return the share of the variance of a sum that goes with one of its parts; exactly 0 for a constant one."""
    if np.ptp(part) == 0 or np.ptp(whole) == 0:
        return 0.0
    return float(np.mean((part - part.mean()) * (whole - whole.mean())) / whole.var())
