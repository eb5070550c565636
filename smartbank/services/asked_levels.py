"""The levels of a request's leads: that of its ground, moved to the market a lead brings of its own."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from smartbank.core.grounds import ScoringGround
from smartbank.core.level import guarded_shift
from smartbank.core.market.points import MarketPoint, point_of
from smartbank.core.ports import Scorer
from smartbank.services.leveling import shift_between

FloatArray = npt.NDArray[np.float64]


def asked_levels(markets: Sequence[MarketPoint | None], ground: ScoringGround, scorer: Scorer) -> FloatArray:
    """Return the log-odds added to the margin of each lead, shape (n_leads,).

    A lead with a market of its own is moved to it from the market in which the base rate was measured, as far as the
    guard on the market allows.
    """
    measured_in = ground.level.reference_market or point_of(ground.snapshot)

    def level(market: MarketPoint | None) -> float:
        if market is None:
            return ground.level.log_odds
        shift = guarded_shift(shift_between(measured_in, market, scorer))
        return replace(ground.level, market_shift=shift).log_odds

    return np.array([level(each) for each in markets], dtype=np.float64)
