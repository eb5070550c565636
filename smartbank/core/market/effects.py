"""What a market would do to a run: the level, the sales, the bands, the threshold and the ranks before and after."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.level import guarded_shift, propensity
from smartbank.core.rules import BANDS, ScoringRules

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

EFFECT_COLUMNS: Final = ("rank", CUSTOMER_ID, "margin", "level", "propensity", "band", "call")
"""What of a ranked frame an effect is computed from."""


@dataclass(frozen=True)
class MarketFigures:
    """What some leads come to in one market.

    Attributes
    ----------
    conversion : float
        Mean propensity, in [0, 1]; 0 where there is no lead.
    expected_sales : float
        Sum of propensities.
    worth_calling : int
        Leads whose propensity reaches the threshold.
    band_leads : dict of str to int
        Leads by band, A to D.
    """

    leads: int
    conversion: float
    expected_sales: float
    worth_calling: int
    band_leads: dict[str, int]


@dataclass(frozen=True)
class ScenarioShift:
    """How far a market moves the level, in log-odds.

    Attributes
    ----------
    says : float
        What the level model says, from the market the run's level is measured from.
    used : float
        That within the guard; the same where there is none, as in a replay.
    """

    says: float
    used: float

    @property
    def is_held_back(self) -> bool:
        """Whether the guard bites."""
        return self.says != self.used


@dataclass(frozen=True, eq=False)
class ScenarioEffect:
    """A run before, in the market it was scored in, and after, in the market of a scenario.

    Attributes
    ----------
    run_before, run_after : MarketFigures
        All leads of the run.
    before, after : MarketFigures
        The leads that were asked about; the same ones before and after.
    changes : DataFrame
        Of these leads those whose band or decision changes, in rank order: `rank`, `customer_id`,
        `propensity_before`, `band_before`, `call_before`, and the same three as `_after`.
    rank_changes : DataFrame
        Of these leads those whose rank among all leads of the run changes, the largest move first: `rank`,
        `customer_id`, `rank_after`. Empty under one level: the market moves every lead alike.
    """

    shift: ScenarioShift
    run_before: MarketFigures
    run_after: MarketFigures
    before: MarketFigures
    after: MarketFigures
    changes: pd.DataFrame
    rank_changes: pd.DataFrame

    @property
    def crossing(self) -> pd.DataFrame:
        """The changes in which a call begins or ceases to pay."""
        return self.changes[self.changes["call_before"] != self.changes["call_after"]]

    @property
    def changing_band(self) -> pd.DataFrame:
        """The changes from one band to another."""
        return self.changes[self.changes["band_before"] != self.changes["band_after"]]


def scenario_shift(says: float, *, guarded: bool) -> ScenarioShift:
    """Return the shift that is used of what the level model says, in log-odds."""
    return ScenarioShift(says, guarded_shift(says) if guarded else says)


def scenario_effect(
    ranked: pd.DataFrame, is_meant: BoolArray, *, level: float, shift: ScenarioShift, rules: ScoringRules
) -> ScenarioEffect:
    """Return what becomes of ranked leads when all of them are in one market.

    Parameters
    ----------
    ranked : DataFrame of shape (n_leads, n_columns)
        A whole ranked frame, in rank order, with at least `EFFECT_COLUMNS`.
    is_meant : bool array of shape (n_leads,)
        Which leads are asked about.
    level : float
        Log-odds added to each margin in that market, `shift` included.
    rules : ScoringRules
        The bands and the threshold the run was made with; they stay.
    """
    after = _moved(ranked, level, rules)
    meant, meant_after = ranked[is_meant], after[is_meant]
    return ScenarioEffect(
        shift=shift,
        run_before=_figures(ranked),
        run_after=_figures(after),
        before=_figures(meant),
        after=_figures(meant_after),
        changes=_changes(meant, meant_after),
        rank_changes=_rank_changes(meant, _ranks(ranked)[is_meant]),
    )


def _moved(ranked: pd.DataFrame, level: float, rules: ScoringRules) -> pd.DataFrame:
    propensities = propensity(level + ranked["margin"].to_numpy())
    return pd.DataFrame(
        {"propensity": propensities, "band": rules.bands(propensities), "call": propensities >= rules.threshold},
        index=ranked.index,
    )


def _figures(leads: pd.DataFrame) -> MarketFigures:
    propensities = leads["propensity"].to_numpy()
    bands = leads["band"].to_numpy(dtype=object)
    sales = float(propensities.sum())
    return MarketFigures(
        leads=len(leads),
        conversion=sales / len(leads) if len(leads) else 0.0,
        expected_sales=sales,
        worth_calling=int(leads["call"].sum()),
        band_leads={band: int((bands == band).sum()) for band in BANDS},
    )


def _changes(meant: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    told = ["propensity", "band", "call"]
    sides = [meant[told].add_suffix("_before"), after[told].add_suffix("_after")]
    both = pd.concat([meant[["rank", CUSTOMER_ID]], *sides], axis=1)
    changed = (both["band_before"] != both["band_after"]) | (both["call_before"] != both["call_after"])
    return both[changed].reset_index(drop=True)


def _ranks(ranked: pd.DataFrame) -> npt.NDArray[np.int64]:
    """Return the rank of each lead where all have one level: by margin, then customer id.

    A run under one level is in that order already; a replay is not, its own order is by each row's market too.
    """
    levels, ranks = ranked["level"].to_numpy(), ranked["rank"].to_numpy(dtype=np.int64)
    if (levels == levels[:1]).all():
        return ranks
    order = np.lexsort((ranked[CUSTOMER_ID].to_numpy(dtype=object).astype(str), -ranked["margin"].to_numpy()))
    after = np.empty(len(ranked), dtype=np.int64)
    after[order] = np.arange(1, len(ranked) + 1)
    return after


def _rank_changes(meant: pd.DataFrame, ranks_after: npt.NDArray[np.int64]) -> pd.DataFrame:
    moves = meant[["rank", CUSTOMER_ID]].assign(rank_after=ranks_after)
    how_far = (moves["rank_after"] - moves["rank"]).abs()
    order = np.lexsort((moves["rank"].to_numpy(), -how_far.to_numpy()))
    changed: pd.DataFrame = moves.iloc[order[: int((how_far > 0).sum())]].reset_index(drop=True)
    return changed
