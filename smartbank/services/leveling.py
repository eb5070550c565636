"""The level of a run: anchored on its own leads, or taken from the level in force."""

from collections.abc import Iterable
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from smartbank.core.level import Level, anchored_intercept, guarded_shift
from smartbank.core.market.indicators import MARKET_FEATURES
from smartbank.core.market.snapshot import BUNDLED_SNAPSHOT, MarketSnapshot
from smartbank.core.ports import Scorer
from smartbank.core.rules import ScoringRules

FloatArray = npt.NDArray[np.float64]

MIN_ANCHOR: Final = 200
"""Leads from which a run may anchor itself: below, its mean margin says more about the pick than about the bank."""
REPLAY: Final = "file"
"""Snapshot id of a run that was scored on the market its file brought."""


def anchors_itself(n_leads: int, *, whole: bool) -> bool:
    """Whether a run of so many leads sets its own level; `whole` says they are a population, not a selection."""
    return whole and n_leads >= MIN_ANCHOR


def snapshot_level(
    margins: FloatArray,
    *,
    rules: ScoringRules,
    snapshot: MarketSnapshot,
    scorer: Scorer,
    whole: bool,
    earlier: Iterable[Level] = (),
) -> Level:
    """Return the level of a run on the market snapshot in force.

    A whole upload, or a run over every customer, of at least `MIN_ANCHOR` leads anchors itself: its mean propensity
    is the base rate in force. A selection and a small run take the newest level of a run for the same model,
    market and base rate, or else are anchored on the reference leads of the model.

    Parameters
    ----------
    margins : array of shape (n_leads,)
        Ranking margins in log-odds.
    whole : bool
        Whether the leads are a population rather than a selection from one.
    earlier : iterable of Level
        Levels of finished runs, newest first.
    """
    by_itself = anchors_itself(len(margins), whole=whole)
    anchor_margins = margins if by_itself else scorer.reference_margins()
    level = Level(
        intercept=anchored_intercept(anchor_margins, rules.base_rate),
        market_shift=market_shift(snapshot, scorer),
        base_rate=rules.base_rate,
        snapshot_id=snapshot.snapshot_id,
        model_version=scorer.version,
        anchor="run" if by_itself else "reference",
    )
    if by_itself:
        return level
    return next((other for other in earlier if other.anchor == "run" and _same_ground(other, level)), level)


def replay_levels(
    margins: FloatArray, market: pd.DataFrame, *, rules: ScoringRules, snapshot: MarketSnapshot, scorer: Scorer
) -> tuple[Level, FloatArray]:
    """Return the level of a replay and the log-odds added to each lead's margin, shape (n_leads,).

    Each lead is moved from the snapshot's market to its own row's; the level model clips to its training range.
    The mean propensity is the base rate in force, as in every run that anchors itself.

    Parameters
    ----------
    market : DataFrame of shape (n_leads, 3)
        `MARKET_FEATURES` of each lead.
    """
    shifts = row_shifts(market, snapshot=snapshot, scorer=scorer)
    level = Level(
        intercept=anchored_intercept(margins + shifts, rules.base_rate),
        market_shift=0.0,
        base_rate=rules.base_rate,
        snapshot_id=REPLAY,
        model_version=scorer.version,
        anchor="run",
    )
    return level, level.log_odds + shifts


def market_shift(snapshot: MarketSnapshot, scorer: Scorer) -> float:
    """Return the log-odds the market of a snapshot adds since the base rate was measured, within the guard."""
    return guarded_shift(_term(snapshot, scorer) - _term(BUNDLED_SNAPSHOT, scorer))


def row_shifts(market: pd.DataFrame, *, snapshot: MarketSnapshot, scorer: Scorer) -> FloatArray:
    """Return the log-odds from a snapshot's market to each row's own, shape (n_leads,); columns `MARKET_FEATURES`."""
    return scorer.market_terms(market[list(MARKET_FEATURES)]) - _term(snapshot, scorer)


def _term(snapshot: MarketSnapshot, scorer: Scorer) -> float:
    point = pd.DataFrame([{name: getattr(snapshot, name) for name in MARKET_FEATURES}])
    return float(scorer.market_terms(point)[0])


def _same_ground(one: Level, other: Level) -> bool:
    return (one.model_version, one.snapshot_id, one.base_rate, one.market_shift) == (
        other.model_version,
        other.snapshot_id,
        other.base_rate,
        other.market_shift,
    )
