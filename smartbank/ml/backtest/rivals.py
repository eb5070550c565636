"""The standard models of a backtest, with parameters as one would set them first; each runs on one thread."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Final

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from smartbank.ml.backtest.columns import Columns
from smartbank.ml.boosting import xgb

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


@dataclass(frozen=True)
class Ground:
    """What every standard model is fitted on, and how many trees CatBoost grows."""

    columns: Columns
    converted: BoolArray
    seed: int
    catboost_iterations: int

    @cached_property
    def values(self) -> FloatArray:
        """The columns as one array."""
        return self.columns.array


def standard_fits(ground: Ground) -> dict[str, WeightedFit]:
    """Return the standard models by name; what a name needs is imported when it is fitted, not before."""
    fits = {
        "logistic": _logistic,
        "forest": _forest,
        "xgboost": _xgboost,
        "lightgbm": _lightgbm,
        "catboost": _catboost,
        "hist_gradient_boosting": _hist_gradient_boosting,
    }
    return {name: partial(fit, ground) for name, fit in fits.items()}


def month_nuisance_fit(ground: Ground, month: npt.NDArray[np.int64]) -> WeightedFit:
    """Return a logistic regression with a dummy a training month, which is dropped when it ranks."""

    def fit(fitted: IntArray, scored: IntArray, weights: FloatArray) -> FloatArray:
        wide = ground.columns.one_hot(fitted)
        _, position = np.unique(month[fitted], return_inverse=True)
        with_months = np.hstack([wide[fitted], np.eye(position.max() + 1)[position]])
        model = LogisticRegression(**PARAMETERS["logistic"]).fit(with_months, ground.converted[fitted], weights)
        return np.asarray(wide[scored] @ model.coef_[0, : wide.shape[1]], dtype=np.float64)

    return fit


def _logistic(ground: Ground, fitted: IntArray, scored: IntArray, weights: FloatArray) -> FloatArray:
    wide = ground.columns.one_hot(fitted)
    model = LogisticRegression(**PARAMETERS["logistic"]).fit(wide[fitted], ground.converted[fitted], weights)
    return np.asarray(model.decision_function(wide[scored]), dtype=np.float64)


def _forest(ground: Ground, fitted: IntArray, scored: IntArray, weights: FloatArray) -> FloatArray:
    model = RandomForestClassifier(**PARAMETERS["forest"], random_state=ground.seed, n_jobs=1)
    model.fit(ground.values[fitted], ground.converted[fitted], weights)
    p = np.clip(model.predict_proba(ground.values[scored])[:, 1], _CLOSEST, 1 - _CLOSEST)
    return np.asarray(np.log(p / (1 - p)), dtype=np.float64)


def _xgboost(ground: Ground, fitted: IntArray, scored: IntArray, weights: FloatArray) -> FloatArray:
    categories = ground.columns.n_categories
    types = ["c"] * categories + ["q"] * (ground.values.shape[1] - categories)
    target = ground.converted[fitted].astype(np.float64)
    matrix = xgb.DMatrix(ground.values[fitted], label=target, weight=weights, feature_types=types, nthread=1)
    parameters = {"objective": "binary:logistic", "tree_method": "hist", "nthread": 1, "seed": ground.seed}
    booster = xgb.train(parameters | PARAMETERS["xgboost"], matrix, num_boost_round=ROUNDS)
    return np.asarray(booster.inplace_predict(ground.values[scored], predict_type="margin"), dtype=np.float64)


def _lightgbm(ground: Ground, fitted: IntArray, scored: IntArray, weights: FloatArray) -> FloatArray:
    import lightgbm as lgb  # noqa: PLC0415  only developers have it

    rows = lgb.Dataset(
        ground.values[fitted],
        label=ground.converted[fitted].astype(np.float64),
        weight=weights,
        categorical_feature=ground.columns.category_positions,
        params={"verbose": -1},
    )
    parameters = {"objective": "binary", "num_threads": 1, "deterministic": True, "verbose": -1, "seed": ground.seed}
    booster = lgb.train(parameters | PARAMETERS["lightgbm"], rows, num_boost_round=ROUNDS)
    return np.asarray(booster.predict(ground.values[scored], raw_score=True), dtype=np.float64)


def _catboost(ground: Ground, fitted: IntArray, scored: IntArray, weights: FloatArray) -> FloatArray:
    import catboost as cat  # noqa: PLC0415  only developers have it

    model = cat.CatBoostClassifier(
        **PARAMETERS["catboost"],
        iterations=ground.catboost_iterations,
        random_seed=ground.seed,
        thread_count=1,
        verbose=0,
        allow_writing_files=False,
    )
    codes, categories = ground.columns.codes, ground.columns.category_positions
    model.fit(cat.Pool(codes.iloc[fitted], ground.converted[fitted], weight=weights, cat_features=categories))
    return np.asarray(model.predict(codes.iloc[scored], prediction_type="RawFormulaVal"), dtype=np.float64)


def _hist_gradient_boosting(ground: Ground, fitted: IntArray, scored: IntArray, weights: FloatArray) -> FloatArray:
    model = HistGradientBoostingClassifier(
        **PARAMETERS["hist_gradient_boosting"],
        categorical_features=ground.columns.category_positions,
        early_stopping=False,
        random_state=ground.seed,
    )
    model.fit(ground.values[fitted], ground.converted[fitted], weights)
    return np.asarray(model.decision_function(ground.values[scored]), dtype=np.float64)
