"""The gate: whether a challenger may take the champion's place, by the bank's own decided calls."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from smartbank.core.evaluation import auc_within_month, drawn_within_months
from smartbank.core.level import anchored_by_month
from smartbank.errors import ModelArtifactError

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
TextArray = npt.NDArray[np.object_]

MIN_OUTCOMES: Final = 2_000
"""Decided calls a comparison needs."""
MIN_SALES: Final = 50
"""Sales among them, and as many calls without one: a bootstrap does not see what a handful leaves open."""
AUC_MARGIN: Final = 0.01
"""How much worse the order may be at the lower end, in AUC within the month."""
BRIER_MARGIN: Final = 0.001
"""How much worse the propensities may be at the upper end, in the Brier score."""
CONFIDENCE: Final = 0.90
"""Of each of both ends, one-sided."""
RESAMPLES: Final = 400


@dataclass(frozen=True)
class Evidence:
    """Two models judged on the same calls, which neither had seen.

    Attributes
    ----------
    outcomes, sales : int
        Decided calls, and those of them that sold.
    first, last : str
        Months of the first and last call, such as "2026-09"; empty without calls.
    champion_auc, challenger_auc : float or None
        AUC within the month, weighted by calls; None where no month has both a sale and a call without one.
    auc_low : float or None
        Lower end of `challenger_auc` minus `champion_auc`, at `CONFIDENCE` one-sided.
    champion_brier, challenger_brier : float or None
        Brier score with each month anchored at its own rate, so that the level counts for neither.
    brier_high : float or None
        Upper end of `challenger_brier` minus `champion_brier`, at `CONFIDENCE` one-sided.
    """

    outcomes: int
    sales: int
    first: str = ""
    last: str = ""
    champion_auc: float | None = None
    challenger_auc: float | None = None
    auc_low: float | None = None
    champion_brier: float | None = None
    challenger_brier: float | None = None
    brier_high: float | None = None

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)


def evidence_from(values: Mapping[str, Any]) -> Evidence:
    """Return what `Evidence.to_json` gave. Raises `ModelArtifactError` for anything else."""
    try:
        return Evidence(**values)
    except TypeError as exc:
        raise ModelArtifactError("The comparison was made by another SmartBank. Compare the models again.") from exc


@dataclass(frozen=True)
class Verdict:
    """Whether a challenger may be put in force, and why: in two or three words, and in a sentence."""

    passes: bool
    short: str
    sentence: str


def compare(
    converted: BoolArray,
    champion: FloatArray,
    challenger: FloatArray,
    period: TextArray,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Evidence:
    """Judge two models on the same calls; both ends are of a paired bootstrap, which draws calls within their month.

    Parameters
    ----------
    converted : bool array of shape (n_calls,)
    champion, challenger : array of shape (n_calls,)
        Margins in log-odds, of models that had not seen the call's month.
    period : str array of shape (n_calls,)
    """
    if not len(converted):
        return Evidence(0, 0)
    counted = Evidence(len(converted), int(converted.sum()), str(min(period)), str(max(period)))
    _, month = np.unique(period, return_inverse=True)
    aucs = [auc_within_month(converted, margins, month) for margins in (champion, challenger)]
    if np.isnan(aucs).any():
        return counted
    losses = [np.square(anchored_by_month(converted, each, period) - converted) for each in (champion, challenger)]

    def ahead(rows: npt.NDArray[np.intp]) -> dict[str, float]:
        ranked = [auc_within_month(converted[rows], each[rows], month[rows]) for each in (champion, challenger)]
        return {"auc": ranked[1] - ranked[0], "brier": float((losses[1][rows] - losses[0][rows]).mean())}

    bounds = (1 - CONFIDENCE, CONFIDENCE)
    found = drawn_within_months(ahead, month, bounds=bounds, resamples=resamples, seed=seed)
    return replace(
        counted,
        champion_auc=aucs[0],
        challenger_auc=aucs[1],
        auc_low=found["auc"].low,
        champion_brier=float(losses[0].mean()),
        challenger_brier=float(losses[1].mean()),
        brier_high=found["brier"].high,
    )


def verdict_of(evidence: Evidence) -> Verdict:
    """Return whether a challenger passes: enough outcomes, the order not worse, the propensities not worse."""
    if evidence.outcomes < MIN_OUTCOMES:
        return Verdict(
            False,
            "Not enough outcomes",
            f"Not enough outcomes: {evidence.outcomes:,} decided calls that neither model had seen, of "
            f"{MIN_OUTCOMES:,} a comparison needs.",
        )
    if min(evidence.sales, evidence.outcomes - evidence.sales) < MIN_SALES:
        return Verdict(
            False,
            "Not enough sales",
            f"Not enough sales: {evidence.sales:,} among {evidence.outcomes:,} decided calls, and a comparison needs "
            f"{MIN_SALES} calls of each kind.",
        )
    if evidence.auc_low is None or evidence.brier_high is None:
        return Verdict(
            False,
            "Nothing to compare",
            f"Nothing can be compared: of {evidence.outcomes:,} calls no month has both yes and no.",
        )
    if not evidence.auc_low > -AUC_MARGIN:
        return Verdict(
            False,
            "May rank worse",
            f"It may rank worse: the share of pairs in the right order could be {-100 * evidence.auc_low:.1f} points "
            f"lower, and {100 * AUC_MARGIN:.0f} is the most that is allowed.",
        )
    if evidence.brier_high >= BRIER_MARGIN:
        return Verdict(
            False,
            "Propensities may be off",
            f"Its propensities may be further off: the Brier score could be {evidence.brier_high:.4f} higher, and less "
            f"than {BRIER_MARGIN:g} is allowed.",
        )
    return Verdict(
        True,
        "Passes",
        f"It passes: on {evidence.outcomes:,} decided calls it ranks no worse, and its propensities are no further "
        "from what came of them.",
    )
