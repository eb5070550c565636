"""Use case: what a customer's propensity and rank would be with other values, or in another market."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from smartbank.core.fields import CUSTOMER_ID, FIELD, LEAD_COLUMNS
from smartbank.core.level import Level, propensity
from smartbank.core.market.effects import ScenarioShift, scenario_shift
from smartbank.core.market.points import MarketPoint, point_of
from smartbank.core.market.scenarios import validate_market
from smartbank.core.people import Actor, Right
from smartbank.core.ports import FrameStore, Scorer, WorkQueue
from smartbank.core.rules import ScoringRules, rules_from
from smartbank.core.run_order import RunOrder
from smartbank.core.what_if import WhatIf
from smartbank.errors import NotFoundError
from smartbank.services.customer_view import CustomerView
from smartbank.services.leveling import shift_between
from smartbank.services.runs import load_run, run_owner

FloatArray = npt.NDArray[np.float64]

NO_RUN: Final = (
    "The ranked list this score is of is no longer kept. Rank this customer again to ask what would change it."
)


@dataclass(frozen=True, eq=False)
class Ground:
    """What a what-if of a customer stands on: their newest score of today's market, and the run it is of.

    Attributes
    ----------
    lead : Series
        `LEAD_COLUMNS` as they were scored.
    level : Level
        That of the run.
    market : MarketPoint
        The market of the run.
    measured_in : MarketPoint
        The market its level is measured from.
    """

    prediction: Mapping[str, Any]
    lead: pd.Series
    level: Level
    market: MarketPoint
    measured_in: MarketPoint
    rules: ScoringRules
    scorer: Scorer

    @property
    def customer_id(self) -> str:
        """Whose score it is."""
        return str(self.prediction[CUSTOMER_ID])

    @property
    def run_id(self) -> str:
        """The run the score is of."""
        return str(self.prediction["run_id"])


@dataclass(frozen=True, eq=False)
class Imagined:
    """How a lead would be scored; as its prediction says where nothing is asked.

    Attributes
    ----------
    lead : Series
        `LEAD_COLUMNS` with what was asked in place.
    margin, level, intercept : float
        In log-odds; margin and level add up to the log-odds of the propensity, the intercept is the level without the
        market.
    contributions : array of shape (12,)
        In log-odds, as exact as a stored prediction's.
    rank : int
        Among the leads of the run, all others as they are.
    shift : ScenarioShift or None
        How far the market moves the level; None for the run's own market.
    """

    lead: pd.Series
    margin: float
    level: float
    intercept: float
    propensity: float
    band: str
    call: bool
    rank: int
    contributions: FloatArray
    shift: ScenarioShift | None = None

    @property
    def as_prediction(self) -> dict[str, Any]:
        """What a stored prediction says of how its propensity comes about."""
        names = ("margin", "level", "intercept", "contributions")
        return {name: getattr(self, name) for name in names}


def load_order(run_id: str, *, by: Actor, frames: FrameStore) -> RunOrder:
    """Return the order of a run's leads. Raises `NotFoundError` where it is no longer kept."""
    by.require(Right.SEE_CUSTOMER)
    ranked = frames.load(run_owner(run_id), columns=["rank", "margin", CUSTOMER_ID])
    if ranked.empty:
        raise NotFoundError(NO_RUN)
    columns = ranked["rank"].to_numpy(np.int64), ranked["margin"].to_numpy(np.float64)
    return RunOrder(*columns, ranked[CUSTOMER_ID].to_numpy(object))


def what_if_ground(view: CustomerView, *, by: Actor, queue: WorkQueue, load_model: Callable[[str], Scorer]) -> Ground:
    """Return what a what-if of a customer stands on.

    Raises
    ------
    NotFoundError
        They were never scored, or the run is no longer kept.
    ModelArtifactError
        The model it was scored by is missing.
    """
    by.require(Right.SEE_CUSTOMER)
    newest = view.newest
    if newest is None:
        raise NotFoundError("This customer was not scored yet, so there is nothing to compare with.")
    if not view.is_as_scored:
        raise NotFoundError(NO_RUN)
    run = load_run(newest["run_id"], queue=queue)
    market = point_of(run.snapshot)
    return Ground(
        prediction=newest,
        lead=view.lead,
        level=run.level,
        market=market,
        measured_in=run.level.reference_market or market,
        rules=rules_from(run.result["rules"]),
        scorer=load_model(newest["model_version"]),
    )


def imagine(asked: Sequence[WhatIf], *, by: Actor, ground: Ground, order: RunOrder) -> list[Imagined]:
    """Return how the customer would be scored in each what-if; nothing is stored.

    Raises
    ------
    ScenarioError
        A market nobody believes.
    """
    by.require(Right.SEE_CUSTOMER)
    leads = _frame([each.applied(ground.lead) for each in asked])
    margins = ground.scorer.margins(leads)
    contributions = ground.scorer.contributions(leads).astype(np.float32).astype(np.float64)
    found = []
    for at, each in enumerate(asked):
        shift = None if each.market is None else _shift(validate_market(each.market), ground)
        level = ground.level.log_odds if shift is None else replace(ground.level, market_shift=shift.used).log_odds
        share = propensity(np.array([level + margins[at]]))
        found.append(
            Imagined(
                lead=leads.iloc[at],
                margin=float(margins[at]),
                level=float(level),
                intercept=ground.level.intercept,
                propensity=float(share[0]),
                band=str(ground.rules.bands(share)[0]),
                call=bool(share[0] >= ground.rules.threshold),
                rank=order.rank(ground.customer_id, float(margins[at]), own=int(ground.prediction["rank"])),
                contributions=contributions[at],
                shift=shift,
            )
        )
    return found


def _frame(leads: Sequence[pd.Series]) -> pd.DataFrame:
    """Return leads as the one frame shape: categories as text, numbers as float64."""
    columns = {name: "float64" if FIELD[name].kind != "category" else "str" for name in LEAD_COLUMNS}
    return pd.DataFrame({name: pd.Series([lead[name] for lead in leads], dtype=kind) for name, kind in columns.items()})


def _shift(market: MarketPoint, ground: Ground) -> ScenarioShift:
    return scenario_shift(shift_between(ground.measured_in, market, ground.scorer), guarded=True)
