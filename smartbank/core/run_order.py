"""Where a lead would stand among the ranked leads of a run."""

from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
TextArray = npt.NDArray[np.object_]


@dataclass(frozen=True, eq=False)
class RunOrder:
    """The leads of a run under one level, best first: by margin, then by customer id.

    Attributes
    ----------
    ranks : int array of shape (n_leads,)
        As stored, rising from 1 on; where customers were removed since, theirs are left out.
    margins : array of shape (n_leads,)
        In log-odds, never rising.
    customer_ids : str array of shape (n_leads,)
        Rising where margins are equal.
    """

    ranks: IntArray
    margins: FloatArray
    customer_ids: TextArray

    def __len__(self) -> int:
        return len(self.margins)

    @property
    def last_rank(self) -> int:
        """The rank of the last lead: how many were ranked, those removed since included."""
        return int(self.ranks[-1])

    def place(self, customer_id: str, rank: int) -> int | None:
        """Return the position of a lead by its stored rank, from 0 on; None where it is not among the leads."""
        found = int(np.searchsorted(self.ranks, rank))
        is_there = found < len(self) and self.ranks[found] == rank and self.customer_ids[found] == customer_id
        return found if is_there else None

    def rank(self, customer_id: str, margin: float, *, own: int) -> int:
        """Return the rank a lead would have with another margin, all others as they are; 1 is best.

        Parameters
        ----------
        own : int
            The rank it has: the answer where no other lead is passed.
        """
        first, end = (int(np.searchsorted(self._falling, -margin, side=side)) for side in ("left", "right"))
        better = first + bisect_left(self.customer_ids[first:end].tolist(), customer_id)
        place = self.place(customer_id, own)
        if place is not None and better in (place, place + 1):
            return own
        if not better:
            return 1
        last = int(self.ranks[better - 1])  # of those who are better, the last one keeps its rank or moves up by one
        return last if place is not None and place < better else last + 1

    @cached_property
    def _falling(self) -> FloatArray:
        return -self.margins
