"""What the model card says of fairness: whom the best 20 % took in unseen months, and the price of not knowing who."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from smartbank.core.evaluation import BEST_SHARE, auc, within_month_intervals
from smartbank.core.fairness import AGE_BANDS, FAIRNESS_FIELDS, group_names, group_table, groups_of
from smartbank.core.level import anchored_by_month
from smartbank.core.training_data import CONVERTED, PERIOD
from smartbank.ml.ranking import RankingSettings

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
TextArray = npt.NDArray[np.object_]

LEFT_OUT: Final = ("age", "marital")
_OLDEST: Final = AGE_BANDS[-1]
_DECIMALS: Final = 6


@dataclass(frozen=True)
class JudgedScores:
    """What one model said of rows it had not seen.

    Attributes
    ----------
    folds : array of shape (n_rows,)
        Log-odds by protocol A, market included.
    ahead : array of shape (n_rows,)
        Calibrated margins by protocol C; NaN in rows that are not judged.
    """

    folds: FloatArray
    ahead: FloatArray


def without_age_and_marital(settings: RankingSettings) -> RankingSettings:
    """Return the same settings with the fields of age and marital status left out."""
    features = tuple(name for name in settings.features if name not in LEFT_OUT)
    monotone = {name: sign for name, sign in settings.monotone.items() if name not in LEFT_OUT}
    return replace(settings, features=features, monotone=monotone)


def fairness_by_group(frame: pd.DataFrame, ahead: FloatArray) -> dict[str, Any]:
    """Return what a model's best 20 % of each unseen month took of each group, as JSON values of the card.

    Parameters
    ----------
    frame : DataFrame of shape (n_rows, n_columns)
        Training rows: `age`, `marital`, `job`, `period` and `y`.
    ahead : array of shape (n_rows,)
        As in `JudgedScores`.
    """
    judged = ~np.isnan(ahead)
    return {"best_share": BEST_SHARE, "groups": _groups(frame[judged], ahead[judged])}


def fairness_price(
    frame: pd.DataFrame, full: JudgedScores, bare: JudgedScores, *, seed: int, resamples: int
) -> dict[str, Any]:
    """Return what leaving age and marital status out costs, as JSON values of the card.

    Parameters
    ----------
    frame : DataFrame
        As in `fairness_by_group`.
    full, bare : JudgedScores
        Of the model, and of its twin that sees neither age nor marital status.
    """
    judged = ~np.isnan(full.ahead)
    rows, with_both, without = frame[judged], full.ahead[judged], bare.ahead[judged]
    return {
        "without_age_and_marital": {
            "A": _price_in_random_folds(frame, full.folds, bare.folds),
            "C": _price_in_unseen_months(rows, with_both, without, seed=seed, resamples=resamples),
        },
    }


def _price_in_random_folds(frame: pd.DataFrame, full: FloatArray, bare: FloatArray) -> dict[str, Any]:
    converted = frame[CONVERTED].to_numpy(dtype=bool)
    known, unknown = auc(converted, full), auc(converted, bare)
    figures = _rounded({"auc_with": known, "auc_without": unknown, "auc_difference": unknown - known})
    return figures | {"oldest_listed": _oldest_listed(frame, full, bare, period=None)}


def _price_in_unseen_months(
    rows: pd.DataFrame, full: FloatArray, bare: FloatArray, *, seed: int, resamples: int
) -> dict[str, Any]:
    """Return differences, without minus with, each on the same draws, and what the best 20 % of the months brought."""
    converted, period = rows[CONVERTED].to_numpy(dtype=bool), rows[PERIOD].to_numpy(dtype=object)
    differences = within_month_intervals(converted, bare, period, against=full, resamples=resamples, seed=seed)
    return {f"{name}_difference": _rounded(asdict(each)) for name, each in differences.items()} | {
        "oldest_listed": _oldest_listed(rows, full, bare, period=period),
        "sales": _sales(converted, full, bare, period),
        "expected_sales": _expected_sales(converted, full, bare, period),
        "leads": len(rows),
    }


def best_of_each_month(scores: FloatArray, period: TextArray | None, *, share: float = BEST_SHARE) -> BoolArray:
    """Return which rows are the best share of their month, shape (n_rows,); of all rows where no period is given.

    Ties keep the input order; the share is rounded to whole rows, one at least.
    """
    listed = np.zeros(len(scores), dtype=bool)
    months = [np.arange(len(scores))] if period is None else [np.flatnonzero(period == m) for m in np.unique(period)]
    for rows in months:
        best = np.argsort(-scores[rows], kind="stable")[: max(1, round(len(rows) * share))]
        listed[rows[best]] = True
    return listed


def _groups(rows: pd.DataFrame, margins: FloatArray) -> dict[str, list[dict[str, Any]]]:
    converted, period = rows[CONVERTED].to_numpy(dtype=bool), rows[PERIOD].to_numpy(dtype=object)
    listed = best_of_each_month(margins, period)
    propensities = anchored_by_month(converted, margins, period)
    tables = {
        by: group_table(groups_of(rows, by), listed, propensities, order=group_names(by), converted=converted)
        for by in FAIRNESS_FIELDS
    }
    return {by: [_plain(row) for row in table.reset_index().to_dict("records")] for by, table in tables.items()}


def _oldest_listed(
    rows: pd.DataFrame, full: FloatArray, bare: FloatArray, *, period: TextArray | None
) -> dict[str, float]:
    """Return the share of those of 60 and over that is on the best-20 % list, with and without."""
    oldest = groups_of(rows, "age") == _OLDEST
    lists = {"with": best_of_each_month(full, period), "without": best_of_each_month(bare, period)}
    return _rounded({name: float(listed[oldest].mean()) if oldest.any() else 0.0 for name, listed in lists.items()})


def _sales(converted: BoolArray, full: FloatArray, bare: FloatArray, period: TextArray) -> dict[str, int]:
    """Return how many on the best-20 % list bought, with and without."""
    return {
        name: int(converted[best_of_each_month(scores, period)].sum())
        for name, scores in (("with", full), ("without", bare))
    }


def _expected_sales(converted: BoolArray, full: FloatArray, bare: FloatArray, period: TextArray) -> dict[str, float]:
    """Return what each model expects of its own best-20 % list, months anchored at their rates."""
    return _rounded(
        {
            name: float(anchored_by_month(converted, scores, period)[best_of_each_month(scores, period)].sum())
            for name, scores in (("with", full), ("without", bare))
        }
    )


def _plain(row: Mapping[Any, Any]) -> dict[str, Any]:
    """Return a row in values JSON can keep; NaN as None."""
    return {
        str(name): (None if np.isnan(value) else round(value, _DECIMALS)) if isinstance(value, float) else value
        for name, value in row.items()
    }


def _rounded(figures: Mapping[str, float]) -> dict[str, float]:
    return {name: round(float(figure), _DECIMALS) for name, figure in figures.items()}
