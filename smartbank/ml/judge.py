"""The figures of a model card: protocols A and C, with the base rate beside them and what the level did."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from smartbank.core.evaluation import auc, brier, by_month, decile_table, ece, within_month, within_month_intervals
from smartbank.core.level import anchored_by_month, anchored_intercept, guarded_shift, propensity
from smartbank.core.month_deciles import month_decile_table
from smartbank.ml.protocols import VALIDATION_FROM

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
TextArray = npt.NDArray[np.object_]

_DECIMALS: Final = 6
_BASELINE_DECIMALS: Final = 4
"""Coarse enough that the last bits of a matrix product, which differ with its threads, do not show."""
RESAMPLES: Final = 200
"""Draws of a bootstrap interval."""


def protocol_a_metrics(
    converted: BoolArray, log_odds: FloatArray, margins: FloatArray, period: TextArray
) -> dict[str, float]:
    """Return what random folds say: the usual figure (`auc`), and what is left of it within a month.

    Parameters
    ----------
    converted : bool array of shape (n_rows,)
    log_odds : array of shape (n_rows,)
        Out of fold, market included.
    margins : array of shape (n_rows,)
        Out of fold, without the market.
    period : str array of shape (n_rows,)
    """
    months = within_month(by_month(converted, margins, period))
    return _rounded(
        {
            "auc": auc(converted, log_odds),
            "auc_without_market": auc(converted, margins),
            "auc_within_month": months["auc_within_month"],
            "auc_month_mean": months["auc_month_mean"],
            "brier": brier(converted, propensity(log_odds)),
            "mean_propensity": float(propensity(log_odds).mean()),
            "base_rate": float(converted.mean()),
            "rows": len(converted),
        }
    )


def protocol_c_metrics(
    converted: BoolArray, margins: FloatArray, terms: FloatArray, period: TextArray, *, seed: int, resamples: int
) -> dict[str, Any]:
    """Return what the next month says; rows whose margin is NaN are not judged.

    Parameters
    ----------
    converted : bool array of shape (n_rows,)
    margins : array of shape (n_rows,)
        Calibrated, from models that had not seen the row's month.
    terms : array of shape (n_rows,)
        Change of the market's log-odds since the last row fitted on, from the same models.
    period : str array of shape (n_rows,)
    """
    judged = ~np.isnan(margins)
    converted, margins, terms, period = converted[judged], margins[judged], terms[judged], period[judged]
    months = by_month(converted, margins, period)
    figures: dict[str, Any] = {
        name: _rounded(asdict(interval))
        for name, interval in within_month_intervals(converted, margins, period, resamples=resamples, seed=seed).items()
    }
    newest = period >= VALIDATION_FROM
    for name, rows in (("before_2010_03", ~newest), ("from_2010_03", newest)):
        table = by_month(converted[rows], margins[rows], period[rows])
        if len(table):
            figures[name] = _rounded(within_month(table))
    level = _levels(converted, margins, terms, period)
    figures["months"] = [
        {"period": str(month)} | _rounded(row | level[str(month)]) for month, row in months.to_dict("index").items()
    ]
    figures["level"] = _level_error(pd.DataFrame(figures["months"]))
    figures["deciles"] = _deciles(converted, margins, period)
    figures["month_deciles"] = _records(month_decile_table(converted, margins, period))
    figures["largest_month_share"] = round(float(months["leads"].max() / months["leads"].sum()), _DECIMALS)
    return figures | {"base_rate": round(float(converted.mean()), _DECIMALS), "rows": len(converted)}


def within_month_metrics(converted: BoolArray, margins: FloatArray, period: TextArray) -> dict[str, float]:
    """Return `within_month` of the rows that are judged, those whose margin is not NaN."""
    judged = ~np.isnan(margins)
    return _rounded(within_month(by_month(converted[judged], margins[judged], period[judged])))


def calibration_metrics(
    converted: BoolArray, raw: FloatArray, margins: FloatArray, period: TextArray
) -> dict[str, float]:
    """Return Brier score and expected calibration error before and after calibration, the level left out of it.

    Each month is anchored at its own rate, so that what is judged is how far apart the propensities lie.

    Parameters
    ----------
    converted : bool array of shape (n_rows,)
    raw, margins : array of shape (n_rows,)
        Margins before and after calibration, from models that had not seen the row's month; NaN is not judged.
    period : str array of shape (n_rows,)
    """
    judged = ~np.isnan(margins)
    figures: dict[str, float] = {}
    for name, scores in (("before", raw), ("after", margins)):
        propensities = anchored_by_month(converted[judged], scores[judged], period[judged])
        figures[f"brier_{name}"] = brier(converted[judged], propensities)
        figures[f"ece_{name}"] = ece(converted[judged], propensities)
    return _rounded(figures)


def baseline_metrics(
    converted: BoolArray,
    margins: FloatArray,
    folds: FloatArray,
    ahead: FloatArray,
    period: TextArray,
    *,
    seed: int,
    resamples: int,
) -> dict[str, Any]:
    """Return a baseline's figures by both protocols, and how far the model is ahead of it in the next month.

    Parameters
    ----------
    converted : bool array of shape (n_rows,)
    margins : array of shape (n_rows,)
        The model's, by protocol C; NaN in rows that are not judged.
    folds, ahead : array of shape (n_rows,)
        The baseline's log-odds by protocols A and C.
    period : str array of shape (n_rows,)
    """
    judged = ~np.isnan(margins)
    newest = judged & (period >= VALIDATION_FROM)
    figures: dict[str, Any] = {
        "A": {"auc": round(auc(converted, folds), _BASELINE_DECIMALS)},
        "C": _rounded(within_month(by_month(converted[judged], ahead[judged], period[judged])), _BASELINE_DECIMALS),
    }
    table = by_month(converted[newest], ahead[newest], period[newest])
    if len(table):
        figures["C"]["auc_2010"] = round(within_month(table)["auc_within_month"], _BASELINE_DECIMALS)
    differences = within_month_intervals(
        converted[judged], margins[judged], period[judged], against=ahead[judged], resamples=resamples, seed=seed
    )
    figures["ahead_by"] = {
        name: _rounded(asdict(interval), _BASELINE_DECIMALS) for name, interval in differences.items()
    }
    return figures


def _levels(
    converted: BoolArray, margins: FloatArray, terms: FloatArray, period: TextArray
) -> dict[str, dict[str, float]]:
    """Return each month's mean propensity when the base rate in force is that of the judged month before it."""
    levels: dict[str, dict[str, float]] = {}
    before: float | None = None
    for month in np.unique(period):
        rows = period == month
        rate = float(converted[rows].mean())
        levels[str(month)] = {}
        if before is not None and 0 < before < 1:
            intercept = anchored_intercept(margins[rows], before)
            shift = guarded_shift(float(terms[rows].mean()))
            shifted = propensity(intercept + shift + margins[rows])
            levels[str(month)] = {"base_rate_before": before, "mean_propensity": float(shifted.mean())}
        before = rate
    return levels


def _level_error(months: pd.DataFrame) -> dict[str, float]:
    """Return the root mean square error in log-odds of the month's rate: base rate before, and with the market."""
    if "mean_propensity" not in months:
        return {}
    known = months.dropna(subset=["mean_propensity"])
    known = known[(known["rate"] > 0) & (known["rate"] < 1)]
    return {
        name: round(float(np.sqrt(np.square(_logit(known[column]) - _logit(known["rate"])).mean())), _DECIMALS)
        for name, column in (("base_rate_before", "base_rate_before"), ("with_market", "mean_propensity"))
    }


def _deciles(converted: BoolArray, margins: FloatArray, period: TextArray) -> list[dict[str, float]]:
    """Return mean propensity against rate by decile, each month anchored at its own rate: the ranking's calibration."""
    return _records(decile_table(converted, anchored_by_month(converted, margins, period)))


def _records(table: pd.DataFrame) -> list[dict[str, float]]:
    return [_rounded(row) for row in table.reset_index().to_dict("records")]


def _logit(rates: pd.Series) -> pd.Series:
    return pd.Series(np.log(rates / (1 - rates)))


def _rounded(figures: Mapping[Any, float], decimals: int = _DECIMALS) -> dict[str, float]:
    return {
        str(name): figure if isinstance(figure, int) else round(float(figure), decimals)
        for name, figure in figures.items()
    }
