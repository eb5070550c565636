"""Two lists side by side: who came, who left, who moved, and what did it."""

from collections.abc import Collection
from enum import StrEnum
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.hold_out import Role

TextArray = npt.NDArray[np.str_]

DIFFERENCE_COLUMNS: Final = (
    CUSTOMER_ID,
    "change",
    "cause",
    "rank_before",
    "rank_after",
    "propensity_before",
    "propensity_after",
)


class Change(StrEnum):
    """What became of a customer from one list to the other."""

    CAME = "came"
    LEFT = "left"
    MOVED = "moved"
    STAYED = "stayed"


class Cause(StrEnum):
    """What did it.

    Data: the customer's own. Model: another version. Rule: one keeps the customer off, or did. Others: nothing about
    the customer changed, but others came before or left. Length: the list has more or fewer places. Chance: the draw
    of the hold-out. New and gone: the customer was ranked in one of the two runs only.
    """

    DATA = "data"
    MODEL = "model"
    RULE = "rule"
    OTHERS = "others"
    LENGTH = "length"
    CHANCE = "chance"
    NEW = "new"
    GONE = "gone"
    NONE = ""


_SAME: Final = 1e-9
"""Log-odds below which a score did not change."""


def list_difference(
    before: pd.DataFrame,
    after: pd.DataFrame,
    *,
    ranked_before: pd.DataFrame,
    ranked_after: pd.DataFrame,
    ruled_out_before: Collection[str] = (),
    ruled_out_after: Collection[str] = (),
) -> pd.DataFrame:
    """Return everybody who is on either list, `DIFFERENCE_COLUMNS` wide: who left, came, moved and stayed, by rank.

    The market is no cause: it moves the level of all, never the order.

    Parameters
    ----------
    before, after : DataFrame
        Entries of the two lists: `customer_id`, `role`.
    ranked_before, ranked_after : DataFrame
        The ranked leads each was drawn from: `customer_id`, `rank`, `margin`, `propensity`, and in `ranked_after`
        `margin_by_old`, what the model of the first list gives the customer as known at the second one.
    ruled_out_before, ruled_out_after : collection of str
        Customers whom a rule, an objection or another list keeps off.
    """
    ids = sorted({*before[CUSTOMER_ID], *after[CUSTOMER_ID]})
    joined = pd.DataFrame(
        {
            "role_before": before.set_index(CUSTOMER_ID)["role"].reindex(ids),
            "role_after": after.set_index(CUSTOMER_ID)["role"].reindex(ids),
            "out_before": np.isin(ids, list(ruled_out_before)),
            "out_after": np.isin(ids, list(ruled_out_after)),
        }
    )
    joined = joined.join(ranked_before.set_index(CUSTOMER_ID)[list(_OLD)].add_suffix("_before"))
    joined = joined.join(ranked_after.set_index(CUSTOMER_ID)[list(_NEW)].add_suffix("_after"))
    joined["change"] = _changes(joined)
    joined["cause"] = _causes(joined, longer=len(after) - len(before))
    best = joined[["rank_before", "rank_after"]].min(axis=1)
    order = joined["change"].map({str(change): place for place, change in enumerate(_SHOWN)})
    sorted_ids = joined.assign(_order=order, _best=best).sort_values(["_order", "_best"], kind="stable")
    table: pd.DataFrame = sorted_ids.rename_axis(CUSTOMER_ID).reset_index()[list(DIFFERENCE_COLUMNS)]
    return table


_OLD: Final = ("rank", "margin", "propensity")
_NEW: Final = (*_OLD, "margin_by_old")
_SHOWN: Final = (Change.LEFT, Change.CAME, Change.MOVED, Change.STAYED)


def _changes(joined: pd.DataFrame) -> TextArray:
    chosen: TextArray = np.select(
        [
            joined["role_before"].isna(),
            joined["role_after"].isna(),
            joined["rank_before"].ne(joined["rank_after"]),
        ],
        [Change.CAME.value, Change.LEFT.value, Change.MOVED.value],
        Change.STAYED.value,
    )
    return chosen


def _causes(joined: pd.DataFrame, *, longer: int) -> TextArray:
    came, left = joined["change"].eq(Change.CAME), joined["change"].eq(Change.LEFT)
    drawn = (joined["role_before"].eq(Role.EXPLORATION) & left) | (joined["role_after"].eq(Role.EXPLORATION) & came)
    up = pd.Series(np.sign(joined["rank_before"] - joined["rank_after"]), index=joined.index).where(~came, 1.0)
    up = up.where(~left, -1.0)
    data = (joined["margin_by_old_after"] - joined["margin_before"]) * up
    model = (joined["margin_after"] - joined["margin_by_old_after"]) * up
    chosen: TextArray = np.select(
        [
            joined["change"].eq(Change.STAYED),
            (came & joined["out_before"]) | (left & joined["out_after"]),
            joined["rank_before"].isna(),
            joined["rank_after"].isna(),
            drawn,
            model.gt(_SAME) & model.ge(data),
            data.gt(_SAME),
            (came & (longer > 0)) | (left & (longer < 0)),
        ],
        [each.value for each in _WHY],
        Cause.OTHERS.value,
    )
    return chosen


_WHY: Final = (
    Cause.NONE,
    Cause.RULE,
    Cause.NEW,
    Cause.GONE,
    Cause.CHANCE,
    Cause.MODEL,
    Cause.DATA,
    Cause.LENGTH,
)
"""The causes in the order they are looked at; the first that holds is named."""
