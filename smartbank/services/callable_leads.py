"""Ranked leads without the customers who must not be called."""

from collections.abc import Collection, Mapping, Sequence

import pandas as pd

from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.people import Actor, Right
from smartbank.core.ports import CustomerRepository, FrameStore, SettingsRepository
from smartbank.services.runs import run_owner


def barred_now(*, customers: CustomerRepository, settings: SettingsRepository) -> Mapping[str, str]:
    """Return the ids of all customers who must not be called under the settings in force, with their `ConsentState`."""
    return customers.barred(require_consent=settings.current().require_consent)


def allowed(ranked: pd.DataFrame, barred: Collection[str]) -> pd.DataFrame:
    """Return the ranked leads without the customers who must not be called."""
    return ranked[~ranked[CUSTOMER_ID].isin(list(barred))] if barred else ranked


def callable_leads(
    run_id: str,
    columns: Sequence[str],
    *,
    by: Actor,
    frames: FrameStore,
    customers: CustomerRepository,
    settings: SettingsRepository,
) -> pd.DataFrame:
    """Return some columns of a run's leads who may be called now, best first; empty where the run is no longer kept."""
    by.require(Right.SEE_LEADS)
    needed = list(dict.fromkeys([CUSTOMER_ID, *columns]))
    ranked = frames.load(run_owner(run_id), columns=needed)
    if ranked.empty:
        return pd.DataFrame(columns=needed)
    return allowed(ranked, barred_now(customers=customers, settings=settings)).reset_index(drop=True)
