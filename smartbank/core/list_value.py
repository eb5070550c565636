"""What a list is expected to bring: sales beside as many calls at random, money, and what one more hour would add."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from smartbank.core.expected_sales import SalesInterval, sales_interval
from smartbank.core.list_plan import ListPlan, Objective

FloatArray = npt.NDArray[np.float64]

PLAN_COVERAGE: Final = 0.8
"""Share of lists whose sales are to lie in the interval: 4 of 5, the range a manager plans with."""


@dataclass(frozen=True)
class ListValue:
    """What the called leads of a list are expected to bring.

    Attributes
    ----------
    sales : SalesInterval
        Of the list, with `PLAN_COVERAGE`.
    at_random : SalesInterval
        Of as many leads drawn at random, with the same coverage.
    calls : int
        Leads that are called.
    cost_of_call, value_of_sale : float
        In one currency.
    below_break_even : int
        Called leads whose propensity does not pay for the call.
    """

    sales: SalesInterval
    at_random: SalesInterval
    calls: int
    cost_of_call: float
    value_of_sale: float
    below_break_even: int

    @property
    def cost(self) -> float:
        """Cost of all calls."""
        return self.calls * self.cost_of_call

    @property
    def value(self) -> float:
        """Value of the expected sales, before costs."""
        return self.sales.expected * self.value_of_sale

    @property
    def profit(self) -> float:
        """Value of the expected sales less the cost of the calls; below zero where they do not pay."""
        return self.value - self.cost

    @property
    def profit_low(self) -> float:
        """Profit at the low end of the sales."""
        return self.sales.low * self.value_of_sale - self.cost

    @property
    def profit_high(self) -> float:
        """Profit at the high end of the sales."""
        return self.sales.high * self.value_of_sale - self.cost

    @property
    def break_even(self) -> float:
        """Propensity from which a call pays, in [0, 1]."""
        return _break_even(self.cost_of_call, self.value_of_sale)


def list_value(
    propensities_of_called: FloatArray,
    all_propensities: FloatArray,
    *,
    level_error: float,
    cost_of_call: float,
    value_of_sale: float,
) -> ListValue:
    """Return what a list is expected to bring.

    At random, every lead has the same chance of each place on the list: the draws are exchangeable, and each sells with
    the mean propensity of all. They are taken as independent, which is right for draws that are put back; without that
    the variance is smaller by `n * (n - 1) / (n_leads - 1)` times the variance of the propensities. So the interval is
    a little too wide rather than too narrow, and it is for `level_error` too, which moves the log-odds of that mean.

    Parameters
    ----------
    propensities_of_called : array of shape (n_called,)
        In [0, 1], exploration among them.
    all_propensities : array of shape (n_leads,)
        Of everybody who may be called, those on the list among them; in [0, 1].
    level_error : float
        Root mean square error of a month's level, in log-odds; it moves all leads together.
    cost_of_call, value_of_sale : float
        In one currency; the cost not below 0, the value above.

    Raises
    ------
    ValueError
        A propensity lies outside [0, 1], the error or the cost is negative, the value is not above 0, or somebody is
        called where there is nobody.
    """
    n_called = len(propensities_of_called)
    if n_called and not len(all_propensities):
        raise ValueError("Who is called must be among all leads.")
    break_even = _break_even(cost_of_call, value_of_sale)
    at_random = np.full(n_called, all_propensities.mean() if n_called else 0.0)
    return ListValue(
        sales=sales_interval(propensities_of_called, level_error=level_error, coverage=PLAN_COVERAGE),
        at_random=sales_interval(at_random, level_error=level_error, coverage=PLAN_COVERAGE),
        calls=n_called,
        cost_of_call=cost_of_call,
        value_of_sale=value_of_sale,
        below_break_even=int((propensities_of_called < break_even).sum()),
    )


def next_hour_value(
    ranked_propensities: FloatArray,
    plan: ListPlan,
    *,
    calls_per_hour: float,
    cost_of_call: float,
    value_of_sale: float,
    objective: Objective,
    threshold: float,
) -> float:
    """Return what one more hour of one agent is expected to bring: the value of its sales less the cost of its calls.

    The hour goes to the leads with the highest propensities among those not on the list; control stays uncalled, and
    nobody is held out of these few. The cost of a call is taken as all that a call costs, the agent's time included, so
    no wage is taken off beside it. Bounds of groups are left out. The last lead counts for the part of its call that
    fits the hour.

    Parameters
    ----------
    ranked_propensities : array of shape (n_leads,)
        Of the leads that were planned with, in the order of `plan.roles`; in [0, 1].
    calls_per_hour : float
        Of one agent, as in `Capacity.calls_per_hour`.
    cost_of_call, value_of_sale : float
        In one currency.
    threshold : float
        For `PROFIT` nobody below it is called, in [0, 1].

    Returns
    -------
    float
        In that currency. 0 where nobody is left to call; for `SALES` it may be negative: the next leads do not pay.
    """
    left = ranked_propensities[plan.roles == ""]
    if objective == Objective.PROFIT:
        left = left[left >= threshold]
    best_first = np.sort(left)[::-1]
    part_called = np.clip(calls_per_hour - np.arange(len(best_first)), 0.0, 1.0)
    return float((part_called * (best_first * value_of_sale - cost_of_call)).sum())


def _break_even(cost_of_call: float, value_of_sale: float) -> float:
    if not (cost_of_call >= 0 and value_of_sale > 0):
        raise ValueError("A call costs nothing or more, and a sale is worth more than nothing.")
    return min(1.0, cost_of_call / value_of_sale)
