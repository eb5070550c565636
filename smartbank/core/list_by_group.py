"""Sales of released lists by band, by agent or by list: expected against actual."""

from dataclasses import asdict
from typing import Any, Final, Literal

import numpy as np
import pandas as pd

from smartbank.core.evaluation import Interval
from smartbank.core.expected_sales import COVERAGE, sales_interval
from smartbank.core.hold_out import Role
from smartbank.core.list_results import is_assumed, is_decided, is_sold
from smartbank.core.uplift import uplift_of
from smartbank.core.uplift_counts import hold_out_counts

GroupColumn = Literal["band", "agent", "list_id"]

_COLUMNS: Final = ("entries", "called", "decided", "assumed", "sold", "rate", "expected", "low", "high", "outside")
_COUNTS: Final = ("called", "called_sold", "held_out", "held_out_sold")


def results_by(
    results: pd.DataFrame,
    by: GroupColumn,
    *,
    role: Role = Role.BEST,
    level_error: float = 0.0,
    coverage: float = COVERAGE,
) -> pd.DataFrame:
    """Compare the sales of decided calls with what their propensities had said, group by group.

    Exploration is never mixed with the best: its customers were drawn from everybody else, to see what is missed there.
    Of twenty groups one is outside of its interval by chance, so one agent outside among twenty says nothing; agents
    are not drawn at random either, and a difference between them may be one of whom they were given. While a list runs
    a yes is decided at once and a no later, so that all groups may be above what was expected; `calibration` says more.

    Parameters
    ----------
    results : DataFrame of shape (n_entries, 9)
        `RESULT_COLUMNS`.
    by : {"band", "agent", "list_id"}
        Entries without one are left out.
    role : Role, default=Role.BEST
        Whose entries; the control has no calls to compare.
    level_error : float, default=0.0
        Log-odds by which all propensities may be off together, as in `sales_interval`; 0 takes the level as right.
    coverage : float, default=0.95
        Share of the groups the interval is to hold if the propensities are right.

    Returns
    -------
    DataFrame of shape (n_groups, 10), indexed by `by` in order of name
        `entries`; `called`, those with a call; `decided` calls, `assumed` of them as declined, `sold` of them; `rate`,
        sold over decided, in [0, 1], NaN where none is decided; `expected`, sum of the propensities of the decided;
        `low` and `high`, both in its interval; `outside`, whether `sold` lies beyond them.
    """
    entries = results[results["role"] == role.value]
    marked = pd.DataFrame(
        {
            by: entries[by],
            "propensity": entries["propensity"].astype(np.float64),
            "called": (entries["calls"] > 0).astype(bool),
            "decided": is_decided(entries),
            "assumed": is_assumed(entries),
            "sold": is_decided(entries) & is_sold(entries),
        }
    )
    rows = {name: _row(group, level_error, coverage) for name, group in marked.groupby(by)}
    return pd.DataFrame.from_dict(rows, orient="index", columns=list(_COLUMNS)).rename_axis(by)


def uplift_by_list(results: pd.DataFrame) -> pd.DataFrame:
    """Return what calling brought on each list by itself; most lists are too short to tell alone.

    Returns
    -------
    DataFrame of shape (n_lists, 7), indexed by `list_id` in order of name
        `called`, `called_sold`, `held_out`, `held_out_sold` (counts as in `HoldOutCounts`); `extra_sales` and its 95 %
        interval `low` to `high`, all three NaN where nobody was held out. Lists without best entries are left out.
    """
    counts = hold_out_counts(results)
    rows = {}
    for place, name in enumerate(counts.list_ids):
        alone = uplift_of(counts.of(np.arange(len(counts.list_ids)) == place))
        extra = alone.extra_sales if alone else Interval(np.nan, np.nan, np.nan)
        rows[name] = {column: int(getattr(counts, column)[place]) for column in _COUNTS} | asdict(extra)
    table = pd.DataFrame.from_dict(rows, orient="index", columns=[*_COUNTS, "value", "low", "high"])
    return table[table["called"] > 0].rename(columns={"value": "extra_sales"}).rename_axis("list_id")


def _row(group: pd.DataFrame, level_error: float, coverage: float) -> dict[str, Any]:
    propensities = group.loc[group["decided"], "propensity"].to_numpy(dtype=np.float64)
    sales = sales_interval(propensities, level_error=level_error, coverage=coverage)
    sold, decided = int(group["sold"].sum()), len(propensities)
    return {
        "entries": len(group),
        "called": int(group["called"].sum()),
        "decided": decided,
        "assumed": int(group["assumed"].sum()),
        "sold": sold,
        "rate": sold / decided if decided else np.nan,
        "expected": sales.expected,
        "low": sales.low,
        "high": sales.high,
        "outside": not sales.low <= sold <= sales.high,
    }
