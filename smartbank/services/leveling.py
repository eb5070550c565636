"""The level of a run: anchored on its own leads, or taken from the level in force."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from smartbank.core.level import Level, anchored_intercept, guarded_shift, level_rate
from smartbank.core.level_correction import WINDOW, LevelCorrection, correction_of
from smartbank.core.market.indicators import MARKET_FEATURES
from smartbank.core.market.points import MarketPoint, point_of
from smartbank.core.market.snapshot import BUNDLED_SNAPSHOT, MarketSnapshot
from smartbank.core.ports import OutcomeRepository, Scorer
from smartbank.core.rules import ScoringRules

FloatArray = npt.NDArray[np.float64]

MIN_ANCHOR: Final = 200
"""Leads from which a run may anchor itself: below, its mean margin says more about the pick than about the bank."""
THIS_RUN: Final = "this run"
"""Says of a run's level that the mean propensity of its own leads was anchored."""
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
    correction: float = 0.0,
) -> Level:
    """Return the level of a run on the market snapshot in force.

    A whole upload, or a run over every customer, of at least `MIN_ANCHOR` leads anchors itself: its mean propensity
    is the rate of the level. A selection and a small run take the first level of a run on the same ground (model, base
    rate and the market that one was measured in), moved by what market and correction have changed since, or else are
    anchored on the reference leads of the model.

    Parameters
    ----------
    margins : array of shape (n_leads,)
        Ranking margins in log-odds.
    whole : bool
        Whether the leads are a population rather than a selection from one.
    earlier : iterable of Level
        Levels of finished runs, the one to go by first.
    correction : float
        Log-odds by which the bank's own outcomes move the level.
    """
    by_itself = anchors_itself(len(margins), whole=whole)
    reference = reference_market(rules, scorer)
    shift = market_shift(snapshot, reference, scorer)
    rate = level_rate(rules.base_rate, shift + correction)
    level = Level(
        intercept=anchored_intercept(margins if by_itself else scorer.reference_margins(), rate) - shift,
        market_shift=shift,
        base_rate=rules.base_rate,
        snapshot_id=snapshot.snapshot_id,
        model_version=scorer.version,
        anchor="run" if by_itself else "reference",
        rate=rate,
        reference_market=reference,
        correction=correction,
    )
    if by_itself:
        return level
    same = (other for other in earlier if other.anchor == "run" and other.ground == level.ground)
    found = next((other for other in same if other.snapshot_id != REPLAY), None)
    return found.moved_on(level) if found else level


def level_source(level: Level, n_leads: int, *, whole: bool) -> str:
    """Return whose mean propensity the level made the base rate: this run's, an earlier run's or the reference's."""
    if level.anchor == "reference":
        return "reference"
    own = level.snapshot_id == REPLAY or anchors_itself(n_leads, whole=whole)
    return THIS_RUN if own else "earlier run"


def replay_levels(
    margins: FloatArray, market: pd.DataFrame, *, rules: ScoringRules, scorer: Scorer
) -> tuple[Level, FloatArray]:
    """Return the level of a replay and the log-odds added to each lead's margin, shape (n_leads,).

    Each lead is moved from the market in which the base rate was measured to its own row's; the level model clips to
    its training range. The mean propensity is the base rate in force.

    Parameters
    ----------
    market : DataFrame of shape (n_leads, 3)
        `MARKET_FEATURES` of each lead.
    """
    reference = reference_market(rules, scorer)
    shifts = row_shifts(market, reference, scorer)
    level = Level(
        intercept=anchored_intercept(margins + shifts, rules.base_rate),
        market_shift=0.0,
        base_rate=rules.base_rate,
        snapshot_id=REPLAY,
        model_version=scorer.version,
        anchor="run",
        rate=rules.base_rate,
        reference_market=reference,
    )
    return level, level.log_odds + shifts


def own_correction(rules: ScoringRules, *, outcomes: OutcomeRepository, now: datetime) -> LevelCorrection:
    """Return how the bank's own outcomes correct the level; by nothing where they are not followed.

    Calls that were made by propensities on another base rate, or on the same figure said in another market, say
    nothing of the one in force, and are left out.
    """
    if not rules.follow_outcomes:
        return LevelCorrection()
    return correction_of(
        outcomes.recent(now - WINDOW, base_rate=rules.base_rate, base_rate_market=rules.base_rate_market)
    )


def reference_market(rules: ScoringRules, scorer: Scorer) -> MarketPoint:
    """Return the market in which the base rate in force was measured.

    That of the default is the average of the training rows, where the level model adds nothing. A bank's own base rate
    that an earlier version was told, when the market was not kept, counts as measured in the bundled one.
    """
    if not rules.has_own_base_rate:
        return point_of(scorer.training_market.mean)
    return rules.base_rate_market or point_of(BUNDLED_SNAPSHOT)


def market_shift(snapshot: MarketSnapshot, reference: MarketPoint, scorer: Scorer) -> float:
    """Return the log-odds the market of a snapshot adds since the base rate was measured, within the guard."""
    return guarded_shift(unguarded_shift(snapshot, reference, scorer))


def rate_in(snapshot: MarketSnapshot, level: Level, rules: ScoringRules, scorer: Scorer) -> float:
    """Return what the level of a run would come to in another market, all else equal, in (0, 1)."""
    reference = level.reference_market or reference_market(rules, scorer)
    return level_rate(level.rate, market_shift(snapshot, reference, scorer) - level.market_shift)


def unguarded_shift(snapshot: MarketSnapshot, reference: MarketPoint, scorer: Scorer) -> float:
    """Return what the level model alone would move the level by, in log-odds, between two markets."""
    return shift_between(reference, point_of(snapshot), scorer)


def shift_between(reference: MarketPoint, market: MarketPoint, scorer: Scorer) -> float:
    """Return what the level model alone says of a market seen from another, in log-odds."""
    return scorer.market_term(market) - scorer.market_term(reference)


def row_shifts(market: pd.DataFrame, reference: MarketPoint, scorer: Scorer) -> FloatArray:
    """Return the log-odds from a market to each row's own, shape (n_leads,); columns `MARKET_FEATURES`."""
    return scorer.market_terms(market[list(MARKET_FEATURES)]) - scorer.market_term(reference)
