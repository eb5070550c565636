"""Boosted trees of the ranking: what the linear part cannot say, such as that age matters at both ends."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from smartbank.core.fields import LEAD_COLUMNS
from smartbank.ml.boosting import xgb
from smartbank.ml.encoding import Codes, Encoder
from smartbank.ml.tree_tables import TreeTables, tree_tables

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
_FEW: Final = 256


@dataclass(frozen=True)
class TreeModel:
    """Grown trees and what they need to read a lead; their margins are not calibrated.

    Attributes
    ----------
    looks_up : bool
        Whether contributions are looked up in tables, where the trees are shallow enough; XGBoost works them out
        otherwise, and in artifacts before format 3.
    """

    booster: xgb.Booster
    encoder: Encoder
    features: tuple[str, ...]
    n_threads: int = 1
    looks_up: bool = True

    @property
    def columns(self) -> list[int]:
        """Positions of the features in `LEAD_COLUMNS`."""
        return [LEAD_COLUMNS.index(name) for name in self.features]

    def margins(self, codes: Codes) -> FloatArray:
        """Return margins in log-odds, shape (n_rows,); a row of codes gives the same bits alone and in a batch."""
        if not len(codes):
            return np.empty(0)
        inputs = np.ascontiguousarray(codes[:, self.columns])
        booster = self._on_one_thread if len(codes) <= _FEW else self.booster
        return np.asarray(booster.inplace_predict(inputs, predict_type="margin"), dtype=np.float64)

    def contributions(self, codes: Codes) -> FloatArray:
        """Return exact SHAP values in log-odds, shape (n_rows, 13): `LEAD_COLUMNS`, then the base value.

        A field the trees do not use contributes zero.
        """
        values = np.zeros((len(codes), len(LEAD_COLUMNS) + 1))
        if len(codes):
            values[:, [*self.columns, len(LEAD_COLUMNS)]] = self._contributions(codes)
        return values

    @cached_property
    def _on_one_thread(self) -> xgb.Booster:
        """The same trees for few rows, which would be scored sooner than the other threads come to work."""
        booster = self.booster.copy()
        booster.set_param({"nthread": 1})
        return booster

    @cached_property
    def _tables(self) -> TreeTables | None:
        return tree_tables(self.booster, n_features=len(self.features)) if self.looks_up else None

    def _contributions(self, codes: Codes) -> FloatArray:
        if self._tables is not None:
            return self._tables.contributions(codes[:, self.columns])
        matrix = feature_matrix(codes, self.features, self.encoder, nthread=self.n_threads)
        return np.asarray(self.booster.predict(matrix, pred_contribs=True), dtype=np.float64)


def feature_matrix(codes: Codes, features: tuple[str, ...], encoder: Encoder, **more: Any) -> xgb.DMatrix:  # noqa: ANN401
    """Return the features of rows of codes as XGBoost takes them; `more` goes to `DMatrix` (`label`, `weight`...)."""
    columns = [LEAD_COLUMNS.index(name) for name in features]
    types = [encoder.feature_types[column] for column in columns]
    return xgb.DMatrix(np.ascontiguousarray(codes[:, columns]), feature_types=types, **more)


def grow_trees(
    codes: Codes,
    converted: BoolArray,
    weights: FloatArray,
    offsets: FloatArray,
    *,
    features: tuple[str, ...],
    encoder: Encoder,
    parameters: Mapping[str, Any],
    n_trees: int,
    n_threads: int = 1,
) -> TreeModel:
    """Grow the trees; the same rows and parameters give the same bytes, on any number of threads.

    Parameters
    ----------
    codes : float32 array of shape (n_rows, 12)
    converted : bool array of shape (n_rows,)
        Both outcomes must occur.
    weights : array of shape (n_rows,)
        Above zero; only their ratios count.
    offsets : array of shape (n_rows,)
        Log-odds each row is known to differ by from the others without its features, such as its month's.
    parameters : mapping
        XGBoost's, such as `max_depth`.
    """
    target = converted.astype(np.float32)
    weights = weights * (len(weights) / weights.sum())
    base_rate = float((target * weights).sum() / weights.sum())
    start = np.log(base_rate / (1 - base_rate)) + offsets - np.average(offsets, weights=weights)
    matrix = feature_matrix(
        codes, features, encoder, label=target, weight=weights.astype(np.float32), base_margin=start, nthread=n_threads
    )
    told = {
        "objective": "binary:logistic",
        "tree_method": "hist",
        "device": "cpu",
        "base_score": base_rate,
        "nthread": n_threads,
        "validate_parameters": True,
    }
    return TreeModel(xgb.train(told | dict(parameters), matrix, num_boost_round=n_trees), encoder, features)
