"""Whom a list takes, by age, marital status and job: how often each group is listed, and how right its figures are."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from smartbank.core.fields import FIELD, UNKNOWN

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
TextArray = npt.NDArray[np.object_]

FAIRNESS_FIELDS: Final = ("age", "marital", "job")
"""What groups are made by."""
AGE_BANDS: Final = ("under 30", "30 to 39", "40 to 49", "50 to 59", "60 and over")
_AGE_EDGES: Final = (30.0, 40.0, 50.0, 60.0)
FOUR_FIFTHS: Final = 0.8
"""Selection rate over that of all from which a group is looked at more closely, after the four-fifths rule."""
FOUR_FIFTHS_SOURCE: Final = (
    "Uniform Guidelines on Employee Selection Procedures, 29 CFR 1607.4 (D), United States, 1978: a rule of thumb for"
    " hiring, which compares with the group that is selected most often"
)
SMALL_GROUP: Final = 50
"""Below so many leads the rates of a group are mostly chance."""


def group_names(by: str) -> tuple[str, ...]:
    """Return the groups of one of `FAIRNESS_FIELDS` in their natural order, `unknown` last."""
    return (*(AGE_BANDS if by == "age" else FIELD[by].levels), UNKNOWN)


def groups_of(leads: pd.DataFrame, by: str) -> TextArray:
    """Return the group of each lead, shape (n_leads,); a missing value, or one nobody knows, is `unknown`.

    Parameters
    ----------
    leads : DataFrame of shape (n_leads, n_columns)
        With the column `by`.
    by : str
        One of `FAIRNESS_FIELDS`.
    """
    if by == "age":
        ages = leads[by].to_numpy(dtype=np.float64, na_value=np.nan)
        bands = np.array(AGE_BANDS, dtype=object)[np.searchsorted(_AGE_EDGES, np.nan_to_num(ages), side="right")]
        return np.where(np.isnan(ages), UNKNOWN, bands)
    known = leads[by].isin(FIELD[by].levels).to_numpy()
    return np.where(known, leads[by].to_numpy(dtype=object), UNKNOWN)


def group_table(
    groups: TextArray,
    listed: BoolArray,
    propensities: FloatArray,
    *,
    order: Sequence[str],
    converted: BoolArray | None = None,
) -> pd.DataFrame:
    """Say of each group how many leads it has, how many are listed, and what is expected and known of them.

    Parameters
    ----------
    groups : str array of shape (n_leads,)
    listed : bool array of shape (n_leads,)
        Whether the lead is on the list.
    propensities : array of shape (n_leads,)
        In [0, 1].
    order : sequence of str
        Groups in the order of the rows; one without a lead is left out, one that is not named comes last.
    converted : bool array of shape (n_leads,) or None
        Outcomes, where they are known.

    Returns
    -------
    DataFrame indexed by `group`
        `leads`, `share` of all leads, `listed`, `share_listed` of the group's leads, `share_of_list`, `ratio` (share
        listed over that of all leads; NaN where nobody is listed), `expected_sales` of the listed, `mean_propensity`
        of the group, `small` (fewer than 50 leads); with outcomes also `rate` of the group and `conversion_listed`
        (NaN where nobody is listed). Shares and rates are in [0, 1].
    """
    present = set(groups.tolist())
    names = [name for name in order if name in present] + sorted(present - set(order))
    masks = {name: groups == name for name in names}
    table = pd.DataFrame(
        {
            "leads": [int(inside.sum()) for inside in masks.values()],
            "listed": [int((inside & listed).sum()) for inside in masks.values()],
            "expected_sales": [float(propensities[inside & listed].sum()) for inside in masks.values()],
            "mean_propensity": [float(propensities[inside].mean()) for inside in masks.values()],
        },
        index=pd.Index(names, name="group", dtype="str"),
    )
    table["share"] = table["leads"] / max(1, len(groups))
    table["share_listed"] = table["listed"] / table["leads"]
    table["share_of_list"] = table["listed"] / max(1, int(listed.sum()))
    table["ratio"] = table["share_listed"] / (listed.mean() if listed.any() else np.nan)
    table["small"] = table["leads"] < SMALL_GROUP
    if converted is not None:
        table["rate"] = [float(converted[inside].mean()) for inside in masks.values()]
        table["conversion_listed"] = [_mean(converted[inside & listed]) for inside in masks.values()]
    return table


def rarely_listed(table: pd.DataFrame) -> list[str]:
    """Return the groups of a `group_table` listed less than four fifths as often as all leads, small ones left out."""
    return table.index[(table["ratio"] < FOUR_FIFTHS) & ~table["small"]].tolist()


def _mean(converted: BoolArray) -> float:
    return float(converted.mean()) if len(converted) else float("nan")
