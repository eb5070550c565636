"""What came of released call lists so far: what was sold, what that earned, and whether it was foreseen."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from smartbank.core.evaluation import Interval
from smartbank.core.hold_out import Role
from smartbank.core.level_correction import level_shift
from smartbank.core.outcomes import OutcomeKind
from smartbank.core.similar import share_interval

BoolArray = npt.NDArray[np.bool_]

RESULT_COLUMNS: Final = (
    *("list_id", "customer_id", "role", "propensity", "band"),
    *("agent", "outcome", "calls", "assumed"),
)
"""The entries of released lists, one a row, in any order:

* `list_id`, `customer_id` : str
* `role` : str, a value of `Role`
* `propensity` : float in (0, 1), as released
* `band` : str, A to D
* `agent` : str, who made the call the entry stands by, else who has it now, as `core.hand_over.counted_with` says; NaN
  where nobody has the entry, as in the control
* `outcome` : str, the newest one's word; NaN for none yet. A sale in the bank's own data is "subscribed" in every role
* `calls` : int, calls made so far, 0 in the control
* `assumed` : bool, no outcome within the set time, which counts as declined

An entry stays in, in its role, whatever became of it after the release: called by mistake, taken off, objected.
"""
_CALLED: Final = (Role.BEST.value, Role.EXPLORATION.value)
_DECIDED: Final = tuple(kind.value for kind in OutcomeKind if kind.is_decided)


def is_sold(results: pd.DataFrame) -> BoolArray:
    """Return which of `RESULT_COLUMNS` bought so far, called or not, shape (n_entries,)."""
    return _mask(results["outcome"] == OutcomeKind.SUBSCRIBED.value)


def is_decided(results: pd.DataFrame) -> BoolArray:
    """Return which of `RESULT_COLUMNS` are decided calls, shape (n_entries,).

    A customer who was called and said yes or no, or of whom a no is assumed. Who bought before anybody called is none:
    a propensity says what comes of a call.
    """
    said = _mask(results["outcome"].isin(_DECIDED)) & _mask(results["calls"] > 0)
    return (said | _mask(results["assumed"])) & _mask(results["role"].isin(_CALLED))


def is_assumed(results: pd.DataFrame) -> BoolArray:
    """Return of which of `RESULT_COLUMNS` a no is assumed, shape (n_entries,); one that bought after all is none."""
    return is_decided(results) & _mask(results["assumed"]) & ~is_sold(results)


@dataclass(frozen=True)
class Profit:
    """What calling earned, whoever would have bought anyway.

    Attributes
    ----------
    calls : int
        Calls made, every attempt counted.
    sales : int
        Customers on the lists, the control apart, who bought.
    amount : float
        Their value less the cost of the calls, in the currency of the settings.
    """

    calls: int
    sales: int
    amount: float


def profit_so_far(results: pd.DataFrame, *, value_of_sale: float, cost_of_call: float) -> Profit:
    """Return sales times value less calls times cost, over all entries that are there to be called.

    Some of them would have bought without a call: `core.uplift.extra_profit` leaves those out.

    Parameters
    ----------
    results : DataFrame of shape (n_entries, 9)
        `RESULT_COLUMNS`; none is fine.
    value_of_sale, cost_of_call : float
        In the currency of the settings.
    """
    entries = results[results["role"].isin(_CALLED)]
    calls, sales = int(entries["calls"].sum()), int(is_sold(entries).sum())
    return Profit(calls, sales, sales * value_of_sale - calls * cost_of_call)


@dataclass(frozen=True)
class Calibration:
    """Whether calls sold as often as their propensities said.

    Attributes
    ----------
    calls, sales : int
        Decided calls, and sales among them.
    assumed : int
        Of those calls, the ones of which a no is assumed.
    expected : float
        Sum of their propensities.
    ratio : Interval
        Sales over expected sales with its 95 % interval; 1.0 is as foreseen.
    shift : float
        Log-odds by which `level_shift` would move the level for these calls alone, held back and guarded as ever.
    """

    calls: int
    sales: int
    assumed: int
    expected: float
    ratio: Interval
    shift: float


def calibration(results: pd.DataFrame) -> Calibration | None:
    """Compare the sales of decided calls since release with their propensities; None where no call is decided.

    The interval is Wilson's for the share that bought, over the mean propensity. Calls with propensities far apart vary
    less than that, so it is rather too wide than too narrow. While a list is running the decided calls are not yet a
    fair picture of it: a yes is decided at once, and who does not answer may say either later.

    The shift is on top of the level the propensities stand on. A run takes its own from the outcomes of 90 days on one
    base rate, earlier corrections taken out, so it may be another.

    Parameters
    ----------
    results : DataFrame of shape (n_entries, 9)
        `RESULT_COLUMNS`; best and exploration count alike.
    """
    decided = results[is_decided(results)]
    calls, sales = len(decided), int(is_sold(decided).sum())
    if not calls:
        return None
    expected, assumed = float(decided["propensity"].sum()), int(is_assumed(decided).sum())
    return calibration_of(calls, sales, expected=expected, assumed=assumed)


def calibration_of(calls: int, sales: int, *, expected: float, assumed: int = 0) -> Calibration:
    """Return what so many decided calls, one at least, and their sales say of the sum of their propensities."""
    rate, foreseen = share_interval(sales, calls), expected / calls
    return Calibration(
        calls=calls,
        sales=sales,
        assumed=assumed,
        expected=expected,
        ratio=Interval(rate.value / foreseen, rate.low / foreseen, rate.high / foreseen),
        shift=level_shift(calls, sales, foreseen),
    )


def _mask(marks: "pd.Series[Any]") -> BoolArray:
    mask: BoolArray = marks.to_numpy(dtype=bool)
    return mask
