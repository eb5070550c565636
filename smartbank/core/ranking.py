"""The ranked frame of a run: who first, in which band, and what a part of the list holds."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from smartbank.core.fields import CUSTOMER_ID, LEAD_COLUMNS
from smartbank.core.lead_rows import LeadRow
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
    free_only : bool
        Only leads on no running list whom no rule on calling leaves out now, as `free_leads.not_free` says; `best`
        counts among these, see `free_leads.of_free`.
    """

    bands: tuple[str, ...] = ()
    min_propensity: float = 0.0
    best: int = 0
    free_only: bool = False

    def apply(self, ranked: pd.DataFrame) -> pd.DataFrame:
        """Return the rows of a ranked frame that are meant, in rank order, whatever lists they are on."""
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
        free_only = bool(values.get("free_only", False))
        return cls(tuple(values["bands"]), float(values["min_propensity"]), int(values["best"]), free_only)


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
    found = _standings(leads[CUSTOMER_ID], margins=margins, levels=levels, rules=rules)
    parts = pd.DataFrame(contributions.astype(np.float32), columns=list(CONTRIBUTION_COLUMNS), index=leads.index)
    scored = leads.assign(
        margin=margins,
        level=levels,
        propensity=found.propensities,
        band=pd.Series(found.bands, index=leads.index, dtype="str"),
        call=found.calls,
    )
    ranked: pd.DataFrame = pd.concat([scored, parts], axis=1).iloc[found.order].reset_index(drop=True)
    ranked.insert(0, "rank", np.arange(1, len(ranked) + 1, dtype=np.int32))
    return ranked


@dataclass(frozen=True)
class RankedLead:
    """One lead in its place: the lead, what `ranked_frame` puts beside it by name, and its contributions as kept."""

    lead: LeadRow
    found: Mapping[str, Any]
    contributions: list[float]


def ranked_leads(
    leads: Sequence[LeadRow], *, margins: FloatArray, contributions: FloatArray, levels: FloatArray, rules: ScoringRules
) -> list[RankedLead]:
    """Return a few leads best first, with the same bits as `ranked_frame` has them."""
    found = _standings([lead[CUSTOMER_ID] for lead in leads], margins=margins, levels=levels, rules=rules)
    kept = contributions.astype(np.float32).astype(np.float64).tolist()
    columns = {
        "margin": margins.tolist(),
        "level": levels.tolist(),
        "propensity": found.propensities.tolist(),
        "band": found.bands.tolist(),
        "call": found.calls.tolist(),
    }
    return [
        RankedLead(leads[i], {"rank": rank} | {name: column[i] for name, column in columns.items()}, kept[i])
        for rank, i in enumerate(found.order.tolist(), 1)
    ]


@dataclass(frozen=True, eq=False)
class _Standings:
    """What margins and levels come to, one value a lead in the order given, and that of the leads best first."""

    propensities: FloatArray
    bands: npt.NDArray[np.str_]
    calls: npt.NDArray[np.bool_]
    order: npt.NDArray[np.intp]


def _standings(
    customer_ids: Iterable[str], *, margins: FloatArray, levels: FloatArray, rules: ScoringRules
) -> _Standings:
    log_odds = levels + margins
    propensities = propensity(log_odds)
    order = np.lexsort((np.array(list(customer_ids), dtype=object).astype(str), -margins, -log_odds))
    return _Standings(propensities, rules.bands(propensities), propensities >= rules.threshold, order)


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
