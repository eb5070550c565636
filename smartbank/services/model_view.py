"""Use cases: look into the model in force: its backtest, its bands in the past, and what it looks at."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from smartbank.core.backtest_report import BacktestReport
from smartbank.core.effects import field_weights, group_effects
from smartbank.core.fields import LEAD_COLUMNS
from smartbank.core.level import propensity
from smartbank.core.people import Actor, Right
from smartbank.core.ports import BacktestShelf, FrameStore, Scorer, TrainingRows
from smartbank.core.ranking import CONTRIBUTION_COLUMNS
from smartbank.core.rules import ScoringRules
from smartbank.core.training_data import CONVERTED, PERIOD
from smartbank.services.runs import run_owner

MOST_EXPLAINED: Final = 12_000
"""Rows that are explained, evenly spaced; more of them take longer and say the same."""
OTHERS: Final = "others"


@dataclass(frozen=True)
class Effects:
    """What the model looks at in some leads.

    Attributes
    ----------
    contributions : DataFrame of shape (n_leads, 12)
        In log-odds, columns as `LEAD_COLUMNS`.
    groups : DataFrame of shape (n_leads, 12)
        The group of each value in words, columns and index as those of the contributions.
    """

    contributions: pd.DataFrame
    groups: pd.DataFrame

    def of_segment(self, field: str, group: str) -> "Effects":
        """Return those of the leads that belong to a group by a field."""
        inside = self.groups[field] == group
        return Effects(self.contributions[inside], self.groups[inside])

    def weights(self) -> pd.Series:
        """Return how far each field moves a lead on average, in log-odds, largest first."""
        return field_weights(self.contributions)

    def by_group(self, field: str) -> pd.DataFrame:
        """Return leads and mean contribution by group of a field, best first."""
        return group_effects(self.contributions[field], self.groups[field])


def model_backtest(version: str, *, by: Actor, backtests: BacktestShelf) -> BacktestReport | None:
    """Return the backtest of a model; None where none was made. Raises `BacktestError`."""
    by.require(Right.SEE_LEADS)
    return backtests.load(version)


def reference_effects(*, by: Actor, scorer: Scorer, training_rows: TrainingRows) -> Effects:
    """Return what the model looks at in evenly spaced training rows."""
    by.require(Right.SEE_LEADS)
    leads = _evenly(training_rows.rows()[list(LEAD_COLUMNS)])
    contributions = pd.DataFrame(scorer.contributions(leads), columns=list(LEAD_COLUMNS))
    return _effects(leads, contributions, scorer)


def run_effects(run_id: str, *, by: Actor, scorer: Scorer, frames: FrameStore) -> Effects:
    """Return what the model looked at in evenly spaced leads of a run; of none where the run is no longer kept.

    Parameters
    ----------
    scorer : Scorer
        The model that made the run: it says which group a value belongs to.
    """
    by.require(Right.SEE_LEADS)
    ranked = frames.load(run_owner(run_id), columns=[*LEAD_COLUMNS, *CONTRIBUTION_COLUMNS])
    if ranked.empty:
        ranked = pd.DataFrame(columns=[*LEAD_COLUMNS, *CONTRIBUTION_COLUMNS])
    leads = _evenly(ranked)
    contributions = leads[list(CONTRIBUTION_COLUMNS)].astype(np.float64).set_axis(list(LEAD_COLUMNS), axis=1)
    return _effects(leads[list(LEAD_COLUMNS)], contributions, scorer)


def _evenly(rows: pd.DataFrame) -> pd.DataFrame:
    """Return `MOST_EXPLAINED` rows at most, evenly spaced, on an index of their own."""
    places = np.linspace(0, len(rows) - 1, min(MOST_EXPLAINED, len(rows))).astype(np.int64)
    return rows.iloc[places].reset_index(drop=True)


def _effects(leads: pd.DataFrame, contributions: pd.DataFrame, scorer: Scorer) -> Effects:
    return Effects(contributions, pd.DataFrame({name: _groups(name, leads[name], scorer) for name in LEAD_COLUMNS}))


def reference_bands(*, by: Actor, scorer: Scorer, training_rows: TrainingRows, rules: ScoringRules) -> pd.DataFrame:
    """Return how the training rows of each month and band converted.

    Parameters
    ----------
    rules : ScoringRules
        With the base rate at which the rows are put into bands.

    Returns
    -------
    DataFrame
        `period`, `band`, `leads`, `conversions` and `rate` in [0, 1], by period and band; bands without leads in a
        month are left out.
    """
    by.require(Right.SEE_LEADS)
    rows = training_rows.rows()
    bands = rules.bands(propensity(scorer.margins(rows)))
    found = rows.assign(band=bands).groupby([PERIOD, "band"], sort=True)[CONVERTED].agg(["count", "sum"])
    table = found.set_axis(["leads", "conversions"], axis=1).reset_index()
    return table.assign(rate=table["conversions"] / table["leads"])


def _groups(field: str, values: pd.Series, scorer: Scorer) -> pd.Series:
    """Return the group of each value in words, asked for once a value."""
    words = {value: (scorer.rate(field, value) or (OTHERS,))[0] for value in values.dropna().unique().tolist()}
    unknown = (scorer.rate(field, None) or (OTHERS,))[0]
    said = [unknown if pd.isna(value) else words[value] for value in values.tolist()]
    return pd.Series(said, index=values.index, dtype="str")
