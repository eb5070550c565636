"""A list of leads beside the best one of the same length, and what the difference costs."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class ListChange:
    """Another list than the best one, as long.

    Attributes
    ----------
    best, listed : bool array of shape (n_leads,)
        Which leads the best list has, and the other one.
    propensities : array of shape (n_leads,)
        What both are judged by, in [0, 1]; the best list is that of these.
    """

    best: BoolArray
    listed: BoolArray
    propensities: FloatArray

    @property
    def expected_sales(self) -> float:
        """Expected sales of the other list."""
        return float(self.propensities[self.listed].sum())

    @property
    def unbounded_sales(self) -> float:
        """Expected sales of the best list."""
        return float(self.propensities[self.best].sum())

    @property
    def cost(self) -> float:
        """Expected sales the other list costs; not below zero."""
        return max(0.0, self.unbounded_sales - self.expected_sales)

    @property
    def swapped(self) -> int:
        """Leads of the best list that are not on the other one."""
        return int((self.best & ~self.listed).sum())
