"""What the model has to beat: the baselines, fitted and judged in the same run."""

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from smartbank.core.fields import LEAD_COLUMNS
from smartbank.ml.boosting import xgb
from smartbank.ml.encoding import Codes, Encoder
from smartbank.ml.months import recency_weights
from smartbank.ml.protocols import FitAndScore

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]

HALF_LIFE_MONTHS: Final = 6.0
_STRENGTH: Final = 0.1
_MARKET_TREES: Final = {"objective": "binary:logistic", "tree_method": "hist", "max_depth": 3, "eta": 0.1, "nthread": 1}


def baseline_fits(
    frame: pd.DataFrame, market: pd.DataFrame, converted: npt.NDArray[np.bool_], month: npt.NDArray[np.int64]
) -> dict[str, FitAndScore]:
    """Return the baselines by name, ready for a protocol; each gives log-odds of shape (n_scored, 1).

    `logistic` is a logistic regression on the twelve fields of a lead, newer rows weighing more.
    `trees_with_market` are boosted trees on the fields and the market, all rows alike: the usual figure comes from it.
    """
    encoder = Encoder.fitted(frame)
    codes = encoder.codes(frame)
    wide = np.column_stack([codes, market.to_numpy(dtype=np.float32)])
    types = [*encoder.feature_types, "q", "q", "q"]

    def logistic(rows: IntArray, scored: IntArray) -> FloatArray:
        columns = one_hot(codes, encoder, rows)
        weights = recency_weights(month[rows], half_life=HALF_LIFE_MONTHS)
        with threadpool_limits(1):  # three times faster than on two threads, and the same bits everywhere
            model = LogisticRegression(C=_STRENGTH, max_iter=2_000).fit(columns[rows], converted[rows], weights)
            return np.asarray(model.decision_function(columns[scored]), dtype=np.float64)[:, None]

    def trees_with_market(rows: IntArray, scored: IntArray) -> FloatArray:
        matrix = xgb.DMatrix(wide[rows], label=converted[rows].astype(np.float32), feature_types=types, nthread=1)
        booster = xgb.train(dict(_MARKET_TREES), matrix, num_boost_round=200)
        return np.asarray(booster.inplace_predict(wide[scored], predict_type="margin"), dtype=np.float64)[:, None]

    return {"logistic": logistic, "trees_with_market": trees_with_market}


def one_hot(codes: Codes, encoder: Encoder, rows: IntArray) -> FloatArray:
    """Return codes as columns for a linear model: one a level and one for unknown, numbers standardised on `rows`."""
    columns: list[FloatArray] = []
    for i, name in enumerate(LEAD_COLUMNS):
        values = codes[:, i].astype(np.float64)
        unknown = np.isnan(values)
        columns.append(unknown.astype(np.float64))
        if name in encoder.levels:
            columns += [(values == code).astype(np.float64) for code in range(len(encoder.levels[name]))]
        else:
            filled = np.where(unknown, 0.0, values)
            columns.append((filled - filled[rows].mean()) / (filled[rows].std() or 1.0))
    return np.column_stack(columns)
