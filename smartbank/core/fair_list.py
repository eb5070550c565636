"""The best list in which groups have a least or a largest share, and what that costs in expected sales."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from smartbank.core.fairness import TextArray
from smartbank.core.list_change import BoolArray, ListChange
from smartbank.core.number_format import NUMBER_FORMATS, NumberFormat
from smartbank.core.wording import nouns
from smartbank.errors import ListConstraintError

IntArray = npt.NDArray[np.int64]

_DECIMALS: Final = 9
"""Of a number of leads: what lies beyond is the rounding of a share."""


@dataclass(frozen=True)
class ShareBounds:
    """The share of a list a group must have at least and may have at most, in [0, 1]."""

    least: float = 0.0
    most: float = 1.0

    def counts(self, length: int) -> tuple[int, int]:
        """Return the fewest and the most leads of a list of this length: rounded up, and rounded down."""
        fewest = math.ceil(round(self.least * length, _DECIMALS))
        return fewest, math.floor(round(self.most * length, _DECIMALS))


def best_listed(ranked: pd.DataFrame, length: int) -> BoolArray:
    """Return which leads are the best `length` by rank, shape (n_leads,); ranks break ties by `customer_id`."""
    return _places(ranked) < length


def fair_list(
    ranked: pd.DataFrame,
    groups: TextArray,
    bounds: Mapping[str, ShareBounds],
    *,
    length: int,
    numbers: NumberFormat = NUMBER_FORMATS["en"],
) -> ListChange:
    """Return the list with the most expected sales in which every group keeps its bounds.

    Each group's fewest leads are taken first, its best ones; the rest is filled by rank, passing over groups that have
    their most. As every lead is in exactly one group, no other list of this length has more expected sales.

    Parameters
    ----------
    ranked : DataFrame of shape (n_leads, n_columns)
        `rank` and `propensity` of leads in one market, so that a better rank never has a lower propensity.
    groups : str array of shape (n_leads,)
    bounds : mapping of str to ShareBounds
        A group without bounds is free.
    length : int
        Leads on the list, from 1 to `n_leads`.
    numbers : NumberFormat
        How the message of an error writes numbers.

    Raises
    ------
    ListConstraintError
        No list of this length keeps the bounds; the message says which bound to change.
    """
    if not 1 <= length <= len(ranked):
        raise ListConstraintError(
            f"A list of {numbers.number(length)} is not possible: there are {_leads(len(ranked), numbers)}."
        )
    fewest, most = _counts(groups, bounds, length, numbers)
    place = _places(ranked)
    within = _places_within(groups, place)
    listed = within < fewest
    spare = np.flatnonzero((within < most) & ~listed)
    listed[spare[np.argsort(place[spare])][: length - int(listed.sum())]] = True
    return ListChange(place < length, listed, ranked["propensity"].to_numpy(dtype=np.float64))


def _counts(
    groups: TextArray, bounds: Mapping[str, ShareBounds], length: int, numbers: NumberFormat
) -> tuple[IntArray, IntArray]:
    """Return the fewest and the most leads of each lead's group, once it is sure that a list can keep them."""
    names, position, sizes = np.unique(groups.astype(str), return_inverse=True, return_counts=True)
    size_of = dict(zip(names.tolist(), sizes.tolist(), strict=True))
    counts = {name: bounds.get(name, ShareBounds()).counts(length) for name in sorted({*size_of, *bounds})}
    for name, (fewest, most) in counts.items():
        _require_possible(name, fewest, most, size_of.get(name, 0), numbers)
    asked = sum(fewest for fewest, _ in counts.values())
    if asked > length:
        raise ListConstraintError(
            f"The least shares add up to {_leads(asked, numbers)}, and the list has {numbers.number(length)}."
            " Lower one of them."
        )
    room = sum(min(most, size_of.get(name, 0)) for name, (_, most) in counts.items())
    if room < length:
        raise ListConstraintError(
            f"The largest shares leave room for {_leads(room, numbers)}, and the list has"
            f" {numbers.number(length)}. Raise one of them, or shorten the list."
        )
    fewest_of, most_of = np.array([counts[name] for name in names.tolist()], dtype=np.int64).T
    return fewest_of[position], most_of[position]


def _require_possible(name: str, fewest: int, most: int, size: int, numbers: NumberFormat) -> None:
    if fewest > most:
        raise ListConstraintError(
            f"{name}: the least share asks for {_leads(fewest, numbers)}, and the largest allows"
            f" {numbers.number(most)}. Lower the one or raise the other."
        )
    if fewest > size:
        raise ListConstraintError(
            f"{name}: the least share asks for {_leads(fewest, numbers)}, and there are {numbers.number(size)}."
            " Lower it, or shorten the list."
        )


def _leads(number: int, numbers: NumberFormat) -> str:
    return f"{numbers.number(number)} {nouns(number, 'lead')}"


def _places(ranked: pd.DataFrame) -> IntArray:
    """Return each lead's place by rank, from 0; leads that were taken out leave no gap."""
    place = np.empty(len(ranked), dtype=np.int64)
    place[np.argsort(ranked["rank"].to_numpy(), kind="stable")] = np.arange(len(ranked))
    return place


def _places_within(groups: TextArray, place: IntArray) -> IntArray:
    """Return each lead's place by rank among those of its group, from 0."""
    within: IntArray = pd.Series(place).groupby(groups).rank(method="first").to_numpy(dtype=np.int64) - 1
    return within
