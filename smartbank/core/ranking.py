"""The ranked frame of a run: who first, in which band, and what a part of the list holds."""

from dataclasses import asdict, dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from smartbank.core.fields import CUSTOMER_ID, LEAD_COLUMNS
from smartbank.core.level import propensity
from smartbank.core.rules import BANDS, ScoringRules

FloatArray = npt.NDArray[np.float64]

CONTRIBUTION_COLUMNS: Final = tuple(f"contribution_{name}" for name in LEAD_COLUMNS)
GAIN_POINTS: Final = 101


@dataclass(frozen=True)
class RankFilter:
    """Which ranked leads are meant; empty means all.

    Attributes
    ----------
    bands : tuple of str
        Only these bands.
    min_propensity : float
        In [0, 1], end included.
    best : int
        Only the first so many ranks; 0 means all.
    """

    bands: tuple[str, ...] = ()
    min_propensity: float = 0.0
    best: int = 0

    def apply(self, ranked: pd.DataFrame) -> pd.DataFrame:
        """Return the rows of a ranked frame that are meant, in rank order."""
        keep = ranked["propensity"].to_numpy() >= self.min_propensity
        if self.bands:
            keep &= ranked["band"].isin(self.bands).to_numpy()
        if self.best:
            keep &= ranked["rank"].to_numpy() <= self.best
        return ranked.take(np.flatnonzero(keep))

    def to_json(self) -> dict[str, Any]:
        """Return plain values, for a stored request."""
        return asdict(self) | {"bands": list(self.bands)}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "RankFilter":
        """Return the filter that `to_json` wrote."""
        return cls(tuple(values["bands"]), float(values["min_propensity"]), int(values["best"]))


def ranked_frame(
    leads: pd.DataFrame, *, margins: FloatArray, contributions: FloatArray, levels: FloatArray, rules: ScoringRules
) -> pd.DataFrame:
    """Return leads best first, with propensity, band, decision and rank.

    Parameters
    ----------
    leads : DataFrame of shape (n_leads, n_columns)
        At least `customer_id`, which must be unique: it breaks ties, so the order is total.
    margins, levels : array of shape (n_leads,)
        Log-odds; their sum is the log-odds of the propensity. Under one level the order is that of the margins,
        also where the sum rounds two of them to one value.
    contributions : array of shape (n_leads, 12)
        SHAP values in log-odds.

    Returns
    -------
    DataFrame of shape (n_leads, n_columns + 18)
        On a fresh index: `rank` from 1, the lead, `margin`, `level`, `propensity` in [0, 1], `band`, `call`
        (propensity reaches the threshold) and `CONTRIBUTION_COLUMNS` as float32.
    """
    log_odds = levels + margins
    propensities = propensity(log_odds)
    parts = pd.DataFrame(contributions.astype(np.float32), columns=list(CONTRIBUTION_COLUMNS), index=leads.index)
    scored = leads.assign(
        margin=margins,
        level=levels,
        propensity=propensities,
        band=pd.Series(rules.bands(propensities), index=leads.index, dtype="str"),
        call=propensities >= rules.threshold,
    )
    order = np.lexsort((leads[CUSTOMER_ID].to_numpy(dtype=object).astype(str), -margins, -log_odds))
    ranked: pd.DataFrame = pd.concat([scored, parts], axis=1).iloc[order].reset_index(drop=True)
    ranked.insert(0, "rank", np.arange(1, len(ranked) + 1, dtype=np.int32))
    return ranked


@dataclass(frozen=True)
class RankSummary:
    """What a ranked frame holds, kept with the run.

    Attributes
    ----------
    band_leads : dict of str to int
        Leads by band.
    expected_sales : float
        Sum of propensities.
    worth_calling : int
        Leads whose propensity reaches the threshold.
    gains : list of float
        Share of the expected sales held by the best 0 %, 1 %, ... 100 % of the leads, in [0, 1].
    """

    leads: int
    expected_sales: float
    worth_calling: int
    band_leads: dict[str, int] = field(default_factory=dict)
    gains: list[float] = field(default_factory=list)

    def gain(self, share: float) -> float:
        """Return the share of expected sales held by the best `share` of the leads, both in [0, 1]."""
        return float(np.interp(share, np.linspace(0, 1, len(self.gains)), self.gains))


def rank_summary(ranked: pd.DataFrame) -> RankSummary:
    """Summarise a ranked frame of at least one lead."""
    propensities = ranked["propensity"].to_numpy()
    total = float(propensities.sum())
    held = np.concatenate([[0.0], np.cumsum(propensities)]) / total
    shares = np.linspace(0, 1, GAIN_POINTS)
    counts = ranked["band"].value_counts()
    return RankSummary(
        leads=len(ranked),
        expected_sales=total,
        worth_calling=int(ranked["call"].sum()),
        band_leads={band: int(counts.get(band, 0)) for band in BANDS},
        gains=[float(value) for value in np.interp(shares * len(ranked), np.arange(len(ranked) + 1), held)],
    )
