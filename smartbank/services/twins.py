"""Use case: what the two models of a pair, with and without age and marital status, say of a run's leads."""

import pandas as pd

from smartbank.core.fields import CUSTOMER_ID, LEAD_COLUMNS
from smartbank.core.people import Actor, Right
from smartbank.core.ports import FrameStore, Scorer
from smartbank.core.work import WorkKind
from smartbank.errors import NotFoundError
from smartbank.services.housekeeping import NO_LONGER_KEPT
from smartbank.services.runs import run_owner

WITH_BOTH, WITHOUT = "with_both", "without"


def margins_both_ways(run_id: str, *, by: Actor, full: Scorer, twin: Scorer, frames: FrameStore) -> pd.DataFrame:
    """Return `customer_id`, `with_both` and `without` of a run's leads: margins in log-odds, best first.

    Raises
    ------
    NotFoundError
        The run is no longer kept.
    """
    by.require(Right.SEE_LEADS)
    ranked = frames.load(run_owner(run_id), columns=[CUSTOMER_ID, *LEAD_COLUMNS])
    if ranked.empty:
        raise NotFoundError(NO_LONGER_KEPT[WorkKind.RUN])
    leads = ranked[list(LEAD_COLUMNS)]
    return ranked[[CUSTOMER_ID]].assign(**{WITH_BOTH: full.margins(leads), WITHOUT: twin.margins(leads)})
