"""Who is free to call: on no running list, and left out by no rule on calling."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

import pandas as pd

from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.people import Actor, Right
from smartbank.core.ports import CallListRepository, FrameStore, OutcomeRepository, RuleBookRepository
from smartbank.core.ranking import RankFilter
from smartbank.services.call_rules import Exclusion
from smartbank.services.callable_leads import allowed
from smartbank.services.runs import Run, run_owner, with_moment


def leads_not_free(
    run: Run,
    *,
    by: Actor,
    frames: FrameStore,
    lists: CallListRepository,
    rules: RuleBookRepository,
    outcomes: OutcomeRepository,
    now: datetime,
) -> frozenset[str]:
    """Return what `not_free` does to those who may see leads."""
    by.require(Right.SEE_LEADS)
    return not_free(run, frames=frames, lists=lists, rules=rules, outcomes=outcomes, now=now)


def not_free(
    run: Run,
    *,
    frames: FrameStore,
    lists: CallListRepository,
    rules: RuleBookRepository,
    outcomes: OutcomeRepository,
    now: datetime,
) -> frozenset[str]:
    """Return the ids of a run's leads whom a rule on calling leaves out at a moment, and of all on running lists."""
    leads = with_moment(frames.load(run_owner(run.run_id)), run)
    if leads.empty:
        return frozenset(lists.claimed())
    rule_ids = Exclusion(rules=rules, outcomes=outcomes, now=now).of(leads)
    return frozenset({*lists.claimed(), *leads.loc[rule_ids != "", CUSTOMER_ID]})


def of_free(rank_filter: RankFilter, ranked: pd.DataFrame, left_out: Collection[str]) -> RankFilter:
    """Return a filter by ranks: where free leads are meant, the best so many are counted among these.

    Parameters
    ----------
    ranked : DataFrame
        All leads of a run in the order of their ranks, with `rank` and `CUSTOMER_ID`.
    """
    if not (rank_filter.free_only and rank_filter.best):
        return rank_filter
    ranks = allowed(ranked, left_out)["rank"].head(rank_filter.best)
    return replace(rank_filter, best=int(ranks.max())) if len(ranks) else rank_filter
