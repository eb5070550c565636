"""Where a lead would stand among the ranked leads of a run."""

from bisect import bisect_left
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
TextArray = npt.NDArray[np.object_]


@dataclass(frozen=True, eq=False)
class RunOrder:
    """The leads of a run under one level, best first: by margin, then by customer id.

    Attributes
    ----------
    margins : array of shape (n_leads,)
        In log-odds, never rising.
    customer_ids : str array of shape (n_leads,)
        Rising where margins are equal.
    """

    margins: FloatArray
    customer_ids: TextArray

    def __len__(self) -> int:
        return len(self.margins)

    def rank(self, customer_id: str, margin: float) -> int:
        """Return the rank a lead of the run would have with another margin, all others as they are; 1 is best."""
        first, end = (int(np.searchsorted(-self.margins, -margin, side=side)) for side in ("left", "right"))
        better = first + bisect_left(self.customer_ids[first:end].tolist(), customer_id)
        itself = np.flatnonzero(self.customer_ids[:better] == customer_id)
        return better - len(itself) + 1
