"""Who of a run's ranked leads may come on a list now, and how many may not, by reason."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import numpy.typing as npt
import pandas as pd

from smartbank.core.call_lists import NO_NUMBER, SYNTHETIC, ListRequest, on_list
from smartbank.core.card_figures import card_level_error
from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.ports import (
    CallListRepository,
    CustomerRepository,
    FrameStore,
    ModelShelf,
    OutcomeRepository,
    RuleBookRepository,
    SettingsRepository,
    WorkQueue,
)
from smartbank.errors import ModelArtifactError, NotFoundError
from smartbank.services.call_rules import Exclusion
from smartbank.services.callable_leads import barred_now
from smartbank.services.runs import Run, load_run, run_owner, with_moment

BoolArray = npt.NDArray[np.bool_]


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
    shelf: ModelShelf


@dataclass(frozen=True, eq=False)
class Eligible:
    """The leads of a run who may come on a list.

    Attributes
    ----------
    ranked : DataFrame
        The ranked leads who may, best first, as their run has them.
    off : DataFrame
        Who may not, `OFF_COLUMNS` wide, in the order they are left out.
    rules_version : int
        The rule book that was asked.
    has_number : bool array of shape (len(ranked),)
        Of whom a phone number is stored.
    level_error : float or None
        Root mean square error of a month's level, in log-odds, as the card of their model has it; None where it is gone
        or has none, so that the level is taken as right.
    """

    run: Run
    ranked: pd.DataFrame
    off: pd.DataFrame
    rules_version: int
    has_number: BoolArray
    level_error: float | None

    @property
    def left_out(self) -> Mapping[str, int]:
        """How many may not come on the list, by reason, in the order they are left out; as in `ListFigures`."""
        return off_counts(self.off)

    def for_request(self, request: ListRequest) -> "Eligible":
        """Return the leads who may come on the list a request asks for: those with a number, where it says so."""
        if not request.only_with_number or self.has_number.all():
            return self
        lacking = self.ranked[CUSTOMER_ID][~self.has_number]
        return replace(
            self,
            ranked=self.ranked[self.has_number].reset_index(drop=True),
            off=pd.concat([self.off, off_frame(dict.fromkeys(lacking, NO_NUMBER))], ignore_index=True),
            has_number=self.has_number[self.has_number],
        )


def eligible_leads(run_id: str, *, ports: ListPorts, now: datetime, passing_over: Collection[str] = ()) -> Eligible:
    """Return who of a run may come on a list at a moment, for use cases that have asked for the right.

    Left out are, in this order: synthetic customers where there are others, for those are never mixed; who must not be
    called; whom a rule leaves out as things stand now; and who is on another list.

    Parameters
    ----------
    passing_over : collection of str
        Ids of lists whose customers may come on it: the list that is being released, which has claimed some already.

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
    off: list[pd.DataFrame] = []
    if not ranked["synthetic"].all():
        ranked = _without(ranked, _where(ranked["synthetic"].astype(bool), SYNTHETIC), off)
    barred = barred_now(customers=ports.customers, settings=ports.settings)
    ranked = _without(ranked, ranked[CUSTOMER_ID].map(dict(barred)), off)
    exclusion = Exclusion(rules=ports.rules, outcomes=ports.outcomes, now=now)
    ranked = with_moment(ranked, run)
    rule_ids = exclusion.of(ranked)
    ranked = _without(ranked, rule_ids.where(rule_ids != ""), off)
    others = {
        customer: on_list(holder) for customer, holder in ports.lists.claimed().items() if holder not in passing_over
    }
    ranked = _without(ranked, ranked[CUSTOMER_ID].map(others), off)
    has_number = ~ranked[CUSTOMER_ID].isin(ports.customers.without_number()).to_numpy(dtype=bool)
    off_now = pd.concat(off, ignore_index=True)
    error = _level_error(run.result["model_version"], ports.shelf)
    return Eligible(run, ranked.reset_index(drop=True), off_now, exclusion.book.version, has_number, error)


def _level_error(version: str, shelf: ModelShelf) -> float | None:
    try:
        return card_level_error(shelf.card(version))
    except ModelArtifactError:  # the model is gone; its leads may be called all the same
        return None


def off_counts(off: pd.DataFrame) -> dict[str, int]:
    """Return how many were kept off, by reason, in the order reasons first come."""
    return {str(reason): int(number) for reason, number in off["reason"].value_counts(sort=False).items()}


def off_frame(reasons: Mapping[str, str]) -> pd.DataFrame:
    """Return `OFF_COLUMNS` of customers, each with what kept them off."""
    return pd.DataFrame({CUSTOMER_ID: list(reasons), "reason": list(reasons.values())}).astype("str")


def _where(applies: "pd.Series[bool]", reason: str) -> "pd.Series[str]":
    return pd.Series(reason, index=applies.index, dtype="str").where(applies)


def _without(ranked: pd.DataFrame, reasons: "pd.Series[str]", off: list[pd.DataFrame]) -> pd.DataFrame:
    """Return the leads without a reason, and note the others with theirs."""
    out = reasons.notna()
    off.append(pd.DataFrame({CUSTOMER_ID: ranked.loc[out, CUSTOMER_ID], "reason": reasons[out]}).astype("str"))
    return ranked[~out]
