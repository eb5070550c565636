"""Who is free to call: on no running list, and left out by no rule on calling; and whom an export leaves out."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

import pandas as pd

from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.people import Actor, Right
from smartbank.core.ports import (
    CallListRepository,
    CustomerRepository,
    FrameStore,
    OutcomeRepository,
    RuleBookRepository,
    SettingsRepository,
)
from smartbank.core.ranking import RankFilter
from smartbank.services.call_rules import Exclusion
from smartbank.services.callable_leads import allowed, barred_now
from smartbank.services.runs import Run, run_owner, with_moment


def left_out_now(
    run: Run,
    rank_filter: RankFilter,
    *,
    customers: CustomerRepository,
    settings: SettingsRepository,
    frames: FrameStore,
    lists: CallListRepository,
    rules: RuleBookRepository,
    outcomes: OutcomeRepository,
    now: datetime,
) -> Collection[str]:
    """Return the ids of customers no export holds: who must not be called and, as far as meant, who is not free."""
    barred = barred_now(customers=customers, settings=settings)
    if not rank_filter.free_only:
        return barred
    leads = with_moment(frames.load(run_owner(run.run_id)), run)
    return {*barred, *not_free(leads, lists=lists, rules=rules, outcomes=outcomes, now=now)}


def not_free(
    leads: pd.DataFrame,
    *,
    lists: CallListRepository,
    rules: RuleBookRepository,
    outcomes: OutcomeRepository,
    now: datetime,
) -> set[str]:
    """Return the ids of leads, as `with_moment` gives them, whom a rule on calling leaves out, and of all on lists."""
    if leads.empty:
        return set(lists.claimed())
    rule_ids = Exclusion(rules=rules, outcomes=outcomes, now=now).of(leads)
    return {*lists.claimed(), *leads.loc[rule_ids != "", CUSTOMER_ID]}


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
    """Return the ids of a run's leads who are not free to call now, and of all customers on running lists."""
    by.require(Right.SEE_LEADS)
    leads = with_moment(frames.load(run_owner(run.run_id)), run)
    return frozenset(not_free(leads, lists=lists, rules=rules, outcomes=outcomes, now=now))
