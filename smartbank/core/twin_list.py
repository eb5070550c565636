"""What a list of the best would be, had the model not known age and marital status, and what that costs."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from smartbank.core.level import anchored_intercept, propensity

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class TwinList:
    """The best list of the model that knows both fields, and that of its twin, which knows neither.

    Attributes
    ----------
    with_both, without : bool array of shape (n_leads,)
        Which leads each of them lists; as many.
    propensities : array of shape (n_leads,)
        As the model that knows both sees them, by which both lists are judged.
    """

    with_both: BoolArray
    without: BoolArray
    propensities: FloatArray

    @property
    def sales_with_both(self) -> float:
        """Expected sales of the list of the model that knows both."""
        return float(self.propensities[self.with_both].sum())

    @property
    def sales_without(self) -> float:
        """Expected sales of the list of its twin."""
        return float(self.propensities[self.without].sum())

    @property
    def cost(self) -> float:
        """Expected sales that leaving both out costs; not below zero, as no list is better than that of the judge."""
        return max(0.0, self.sales_with_both - self.sales_without)

    @property
    def swapped(self) -> int:
        """Leads of the one list that are not on the other."""
        return int((self.with_both & ~self.without).sum())


def twin_list(with_both: FloatArray, without: FloatArray, *, base_rate: float, length: int) -> TwinList:
    """Return the two lists of the best; ties keep the order of the leads.

    Parameters
    ----------
    with_both, without : array of shape (n_leads,)
        Margins of the model and of its twin in log-odds.
    base_rate : float
        Mean propensity of the leads, in (0, 1).
    length : int
        Leads on a list, from 1 to `n_leads`.
    """
    propensities = propensity(anchored_intercept(with_both, base_rate) + with_both)
    return TwinList(_best(with_both, length), _best(without, length), propensities)


def _best(margins: FloatArray, length: int) -> BoolArray:
    listed = np.zeros(len(margins), dtype=bool)
    listed[np.argsort(-margins, kind="stable")[:length]] = True
    return listed
