"""What changed between two predictions of one customer: the customer, the market, or the model and its level."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from smartbank.core.level import propensity
from smartbank.core.what_if import Value


@dataclass(frozen=True)
class Difference:
    """The parts of the difference of two predictions, the later one less the earlier one.

    One part is swapped after the other: the customer's values under the earlier model, then the market, then the rest.
    In log-odds and in percentage points the parts add up to the whole.

    Attributes
    ----------
    customer, market, rest : float
        In log-odds. The rest is the level where the model is the same (base rate, own outcomes, who else was on the
        list), and model and level together where it is another one.
    customer_points, market_points, rest_points : float
        In percentage points.
    is_other_model : bool
        Whether another model made the later prediction.
    changed : mapping of str to (Value, Value)
        The fields whose value is another one, before and after.
    """

    customer: float
    market: float
    rest: float
    customer_points: float
    market_points: float
    rest_points: float
    is_other_model: bool
    changed: Mapping[str, tuple[Value, Value]]

    @property
    def points(self) -> float:
        """The whole difference, in percentage points."""
        return self.customer_points + self.market_points + self.rest_points


def difference(
    earlier: Mapping[str, Any],
    later: Mapping[str, Any],
    *,
    margin_between: float,
    market_between: float,
    changed: Mapping[str, tuple[Value, Value]],
) -> Difference:
    """Return the parts of the difference of two stored predictions.

    Parameters
    ----------
    earlier, later : mapping
        `margin` and `level` in log-odds, and `model_version`.
    margin_between : float
        The earlier model's margin for the customer as the later prediction saw them.
    market_between : float
        Log-odds by which the market moved the level from the earlier to the later prediction.
    """
    steps = np.array(
        [
            earlier["level"] + earlier["margin"],
            earlier["level"] + margin_between,
            earlier["level"] + market_between + margin_between,
            later["level"] + later["margin"],
        ]
    )
    customer, market, rest = np.diff(steps).tolist()
    of_customer, of_market, of_rest = (100 * np.diff(propensity(steps))).tolist()
    return Difference(
        customer,
        market,
        rest,
        of_customer,
        of_market,
        of_rest,
        earlier["model_version"] != later["model_version"],
        changed,
    )
