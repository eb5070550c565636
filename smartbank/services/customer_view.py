"""Use case: one customer before the call, with the newest prediction explained."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from smartbank.core.fields import CUSTOMER_ID, LEAD_COLUMNS
from smartbank.core.market.snapshot import MarketSnapshot
from smartbank.core.outcomes import Outcome
from smartbank.core.people import Actor, Right
from smartbank.core.ports import (
    CustomerRepository,
    FrameStore,
    OutcomeRepository,
    PredictionRepository,
    SnapshotRepository,
)
from smartbank.core.reasons import Reason, WriterOf
from smartbank.core.work_ids import is_request
from smartbank.services.customers import find_customer
from smartbank.services.leveling import REPLAY
from smartbank.services.markets_of import markets_of
from smartbank.services.runs import run_owner


@dataclass(frozen=True)
class CustomerView:
    """A customer and what is predicted of them.

    Attributes
    ----------
    customer : Series
        The stored customer.
    history : sequence of mapping
        Predictions, newest first; empty for a customer never scored.
    lead : Series
        `LEAD_COLUMNS` as the newest prediction saw them; those of the customer where its ranked leads are gone.
    is_as_scored : bool
        Whether the lead is kept as the newest prediction saw it.
    reasons : sequence of Reason
        Of the newest prediction, strongest first, on the values it saw.
    run_leads : int
        The last rank of the run of the newest prediction, who was erased since included; 0 where its leads are gone.
    outcomes : sequence of Outcome
        What came of calls to them, newest first.
    markets : mapping of str to MarketSnapshot
        The markets the predictions were made in, by snapshot id, as far as they are kept.
    """

    customer: pd.Series
    history: Sequence[Mapping[str, Any]]
    lead: pd.Series
    is_as_scored: bool
    reasons: Sequence[Reason]
    run_leads: int
    outcomes: Sequence[Outcome]
    markets: Mapping[str, MarketSnapshot]

    @property
    def newest(self) -> Mapping[str, Any] | None:
        """The newest prediction of a run in the market in force; a replay says nothing of today."""
        return newest_of_today(self.history)

    @property
    def asked_since(self) -> Mapping[str, Any] | None:
        """The newest prediction a program asked for after the newest of a run, in whatever market; None for none."""
        asked = next((each for each in self.history if is_request(each["run_id"])), None)
        newest = self.newest
        return asked if asked and (newest is None or asked["scored_at"] > newest["scored_at"]) else None

    @property
    def changed_since(self) -> bool:
        """Whether the customer has another version than the newest prediction saw."""
        newest = self.newest
        return newest is not None and newest["customer_version"] != self.customer["customer_version"]


def view_customer(
    customer_id: str,
    *,
    by: Actor,
    customers: CustomerRepository,
    predictions: PredictionRepository,
    outcomes: OutcomeRepository,
    frames: FrameStore,
    writer_of: WriterOf,
    snapshots: SnapshotRepository,
) -> CustomerView:
    """Return a customer with their predictions. Raises `NotFoundError` for an unknown id."""
    by.require(Right.SEE_CUSTOMER)
    customer = find_customer(customer_id, customers=customers)
    history, calls = predictions.history(customer_id), outcomes.of_customer(customer_id)
    newest, markets = newest_of_today(history), markets_of(history, snapshots=snapshots)
    if newest is None:
        return CustomerView(customer, history, customer[list(LEAD_COLUMNS)], False, [], 0, calls, markets)
    run = frames.load(run_owner(newest["run_id"]), columns=[CUSTOMER_ID, "rank", *LEAD_COLUMNS])
    seen = run[run[CUSTOMER_ID] == customer_id] if len(run) else run
    values = seen.iloc[0] if len(seen) else customer
    last = int(run["rank"].max()) if len(run) else 0
    reasons = writer_of(newest["model_version"]).reasons(values, np.array(newest["contributions"]))
    return CustomerView(customer, history, values[list(LEAD_COLUMNS)], len(seen) > 0, reasons, last, calls, markets)


def newest_of_today(history: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """Return the first prediction, newest first, that is no replay."""
    return next(iter(predictions_of_today(history)), None)


def predictions_of_today(history: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the predictions of runs in the market of their day, in their order.

    A replay was in another market, and what a program asked for has no place in a list.
    """
    return [each for each in history if each["snapshot_id"] != REPLAY and not is_request(each["run_id"])]
