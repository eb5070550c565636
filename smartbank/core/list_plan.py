"""Which leads a call list has, what each is on it for, and in which order they are called."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from smartbank.core.fair_list import ShareBounds, best_listed, fair_list
from smartbank.core.fairness import TextArray
from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.hold_out import HoldOut, Role, draws
from smartbank.core.list_change import BoolArray
from smartbank.core.number_format import NUMBER_FORMATS, NumberFormat
from smartbank.errors import ListConstraintError

IntArray = npt.NDArray[np.int64]
RoleArray = npt.NDArray[np.str_]

FEWEST_CALLED: Final = 2
"""Leads called for their propensity that a control must leave: fewer would be no list to hold anybody out of."""
_ROLE_TYPE: Final = f"<U{max(map(len, Role))}"


class Objective(StrEnum):
    """What a list is planned for.

    Sales: most sales the hours can bring, so the capacity is filled. Profit: only leads whose propensity reaches the
    threshold, so the list may be shorter than the capacity.
    """

    SALES = "sales"
    PROFIT = "profit"


@dataclass(frozen=True, eq=False)
class ListPlan:
    """Who is on a list, and when each is called.

    Attributes
    ----------
    roles : str array of shape (n_leads,)
        The `Role` of each lead; "" for who is not on the list.
    places : int array of shape (n_leads,)
        1, 2, ... in the order of calling; 0 for who is not called.
    """

    roles: RoleArray
    places: IntArray

    @property
    def called(self) -> BoolArray:
        """Which leads are called, shape (n_leads,)."""
        return self.places > 0

    @property
    def n_called(self) -> int:
        """Leads that are called: best and exploration."""
        return int(self.called.sum())

    @property
    def n_control(self) -> int:
        """Leads that were drawn not to be called."""
        return int((self.roles == Role.CONTROL).sum())

    @property
    def n_exploration(self) -> int:
        """Leads that are called because they were drawn."""
        return int((self.roles == Role.EXPLORATION).sum())


def plan_list(
    ranked: pd.DataFrame,
    *,
    calls: int,
    hold_out: HoldOut,
    seed: str,
    objective: Objective,
    threshold: float,
    groups: TextArray | None = None,
    bounds: Mapping[str, ShareBounds] | None = None,
    numbers: NumberFormat = NUMBER_FORMATS["en"],
) -> ListPlan:
    """Return the list that fits the calls: the best leads, less the control, and the exploration.

    Of the calls, `round(exploration * calls)` are exploration and the rest, `n_best`, go to the best. These come from a
    pool of the `round(n_best / (1 - control))` best leads, of which those above `n_best` with the lowest draws are
    control: a random part of the pool, comparable with those who are called. Exploration are the leads outside the pool
    with the lowest draws of another kind. Without a hold-out no other list of as many has more expected sales.

    Where fewer leads can be in the pool than it should have, all of them are, and both shares hold for what is left:
    control is `round(control * pool)`, and exploration `round(exploration / (1 - exploration))` times those of the pool
    who are called, so that it is its share of all calls. There is never more exploration than leads outside the pool,
    nor so much control that fewer than two of the pool are called. `round` is to the nearest, halves to the even one.

    The best are called in order of rank. The calling time is cut into as many equal stretches as there are exploration
    leads, and each has one of them at a drawn place: no agent can tell which they are, a list that is stopped half-way
    has had its share of them, and the last call goes to one of the best.

    Parameters
    ----------
    ranked : DataFrame of shape (n_leads, n_columns)
        The leads who may be called now, in one market and in any order of rows: `rank` (1 is best, gaps allowed),
        `customer_id` (unique) and `propensity`.
    calls : int
        Calls there is time for, as in `Capacity.calls`.
    seed : str
        Of `seed_after`. Draws are those of `draws` with `-control`, `-exploration` or `-place` added to it.
    threshold : float
        Propensity from which a call pays, in [0, 1]. For `PROFIT` the pool has nobody below it; exploration is still
        drawn from all others: it is what is paid for learning.
    groups : str array of shape (n_leads,), optional
    bounds : mapping of str to ShareBounds, optional
        Shares of groups that hold for the pool, as in `fair_list`; the draws keep them about, not exactly.
    numbers : NumberFormat
        How the message of an error writes numbers.

    Raises
    ------
    ListConstraintError
        Nobody may be called, there is no time for a call, nobody reaches the threshold, or no pool keeps the bounds.
    ValueError
        There are bounds and no groups.
    """
    if bounds and groups is None:
        raise ValueError("Bounds need the group of each lead.")
    eligible = _eligible(ranked, calls, objective, threshold, numbers)
    n_pool, n_control, n_exploration = _counts(calls, int(eligible.sum()), hold_out)
    pool = np.zeros(len(ranked), dtype=bool)
    some = ranked.loc[eligible, ["rank", "propensity"]]
    pool[eligible] = _best(some, n_pool, None if groups is None else groups[eligible], bounds, numbers)
    return _drawn(ranked, pool, n_control, n_exploration, seed)


def _eligible(
    ranked: pd.DataFrame, calls: int, objective: Objective, threshold: float, numbers: NumberFormat
) -> BoolArray:
    """Return which leads may be in the pool, once it is sure that there are some and time for one."""
    if ranked.empty:
        raise ListConstraintError(
            "Nobody may be called now, so there is no list to plan. Loosen the rules or the filter, or add leads."
        )
    if calls < 1:
        raise ListConstraintError("The hours are too few for one call. Add agents, hours or days, or shorten the call.")
    if objective == Objective.SALES:
        return np.ones(len(ranked), dtype=bool)
    eligible: BoolArray = ranked["propensity"].to_numpy(dtype=np.float64) >= threshold
    if not eligible.any():
        raise ListConstraintError(
            f"No lead reaches the threshold of {numbers.number(100 * threshold, digits=1)} %, so no call would pay."
            " Plan for most sales, or check the cost of a call and the value of a sale in the settings."
        )
    return eligible


def _counts(calls: int, n_eligible: int, hold_out: HoldOut) -> tuple[int, int, int]:
    """Return the leads of the pool, the control among them, and the exploration."""
    n_exploration = round(hold_out.exploration * calls)
    n_best = calls - n_exploration
    n_pool = n_best if n_best < FEWEST_CALLED else round(n_best / (1 - hold_out.control))
    if n_eligible >= n_pool:
        return n_pool, n_pool - n_best, n_exploration
    n_control = max(0, min(round(hold_out.control * n_eligible), n_eligible - FEWEST_CALLED))
    for_each_best = hold_out.exploration / (1 - hold_out.exploration)
    return n_eligible, n_control, min(n_exploration, round(for_each_best * (n_eligible - n_control)))


def _best(
    ranked: pd.DataFrame,
    length: int,
    groups: TextArray | None,
    bounds: Mapping[str, ShareBounds] | None,
    numbers: NumberFormat,
) -> BoolArray:
    """Return which leads are the best so many that keep the bounds, shape (n_leads,)."""
    if groups is None or not bounds:
        return best_listed(ranked, length)
    return fair_list(ranked, groups, bounds, length=length, numbers=numbers).listed


def _drawn(ranked: pd.DataFrame, pool: BoolArray, n_control: int, n_exploration: int, seed: str) -> ListPlan:
    """Return the plan of a pool once control, exploration and the places of the latter are drawn."""
    ids = ranked[CUSTOMER_ID].to_numpy(dtype=object)
    exploration = _lowest(ids, ~pool, n_exploration, f"{seed}-{Role.EXPLORATION}")
    roles = np.full(len(ranked), "", dtype=_ROLE_TYPE)
    roles[pool] = Role.BEST
    roles[_lowest(ids, pool, n_control, f"{seed}-{Role.CONTROL}")] = Role.CONTROL
    roles[exploration] = Role.EXPLORATION
    best = np.flatnonzero(roles == Role.BEST)
    by_rank = best[np.argsort(ranked["rank"].to_numpy()[best], kind="stable")]
    return ListPlan(roles, _places(by_rank, exploration, draws(ids[exploration], seed=f"{seed}-place"), len(ranked)))


def _lowest(customer_ids: TextArray, among: BoolArray, number: int, seed: str) -> IntArray:
    """Return the positions of the leads with the lowest draws among some, lowest first; all where there are fewer."""
    positions = np.flatnonzero(among)
    if not number:
        return positions[:0]
    return positions[np.argsort(draws(customer_ids[positions], seed=seed), kind="stable")[:number]]


def _places(best: IntArray, exploration: IntArray, within: npt.NDArray[np.float64], n_leads: int) -> IntArray:
    """Return each lead's place: the best in the order given, and the exploration at a draw within its stretch each."""
    when_best = np.arange(1, len(best) + 1) / len(best)
    when_exploration = (np.arange(len(exploration)) + within) / max(1, len(exploration))
    order = np.argsort(np.concatenate([when_exploration, when_best]), kind="stable")  # a tie never ends the list
    places = np.zeros(n_leads, dtype=np.int64)
    places[np.concatenate([exploration, best])[order]] = np.arange(1, len(order) + 1)
    return places
