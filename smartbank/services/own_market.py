"""The market the leads of a run stand in: one for all, or in a replay the figures their file brought with each row."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from smartbank.core.fields import CUSTOMER_ID, MARKET_COLUMNS
from smartbank.core.level import Level
from smartbank.core.market.snapshot import MarketSnapshot
from smartbank.core.ports import FrameStore, Scorer
from smartbank.core.rules import ScoringRules
from smartbank.errors import LeadValidationError
from smartbank.services.leveling import replay_levels
from smartbank.services.run_steps import Scored
from smartbank.services.runs import RunSource
from smartbank.services.uploads import Owners


@dataclass(frozen=True)
class RunMarket:
    """What is added to the margins of a run's leads.

    Attributes
    ----------
    levels : array of shape (n_leads,)
        Log-odds added to each lead's margin.
    figures : DataFrame of shape (n_leads, 3) or (n_leads, 0)
        `MARKET_FEATURES` of each lead; no column where one market stands for all.
    not_own : mapping of str to int
        For how many leads the file had no figures of use, so that those in force stood in.
    """

    level: Level
    levels: npt.NDArray[np.float64]
    figures: pd.DataFrame
    not_own: Mapping[str, int]


def replayed_market(
    scored: Scored,
    source: RunSource,
    snapshot: MarketSnapshot,
    *,
    rules: ScoringRules,
    frames: FrameStore,
    scorer: Scorer,
) -> RunMarket:
    """Return the market of a replay; a snapshot stands in for what a row has no figures of."""
    own, not_own = _own_market(scored.leads, source, frames=frames, scorer=scorer)
    figures = own.fillna({name: getattr(snapshot, name) for name in own.columns})
    level, levels = replay_levels(scored.margins, figures, rules=rules, scorer=scorer)
    return RunMarket(level, levels, figures, not_own)


def _own_market(
    leads: pd.DataFrame, source: RunSource, *, frames: FrameStore, scorer: Scorer
) -> tuple[pd.DataFrame, dict[str, int]]:
    """Return `MARKET_FEATURES` of each lead as its row of the file brought them, and what rows did not bring.

    Returns
    -------
    DataFrame
        One row a lead; missing where the file has no figure, or a level of consumer prices of no training month.
    dict
        Of how many leads each column of the file is missing, by its name, and "unknown cpi" of how many the level of
        prices is of no training month; only what there is of.
    """
    if source.kind != "upload":
        raise LeadValidationError("Only an uploaded file can bring its own market.")
    parts = list(frames.parts(Owners(source.upload_id).rows, columns=[CUSTOMER_ID, *MARKET_COLUMNS]))
    own = pd.concat(parts).set_index(CUSTOMER_ID).reindex(leads[CUSTOMER_ID])
    market = pd.DataFrame(
        {
            "euribor3m": own["euribor3m"].to_numpy(),
            "emp_var_rate": own["emp_var_rate"].to_numpy(),
            "cpi_yoy": scorer.cpi_year_on_year(own["cpi"].to_numpy()),
        }
    )
    counts = {name: int(own[name].isna().sum()) for name in MARKET_COLUMNS}
    counts["unknown cpi"] = int(market["cpi_yoy"].isna().sum()) - counts["cpi"]
    return market, {name: leads for name, leads in counts.items() if leads}
