"""Use case: what changed from one list to another, by customer and by cause."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from smartbank.core.call_lists import CallList
from smartbank.core.fields import CUSTOMER_ID, LEAD_COLUMNS
from smartbank.core.list_difference import list_difference
from smartbank.core.list_entries import list_owner, off_owner
from smartbank.core.people import Actor, Right
from smartbank.core.ports import CallListRepository, FrameStore, Scorer
from smartbank.errors import NotFoundError
from smartbank.services.runs import left_out_owner, run_owner

_RANKED = [CUSTOMER_ID, "rank", "margin", "propensity"]


@dataclass(frozen=True, eq=False)
class ComparedLists:
    """Two lists and what is between them.

    Attributes
    ----------
    table : DataFrame
        `DIFFERENCE_COLUMNS`, one row a customer who is on either.
    """

    before: CallList
    after: CallList
    table: pd.DataFrame


def compare_lists(
    before_id: str,
    after_id: str,
    *,
    old_scorer: Scorer | None,
    by: Actor,
    lists: CallListRepository,
    frames: FrameStore,
) -> ComparedLists:
    """Return who came, left and moved from one released list to another, and what did it.

    Parameters
    ----------
    old_scorer : Scorer or None
        The model of the first list, which parts a change of the model from one of the data; None where both lists
        have the same model, or it is gone: then all of a change counts as the data's.

    Raises
    ------
    NotFoundError
        One of the lists was not released, or the ranked leads it was drawn from are no longer kept.
    """
    by.require(Right.SEE_LEADS)
    before, after = lists.find(before_id), lists.find(after_id)
    ranked_before = _ranked(before, frames, _RANKED)
    ranked_after = _ranked(after, frames, [*_RANKED, *LEAD_COLUMNS])
    ranked_after["margin_by_old"] = _by_old(ranked_after, before, after, old_scorer)
    entries_before, entries_after = (_entries(each, frames) for each in (before, after))
    table = list_difference(
        entries_before,
        entries_after,
        ranked_before=ranked_before,
        ranked_after=ranked_after,
        ruled_out_before=_kept_off(before, frames),
        ruled_out_after=_kept_off(after, frames),
    )
    return ComparedLists(before, after, table)


def _entries(call_list: CallList, frames: FrameStore) -> pd.DataFrame:
    entries = frames.load(list_owner(call_list.list_id), columns=[CUSTOMER_ID, "role"])
    if entries.empty or call_list.figures is None:
        raise NotFoundError(f"“{call_list.request.name}” was not released, so there is nothing to compare.")
    return entries


def _ranked(call_list: CallList, frames: FrameStore, columns: list[str]) -> pd.DataFrame:
    ranked = frames.load(run_owner(call_list.request.run_id), columns=columns)
    if ranked.empty:
        raise NotFoundError(f"The ranked leads of “{call_list.request.name}” are no longer kept.")
    return ranked


def _by_old(ranked: pd.DataFrame, before: CallList, after: CallList, scorer: Scorer | None) -> "pd.Series[float]":
    """Return what the model of the first list gives the leads of the second one, in log-odds."""
    same = before.ground is None or after.ground is None or before.ground.model_version == after.ground.model_version
    if same or scorer is None:
        return ranked["margin"].astype(np.float64)
    return pd.Series(scorer.margins(ranked), index=ranked.index, dtype="float64")


def _kept_off(call_list: CallList, frames: FrameStore) -> set[str]:
    """Return whom a rule, an objection or another list kept off: when the leads were ranked, or at the release."""
    owners = (left_out_owner(call_list.request.run_id), off_owner(call_list.list_id))
    kept_off = (part for owner in owners for part in frames.parts(owner, columns=[CUSTOMER_ID]))
    return {customer_id for part in kept_off for customer_id in part[CUSTOMER_ID]}
