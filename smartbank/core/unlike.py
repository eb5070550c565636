"""Whether customers ranked as a whole are far unlike those ranked before, as they are where somebody picked them."""

import math
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from smartbank.core.level import Level, anchored_intercept, propensity
from smartbank.core.number_format import NUMBER_FORMATS, NumberFormat

FloatArray = npt.NDArray[np.float64]
Beside = Literal["earlier run", "reference"]

FAR: Final = 2.0
"""Odds beside the ranking before from which customers are far unlike; decision 0163 has what UCI's months come to."""
FAR_FROM_REFERENCE: Final = 2.5
"""The same beside the reference leads of the model, from which banks differ, and each of UCI's months does."""
BEFORE: Final = "earlier run"
REFERENCE: Final = "reference"

_SAID: Final[dict[Beside, tuple[str, str]]] = {
    BEFORE: (
        "ranked before",
        "Until it is said that they are all your customers, no page begins on them, and no other percentages go by "
        "them.",
    ),
    REFERENCE: ("the model learned from", "If they are all your customers, there is nothing to do."),
}


@dataclass(frozen=True)
class Unlike:
    """How far the leads of a run are from those they are compared with.

    Attributes
    ----------
    beside : str
        `BEFORE`, the newest ranking of a whole by the same model; `REFERENCE`, the model's reference leads.
    odds : float
        What the level of these would multiply the odds of the run's leads by, above 0: above 1 they buy more often.
    share : float
        Mean propensity of the run's leads by that level, in (0, 1).
    rate : float
        That of the leads they are compared with, in (0, 1).
    """

    beside: Beside
    odds: float
    share: float
    rate: float

    @property
    def times(self) -> float:
        """How many times as often they would buy."""
        return self.share / self.rate


def unlike_leads(
    margins: FloatArray, *, rate: float, reference_margins: FloatArray, before: Level | None
) -> Unlike | None:
    """Return how far leads are from the whole ranked before, where there is none from the reference; None if not far.

    What anchoring would move the level by is compared, not means of margins: it is what a percentage moves by. Market
    and correction are in both levels alike, and so drop out.

    Parameters
    ----------
    margins, reference_margins : array of shape (n_leads,)
        Ranking margins of one model in log-odds; at least one.
    rate : float
        Mean propensity the reference leads are anchored at, in (0, 1); that of `before` is its own.
    before : Level or None
        The level of the newest ranking of a whole by the same model, anchored on its own leads.
    """
    if before is None:
        return _beside(REFERENCE, margins, anchored_intercept(reference_margins, rate), rate, far=FAR_FROM_REFERENCE)
    return _beside(BEFORE, margins, before.log_odds, before.rate, far=FAR)


def unlike_words(unlike: Unlike, *, numbers: NumberFormat = NUMBER_FORMATS["en"]) -> str:
    """Return how far leads are from which others, and what that means for percentages, for whoever reads these."""
    more, low = ("more", "low") if unlike.odds > 1 else ("less", "high")
    others, unless = _SAID[unlike.beside]
    return (
        f"These customers are far {more} likely to buy than those {others} (about "
        f"{numbers.number(unlike.times, digits=1)} times as likely). If they were picked from a larger number, rank "
        f"them again as picked: their percentages are too {low}. {unless}"
    )


def _beside(beside: Beside, margins: FloatArray, log_odds: float, rate: float, *, far: float) -> Unlike | None:
    apart = log_odds - anchored_intercept(margins, rate)
    if abs(apart) <= math.log(far):
        return None
    return Unlike(beside, math.exp(apart), float(propensity(log_odds + np.sort(margins)).mean()), rate)
