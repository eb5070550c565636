"""Who of a run's ranked leads may come on a list now, and how many may not, by reason."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from smartbank.core.call_lists import ON_ANOTHER_LIST, SYNTHETIC
from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.ports import (
    CallListRepository,
    CustomerRepository,
    FrameStore,
    OutcomeRepository,
    RuleBookRepository,
    SettingsRepository,
    WorkQueue,
)
from smartbank.errors import NotFoundError
from smartbank.services.call_rules import Exclusion
from smartbank.services.exporting import barred_now
from smartbank.services.runs import Run, load_run, run_owner


@dataclass(frozen=True)
class ListPorts:
    """What planning and releasing a list need from the outside."""

    queue: WorkQueue
    frames: FrameStore
    customers: CustomerRepository
    settings: SettingsRepository
    rules: RuleBookRepository
    outcomes: OutcomeRepository
    lists: CallListRepository


@dataclass(frozen=True, eq=False)
class Eligible:
    """The leads of a run who may come on a list.

    Attributes
    ----------
    ranked : DataFrame
        The ranked leads who may, best first, as their run has them.
    left_out : mapping of str to int
        How many may not, by reason, in the order they are left out; as in `ListFigures`.
    rules_version : int
        The rule book that was asked.
    """

    run: Run
    ranked: pd.DataFrame
    left_out: Mapping[str, int]
    rules_version: int


def eligible_leads(run_id: str, *, ports: ListPorts, now: datetime, list_id: str = "") -> Eligible:
    """Return who of a run may come on a list at a moment, for use cases that have asked for the right.

    Left out are, in this order: synthetic customers where there are others, for those are never mixed; who must not be
    called; whom a rule leaves out as things stand now; and who is on another list.

    Parameters
    ----------
    list_id : str
        The list that is being released: whom it has claimed already may come on it.

    Raises
    ------
    NotFoundError
        The run is no longer kept, or scored its leads in a market of the past.
    """
    run = load_run(run_id, queue=ports.queue)
    if run.is_replay:
        raise NotFoundError("These leads were scored in a market of the past. Rank them in today's market first.")
    ranked = ports.frames.load(run_owner(run_id))
    if ranked.empty:
        raise NotFoundError("These ranked leads are no longer kept. Rank the leads again, then plan the list.")
    left_out: Counter[str] = Counter()
    if not ranked["synthetic"].all():
        left_out[SYNTHETIC] = int(ranked["synthetic"].sum())
        ranked = ranked[~ranked["synthetic"].astype(bool)]
    states = ranked[CUSTOMER_ID].map(dict(barred_now(customers=ports.customers, settings=ports.settings)))
    ranked = _without(ranked, states, left_out)
    exclusion = Exclusion(rules=ports.rules, outcomes=ports.outcomes, now=now)
    known_at = pd.Timestamp(run.result["scored_at"])
    rule_ids = exclusion.of(ranked.assign(updated_at=known_at))
    ranked = _without(ranked, rule_ids.where(rule_ids != ""), left_out)
    others = {customer for customer, holder in ports.lists.claimed().items() if holder != list_id}
    held = ranked[CUSTOMER_ID].isin(others)
    left_out[ON_ANOTHER_LIST] = int(held.sum())
    counts = {reason: number for reason, number in left_out.items() if number}
    return Eligible(run, ranked[~held].reset_index(drop=True), counts, exclusion.book.version)


def _without(ranked: pd.DataFrame, reasons: "pd.Series[str]", left_out: Counter[str]) -> pd.DataFrame:
    """Return the leads without a reason, and count the others by theirs."""
    left_out.update({str(reason): int(number) for reason, number in reasons.value_counts().items()})
    return ranked[reasons.isna()]
