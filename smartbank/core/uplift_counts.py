"""Customers and sales of the called and of the held out, list by list."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from smartbank.core.hold_out import Role
from smartbank.core.list_results import BoolArray, is_sold
from smartbank.core.uplift_interval import IntArray


@dataclass(frozen=True, eq=False)
class HoldOutCounts:
    """Customers and sales of each list, to the same day on both sides.

    Attributes
    ----------
    list_ids : tuple of str
    called, called_sold : int array of shape (n_lists,)
        Best entries, whether reached or not, and those of them that bought so far.
    held_out, held_out_sold : int array of shape (n_lists,)
        Control entries, and those of them that bought so far.
    calls : int array of shape (n_lists,)
        Calls made to the best entries.
    """

    list_ids: tuple[str, ...]
    called: IntArray
    called_sold: IntArray
    held_out: IntArray
    held_out_sold: IntArray
    calls: IntArray

    def of(self, chosen: BoolArray) -> "HoldOutCounts":
        """Return the counts of some of the lists, chosen by a bool array of shape (n_lists,)."""
        return HoldOutCounts(
            tuple(name for name, wanted in zip(self.list_ids, chosen, strict=True) if wanted),
            *(each[chosen] for each in (self.called, self.called_sold, self.held_out, self.held_out_sold, self.calls)),
        )


def hold_out_counts(results: pd.DataFrame) -> HoldOutCounts:
    """Count customers and sales of each list, lists in order of name; exploration is left out.

    Parameters
    ----------
    results : DataFrame of shape (n_entries, 9)
        `RESULT_COLUMNS`.
    """
    sold, best, control = is_sold(results), results["role"] == Role.BEST.value, results["role"] == Role.CONTROL.value
    marks = {
        "called": best,
        "called_sold": best & sold,
        "held_out": control,
        "held_out_sold": control & sold,
        "calls": results["calls"].where(best, 0),
    }
    table = pd.DataFrame({name: each.astype(np.int64) for name, each in marks.items()}).groupby(results["list_id"])
    sums = table.sum()
    return HoldOutCounts(tuple(sums.index.astype(str)), **{name: sums[name].to_numpy(np.int64) for name in marks})
