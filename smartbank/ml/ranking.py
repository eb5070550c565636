"""The ranking model: boosted trees on what is known of a customer before the call, and nothing of the market."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import xgboost as xgb

from smartbank.core.fields import LEAD_COLUMNS
from smartbank.core.training_data import require_features
from smartbank.ml.encoding import Codes, Encoder, without_contact_history

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class RankingSettings:
    """How the trees are grown; `docs/decisions/0001` says why so.

    Attributes
    ----------
    features : tuple of str
        Fields the trees may split on, in the order of `LEAD_COLUMNS`.
    half_life_months : float
        Age at which a training row weighs half as much as one of the newest month.
    month_balance : float
        Power of a month's number of rows its rows are divided by, in [0, 1]: 0 counts rows, 1 counts months.
    masked_share : float
        Share of the rows that is repeated without contact history, in [0, 1], so that a lead without one is sane.
    monotone : mapping of str to int
        1 where more can only raise the margin, -1 where it can only lower it.
    """

    features: tuple[str, ...] = tuple(name for name in LEAD_COLUMNS if name not in ("housing", "loan"))
    n_trees: int = 200
    max_depth: int = 3
    learning_rate: float = 0.05
    min_child_weight: float = 5.0
    reg_lambda: float = 20.0
    max_cat_to_onehot: int = 16
    half_life_months: float = 6.0
    month_balance: float = 0.5
    masked_share: float = 0.3
    monotone: Mapping[str, int] = field(
        default_factory=lambda: {"attempt": -1, "previous": 1, "days_since_contact": -1}
    )

    def to_json(self) -> dict[str, Any]:
        """Return plain values, for the card."""
        return asdict(self) | {"features": list(self.features), "monotone": dict(self.monotone)}


@dataclass(frozen=True)
class RankingModel:
    """Grown trees and what they need to read a lead. Margins here are not calibrated yet."""

    booster: xgb.Booster
    encoder: Encoder
    features: tuple[str, ...]
    n_threads: int = 1

    @property
    def columns(self) -> list[int]:
        """Positions of the features in `LEAD_COLUMNS`."""
        return [LEAD_COLUMNS.index(name) for name in self.features]

    def margins(self, codes: Codes) -> FloatArray:
        """Return margins in log-odds, shape (n_rows,); a row of codes gives the same bits alone and in a batch."""
        if not len(codes):
            return np.empty(0)
        inputs = np.ascontiguousarray(codes[:, self.columns])
        return np.asarray(self.booster.inplace_predict(inputs, predict_type="margin"), dtype=np.float64)

    def contributions(self, codes: Codes) -> FloatArray:
        """Return exact SHAP values in log-odds, shape (n_rows, 13): `LEAD_COLUMNS`, then the base value.

        A field the trees do not use contributes zero.
        """
        values = np.zeros((len(codes), len(LEAD_COLUMNS) + 1))
        if len(codes):
            matrix = feature_matrix(codes, self.features, self.encoder, nthread=self.n_threads)
            values[:, [*self.columns, len(LEAD_COLUMNS)]] = self.booster.predict(matrix, pred_contribs=True)
        return values


def feature_matrix(codes: Codes, features: tuple[str, ...], encoder: Encoder, **more: Any) -> xgb.DMatrix:  # noqa: ANN401
    """Return the features of rows of codes as XGBoost takes them; `more` goes to `DMatrix` (`label`, `weight`...)."""
    columns = [LEAD_COLUMNS.index(name) for name in features]
    types = [encoder.feature_types[column] for column in columns]
    return xgb.DMatrix(np.ascontiguousarray(codes[:, columns]), feature_types=types, **more)


def fit_ranking(
    codes: Codes,
    converted: BoolArray,
    month: IntArray,
    *,
    settings: RankingSettings,
    encoder: Encoder,
    seed: int,
    n_threads: int = 1,
) -> RankingModel:
    """Grow the trees; the same data and seed give the same bytes, on any number of threads.

    Parameters
    ----------
    codes : float32 array of shape (n_rows, 12)
    converted : bool array of shape (n_rows,)
        Both outcomes must occur.
    month : int array of shape (n_rows,)
        Month of each call, counted from any start.

    Raises
    ------
    TrainingDataError
        A feature is refused (`duration` above all).
    """
    require_features(settings.features)
    weights = row_weights(month, settings)
    repeated = np.random.default_rng(seed).permutation(len(codes))[: int(len(codes) * settings.masked_share)]
    rows = np.concatenate([np.arange(len(codes)), repeated])
    inputs = np.concatenate([codes, without_contact_history(codes[repeated])])
    weights = weights[rows] * (len(rows) / weights[rows].sum())
    target = converted[rows].astype(np.float32)
    matrix = feature_matrix(
        inputs, settings.features, encoder, label=target, weight=weights.astype(np.float32), nthread=n_threads
    )
    base_score = float((target * weights).sum() / weights.sum())
    parameters = _parameters(settings, base_score, seed) | {"nthread": n_threads}
    return RankingModel(xgb.train(parameters, matrix, num_boost_round=settings.n_trees), encoder, settings.features)


def row_weights(month: IntArray, settings: RankingSettings) -> FloatArray:
    """Return each training row's weight, shape (n_rows,): newer months and smaller months count for more."""
    _, position, rows_in_month = np.unique(month, return_inverse=True, return_counts=True)
    recency = np.power(0.5, (month.max() - month) / settings.half_life_months)
    return np.asarray(recency / np.power(rows_in_month[position], settings.month_balance), dtype=np.float64)


def _parameters(settings: RankingSettings, base_score: float, seed: int) -> dict[str, Any]:
    return {
        "objective": "binary:logistic",
        "tree_method": "hist",
        "device": "cpu",
        "base_score": base_score,
        "max_depth": settings.max_depth,
        "eta": settings.learning_rate,
        "min_child_weight": settings.min_child_weight,
        "lambda": settings.reg_lambda,
        "max_cat_to_onehot": settings.max_cat_to_onehot,
        "monotone_constraints": tuple(settings.monotone.get(name, 0) for name in settings.features),
        "seed": seed,
        "validate_parameters": True,
    }
