"""The standard models of a backtest, with parameters as one would set them first; each runs on one thread."""

from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt
import xgboost as xgb
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from smartbank.ml.backtest.columns import Columns

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.intp]

WeightedFit = Callable[[IntArray, IntArray, FloatArray], FloatArray]
"""Fit on the first rows, with their weights; return log-odds of the second, shape (n_second,)."""

PARAMETERS: Final[dict[str, dict[str, float]]] = {
    "logistic": {"C": 1.0, "max_iter": 2_000},
    "forest": {"n_estimators": 300, "min_samples_leaf": 5},
    "xgboost": {"max_depth": 3, "eta": 0.1},
    "lightgbm": {"num_leaves": 15, "learning_rate": 0.05},
    "catboost": {"depth": 6},
    "hist_gradient_boosting": {"max_iter": 200, "max_leaf_nodes": 15, "learning_rate": 0.05},
}
ROUNDS: Final = 200
"""Trees of XGBoost and LightGBM; histogram gradient boosting grows as many."""
_CLOSEST: Final = 1e-6


def standard_fits(
    columns: Columns, converted: BoolArray, *, seed: int, catboost_iterations: int
) -> dict[str, WeightedFit]:
    """Return the standard models by name; what a name needs is imported when it is fitted, not before."""
    codes, values, target = columns.codes, columns.array, converted.astype(np.float64)
    types = ["c"] * columns.n_categories + ["q"] * (values.shape[1] - columns.n_categories)

    def logistic(fitted: IntArray, scored: IntArray, weights: FloatArray) -> FloatArray:
        wide = columns.one_hot(fitted)
        model = LogisticRegression(**PARAMETERS["logistic"]).fit(wide[fitted], converted[fitted], weights)
        return np.asarray(model.decision_function(wide[scored]), dtype=np.float64)

    def forest(fitted: IntArray, scored: IntArray, weights: FloatArray) -> FloatArray:
        model = RandomForestClassifier(**PARAMETERS["forest"], random_state=seed, n_jobs=1)
        model.fit(values[fitted], converted[fitted], weights)
        p = np.clip(model.predict_proba(values[scored])[:, 1], _CLOSEST, 1 - _CLOSEST)
        return np.asarray(np.log(p / (1 - p)), dtype=np.float64)

    def xgboost(fitted: IntArray, scored: IntArray, weights: FloatArray) -> FloatArray:
        matrix = xgb.DMatrix(values[fitted], label=target[fitted], weight=weights, feature_types=types, nthread=1)
        parameters = {"objective": "binary:logistic", "tree_method": "hist", "nthread": 1, "seed": seed}
        booster = xgb.train(parameters | PARAMETERS["xgboost"], matrix, num_boost_round=ROUNDS)
        return np.asarray(booster.inplace_predict(values[scored], predict_type="margin"), dtype=np.float64)

    def lightgbm(fitted: IntArray, scored: IntArray, weights: FloatArray) -> FloatArray:
        import lightgbm as lgb  # noqa: PLC0415  only developers have it

        rows = lgb.Dataset(
            values[fitted],
            label=target[fitted],
            weight=weights,
            categorical_feature=columns.category_positions,
            params={"verbose": -1},
        )
        parameters = {"objective": "binary", "num_threads": 1, "deterministic": True, "verbose": -1, "seed": seed}
        booster = lgb.train(parameters | PARAMETERS["lightgbm"], rows, num_boost_round=ROUNDS)
        return np.asarray(booster.predict(values[scored], raw_score=True), dtype=np.float64)

    def catboost(fitted: IntArray, scored: IntArray, weights: FloatArray) -> FloatArray:
        import catboost as cat  # noqa: PLC0415  only developers have it

        model = cat.CatBoostClassifier(
            **PARAMETERS["catboost"],
            iterations=catboost_iterations,
            random_seed=seed,
            thread_count=1,
            verbose=0,
            allow_writing_files=False,
        )
        rows = cat.Pool(codes.iloc[fitted], converted[fitted], weight=weights, cat_features=columns.category_positions)
        model.fit(rows)
        return np.asarray(model.predict(codes.iloc[scored], prediction_type="RawFormulaVal"), dtype=np.float64)

    def hist_gradient_boosting(fitted: IntArray, scored: IntArray, weights: FloatArray) -> FloatArray:
        model = HistGradientBoostingClassifier(
            **PARAMETERS["hist_gradient_boosting"],
            categorical_features=columns.category_positions,
            early_stopping=False,
            random_state=seed,
        )
        model.fit(values[fitted], converted[fitted], weights)
        return np.asarray(model.decision_function(values[scored]), dtype=np.float64)

    return {
        "logistic": logistic,
        "forest": forest,
        "xgboost": xgboost,
        "lightgbm": lightgbm,
        "catboost": catboost,
        "hist_gradient_boosting": hist_gradient_boosting,
    }


def month_nuisance_fit(columns: Columns, converted: BoolArray, month: npt.NDArray[np.int64]) -> WeightedFit:
    """Return a logistic regression with a dummy a training month, which is dropped when it ranks."""

    def fit(fitted: IntArray, scored: IntArray, weights: FloatArray) -> FloatArray:
        wide = columns.one_hot(fitted)
        _, position = np.unique(month[fitted], return_inverse=True)
        with_months = np.hstack([wide[fitted], np.eye(position.max() + 1)[position]])
        model = LogisticRegression(**PARAMETERS["logistic"]).fit(with_months, converted[fitted], weights)
        return np.asarray(wide[scored] @ model.coef_[0, : wide.shape[1]], dtype=np.float64)

    return fit
