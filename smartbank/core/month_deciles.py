"""Deciles made within each month, so that a good month does not fill the best decile by itself."""

import numpy as np
import pandas as pd

from smartbank.core.evaluation import BoolArray, FloatArray, MonthArray, decile_table


def month_decile_table(
    converted: BoolArray, scores: FloatArray, period: MonthArray, *, n_groups: int = 10
) -> pd.DataFrame:
    """Summarise conversions by decile of each month's own leads, best leads first.

    Lift and gain are means of the months by leads, as `within_month` weighs them: the mean lift of deciles 1 and 2 is
    about its `lift_20`.

    Parameters
    ----------
    converted : bool array of shape (n_leads,)
    scores : array of shape (n_leads,)
        Compared within a month only; higher is better.
    period : str or int array of shape (n_leads,)
        Month of each lead. A month with fewer leads than groups, or without a conversion, is left out.

    Returns
    -------
    DataFrame of shape (n_groups, 5), indexed by `decile` (1 is best)
        `leads` and `conversions` (counts), `conversion_rate` in [0, 1], `lift` (rate over the month's base rate; 1.0
        is random) and `gain` (share of a month's conversions caught down to this decile).

    Raises
    ------
    ValueError
        There is no month that can be judged.
    """
    tables, weights = [], []
    for month in np.unique(period):
        inside = period == month
        if inside.sum() >= n_groups and converted[inside].any():
            tables.append(decile_table(converted[inside], scores[inside], n_groups=n_groups))
            weights.append(float(inside.sum()))
    if not tables:
        raise ValueError("There is no month to judge.")
    summed = sum((table[["leads", "conversions"]] for table in tables[1:]), tables[0][["leads", "conversions"]])
    means = {
        name: np.average([table[name].to_numpy() for table in tables], axis=0, weights=weights)
        for name in ("lift", "gain")
    }
    return summed.assign(conversion_rate=summed["conversions"] / summed["leads"], **means)
