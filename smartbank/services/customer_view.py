"""Use case: one customer before the call, with the newest prediction explained."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from smartbank.core.fields import CUSTOMER_ID, LEAD_COLUMNS
from smartbank.core.people import Actor, Right
from smartbank.core.ports import CustomerRepository, FrameStore, PredictionRepository
from smartbank.core.reasons import Reason, ReasonWriter
from smartbank.services.customers import find_customer
from smartbank.services.leveling import REPLAY
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
    reasons : sequence of Reason
        Of the newest prediction, strongest first, on the values it saw.
    run_leads : int
        Leads in the run of the newest prediction; 0 where its ranked leads are gone.
    """

    customer: pd.Series
    history: Sequence[Mapping[str, Any]]
    reasons: Sequence[Reason]
    run_leads: int

    @property
    def newest(self) -> Mapping[str, Any] | None:
        """The newest prediction in a market in force; a replay says nothing of today."""
        return newest_of_today(self.history)

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
    frames: FrameStore,
    writer: ReasonWriter,
) -> CustomerView:
    """Return a customer with their predictions. Raises `NotFoundError` for an unknown id."""
    by.require(Right.SEE_CUSTOMER)
    customer = find_customer(customer_id, customers=customers)
    history = predictions.history(customer_id)
    newest = newest_of_today(history)
    if newest is None:
        return CustomerView(customer, history, [], 0)
    run = frames.load(run_owner(newest["run_id"]), columns=[CUSTOMER_ID, *LEAD_COLUMNS])
    seen = run[run[CUSTOMER_ID] == customer_id] if len(run) else run
    values = seen.iloc[0] if len(seen) else customer
    return CustomerView(customer, history, writer.reasons(values, np.array(newest["contributions"])), len(run))


def newest_of_today(history: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """Return the first prediction, newest first, that is no replay."""
    return next((prediction for prediction in history if prediction["snapshot_id"] != REPLAY), None)
