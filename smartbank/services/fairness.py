"""Use case: the leads a run's list is chosen from, as fairness looks at them."""

from collections.abc import Iterable
from typing import Final

import pandas as pd

from smartbank.core.fairness import FAIRNESS_FIELDS
from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.people import Actor, Right
from smartbank.core.ports import CustomerRepository, FrameStore, SettingsRepository
from smartbank.core.work import WorkState
from smartbank.services.exporting import allowed, barred_now
from smartbank.services.runs import Run, run_owner

_SEEN: Final = (CUSTOMER_ID, "rank", "propensity", *FAIRNESS_FIELDS)


def newest_whole_run(runs: Iterable[Run]) -> Run | None:
    """Return the first run of today's market that is done and scored a whole file or everybody, of runs newest first.

    A selection of customers says nothing of whom a list takes: the selection took them already.
    """
    return next((run for run in runs if _is_whole(run)), None)


def fairness_leads(
    run: Run, *, by: Actor, frames: FrameStore, customers: CustomerRepository, settings: SettingsRepository
) -> pd.DataFrame:
    """Return the ranked leads of a run that may be called, best first, with what groups are made by.

    Returns
    -------
    DataFrame of shape (n_leads, 6)
        `customer_id`, `rank`, `propensity` in [0, 1], `age`, `marital`, `job`; empty where the run is no longer kept.
    """
    by.require(Right.SEE_LEADS)
    ranked = frames.load(run_owner(run.run_id), columns=list(_SEEN))
    if ranked.empty:
        return pd.DataFrame(columns=list(_SEEN))
    return allowed(ranked, barred_now(customers=customers, settings=settings)).reset_index(drop=True)


def _is_whole(run: Run) -> bool:
    if run.work.state is not WorkState.DONE or run.is_replay:
        return False
    return run.source.kind != "customers" or run.source.customer_query().selects_everyone
