"""Compare a new training column with the whole model: one that wins alone was most likely set after the call."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.model_selection import StratifiedKFold

from smartbank.core.evaluation import auc, by_month, within_month
from smartbank.core.fields import UNKNOWN
from smartbank.core.leaks import Finding, Verdict, refused_by_name
from smartbank.core.training_data import TrainingData
from smartbank.errors import TrainingDataError
from smartbank.ml.protocols import FOLDS, MIN_MONTH_ROWS, random_folds
from smartbank.ml.ranking import RankingSettings
from smartbank.ml.training import Training

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.intp]
TextArray = npt.NDArray[np.object_]

GROUPS: Final = 20
"""Groups of about equal size a number is cut into, so that a leak which neither rises nor falls is seen too."""
_PRIOR_ROWS: Final = 5.0
_MIN_OF_EACH: Final = 20
"""Conversions, and others, from which known rows alone are compared."""


@dataclass(frozen=True)
class _Compared:
    auc: float
    model_auc: float
    within_month: float | None
    model_within_month: float | None

    @property
    def ahead_by(self) -> float:
        """By how much the column is ahead of the model, pooled or within the month, whichever is more."""
        pooled = self.auc - self.model_auc
        if self.within_month is None or self.model_within_month is None:
            return pooled
        return max(pooled, self.within_month - self.model_within_month)

    @property
    def wins_by_the_month_only(self) -> bool:
        """Whether the column is ahead of the model pooled, and not within the month."""
        if self.within_month is None or self.model_within_month is None:
            return False
        return self.within_month <= self.model_within_month


def check_column(
    name: str, values: pd.Series, converted: BoolArray, period: TextArray, full_model_scores: FloatArray
) -> Finding:
    """Say whether a model may be trained on a new column.

    Parameters
    ----------
    name : str
        As the file writes it.
    values : Series of shape (n_rows,)
        Numbers, or texts; empty and `unknown` are missing.
    converted : bool array of shape (n_rows,)
    period : str array of shape (n_rows,)
        Month of each call.
    full_model_scores : array of shape (n_rows,)
        Out-of-fold log-odds of the whole model by protocol A.

    Raises
    ------
    TrainingDataError
        The lengths differ, or there are too few conversions for folds.
    """
    if not len(values) == len(converted) == len(period) == len(full_model_scores):
        raise TrainingDataError(f"{name} has {len(values):,} values for {len(converted):,} training rows.")
    refused = refused_by_name(name)
    if refused is not None:
        return refused
    column = _read(values)
    nothing = _says_nothing(column)
    if nothing:
        return Finding(name, Verdict.SAYS_NOTHING, f"{name} {nothing}: it is left out.")
    found = max(_comparisons(column, converted, period, full_model_scores), key=lambda each: each.ahead_by)
    verdict = Verdict.DOUBTFUL if found.ahead_by > 0 else Verdict.PASSES
    figures = (found.auc, found.model_auc, found.within_month, found.model_within_month)
    return Finding(name, verdict, _why(name, found), *figures)


def model_scores(data: TrainingData, *, n_threads: int = 1) -> FloatArray:
    """Return out-of-fold log-odds of the model by protocol A, shape (n_rows,), market included."""
    training = Training(data.frame, RankingSettings(), seed=0, n_threads=n_threads, min_month_rows=MIN_MONTH_ROWS)
    return random_folds(training.converted, training.fit_and_score)[:, 1]


def _read(values: pd.Series) -> pd.Series:
    """Return numbers as float64 and anything else as text, missing values as NaN."""
    if pd.api.types.is_numeric_dtype(values):
        return values.astype("float64").replace([np.inf, -np.inf], np.nan).reset_index(drop=True)
    text = values.astype("str").str.strip().reset_index(drop=True)
    text = text.mask(text.str.lower().isin(["", UNKNOWN]))
    numbers = pd.to_numeric(text, errors="coerce").astype("float64")
    return numbers if numbers.notna().equals(text.notna()) else text


def _says_nothing(column: pd.Series) -> str:
    """Return why a column cannot tell leads apart, in words that follow its name; empty if it may."""
    known = column.dropna()
    if known.empty:
        return "has no value in any row"
    if known.nunique() == 1 and len(known) == len(column):
        return "has the same value in every row"
    is_number = pd.api.types.is_float_dtype(known)
    if known.is_unique and len(known) > 1 and not (is_number and (known % 1 != 0).any()):
        return "has another value in every row, so it names the lead and says nothing of it"
    return ""


def _comparisons(column: pd.Series, converted: BoolArray, period: TextArray, model: FloatArray) -> list[_Compared]:
    """Compare every way of ranking by the column with the model on the same rows."""
    found = [_compared(_fold_rates(_grouped(column), converted), converted, period, model)]
    if not pd.api.types.is_float_dtype(column):
        return found
    known = column.notna().to_numpy()
    bought = int(converted[known].sum())
    if min(bought, int(known.sum()) - bought) < _MIN_OF_EACH:
        return found
    numbers = column.to_numpy(dtype=np.float64)[known]
    ways = (numbers, -numbers)
    return found + [_compared(way, converted[known], period[known], model[known]) for way in ways]


def _compared(scores: FloatArray, converted: BoolArray, period: TextArray, model: FloatArray) -> _Compared:
    pairs = [by_month(converted, each, period) for each in (scores, model)]
    months = [within_month(table)["auc_within_month"] if len(table) else None for table in pairs]
    return _Compared(auc(converted, scores), auc(converted, model), months[0], months[1])


def _grouped(column: pd.Series) -> IntArray:
    """Return the group of each row: levels, groups of about equal size of a number with many values, the missing."""
    if pd.api.types.is_float_dtype(column) and column.nunique() > GROUPS:
        column = (column.rank(pct=True) * GROUPS).apply(np.ceil)
    return np.asarray(pd.factorize(column, use_na_sentinel=False)[0], dtype=np.intp)


def _fold_rates(groups: IntArray, converted: BoolArray) -> FloatArray:
    """Return each row's rate of its group in the other folds, drawn a little to the rate of all."""
    if min(int(converted.sum()), int((~converted).sum())) < FOLDS:
        raise TrainingDataError(f"A column is checked on at least {FOLDS} leads that bought and {FOLDS} that did not.")
    rates = np.empty(len(groups))
    n_groups = int(groups.max()) + 1
    for fitted, scored in StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(groups, converted):
        rows = np.bincount(groups[fitted], minlength=n_groups)
        bought = np.bincount(groups[fitted], weights=converted[fitted], minlength=n_groups)
        base = float(converted[fitted].mean())
        rates[scored] = ((bought + _PRIOR_ROWS * base) / (rows + _PRIOR_ROWS))[groups[scored]]
    return rates


def _why(name: str, found: _Compared) -> str:
    figures = f"{found.auc:.3f} against {found.model_auc:.3f}"
    if found.within_month is not None:
        figures += f", and within the month {found.within_month:.3f} against {found.model_within_month:.3f}"
    if found.ahead_by <= 0:
        return f"{name} alone ranks no better than the whole model (AUC {figures})."
    better = f"{name} alone ranks better than the whole model (AUC {figures})."
    if found.wins_by_the_month_only:
        return (
            f"{better} It says in which month a call was, as market figures do, and does not help to put the leads of"
            " one month in order."
        )
    return (
        f"{better} Columns that do are nearly always set during or after the call. Find out when it is written, and"
        f" only if that is before the call allow it by name (--allow-column {name})."
    )
