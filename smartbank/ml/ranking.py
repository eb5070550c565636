"""The ranking model: trees and a linear part on what is known of a customer before the call; nothing of the market."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from smartbank.core.fields import LEAD_COLUMNS
from smartbank.core.training_data import require_features
from smartbank.ml.encoding import Codes, Encoder, without_contact_history
from smartbank.ml.linear import LinearModel
from smartbank.ml.linear_fit import LinearFit, fit_linear
from smartbank.ml.month_trust import trusted_month_ridge
from smartbank.ml.months import recency_weights
from smartbank.ml.trees import TreeModel, grow_trees

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class RankingSettings:
    """How the ranking is fitted; decisions 0001, 0106 and 0166 say why so.

    Attributes
    ----------
    features : tuple of str
        Fields both parts may use, in the order of `LEAD_COLUMNS`.
    half_life_months : float
        Age at which a training row weighs half as much as one of the newest month.
    month_ridges : tuple of float
        How strongly effects of single months may be held back; `trusted_month_ridge` chooses one.
    day_ridge : float
        How strongly effects of single days are.
    linear_ridge : float
        How strongly the linear part's other weights are.
    linear_share : float
        Share of the linear part in the margin, in [0, 1]; the trees have the rest.
    month_balance : float
        Of the trees: power of a month's number of rows its rows are divided by, in [0, 1]: 0 counts rows, 1 months.
    masked_share : float
        Of the trees: share of the rows that is repeated without contact history, in [0, 1], so that a lead without one
        is sane. The linear part takes what it has never seen unknown as neutral.
    monotone : mapping of str to int
        Of the trees: 1 where more can only raise the margin, -1 where it can only lower it.
    """

    features: tuple[str, ...] = tuple(name for name in LEAD_COLUMNS if name not in ("housing", "loan"))
    half_life_months: float = 6.0
    month_ridges: tuple[float, ...] = (10.0, 100.0, 1_000.0)
    day_ridge: float = 10.0
    linear_ridge: float = 200.0
    linear_share: float = 0.7
    n_trees: int = 200
    max_depth: int = 3
    learning_rate: float = 0.05
    min_child_weight: float = 5.0
    reg_lambda: float = 20.0
    max_cat_to_onehot: int = 16
    month_balance: float = 0.5
    masked_share: float = 0.3
    monotone: Mapping[str, int] = field(
        default_factory=lambda: {"attempt": -1, "previous": 1, "days_since_contact": -1}
    )

    def to_json(self) -> dict[str, Any]:
        """Return plain values, for the card."""
        plain = {
            "features": list(self.features),
            "month_ridges": list(self.month_ridges),
            "monotone": dict(self.monotone),
        }
        return asdict(self) | plain

    def tree_parameters(self, seed: int) -> dict[str, Any]:
        """Return what XGBoost is told."""
        return {
            "max_depth": self.max_depth,
            "eta": self.learning_rate,
            "min_child_weight": self.min_child_weight,
            "lambda": self.reg_lambda,
            "max_cat_to_onehot": self.max_cat_to_onehot,
            "monotone_constraints": tuple(self.monotone.get(name, 0) for name in self.features),
            "seed": seed,
        }


@dataclass(frozen=True)
class RankingModel:
    """Both parts; margins here are not calibrated yet. A model of an earlier version has no linear part.

    Attributes
    ----------
    month_ridge : float
        The one that was trusted when the model was fitted; 0 in a model that was loaded.
    """

    trees: TreeModel
    linear: LinearModel | None = None
    linear_share: float = 0.0
    month_ridge: float = 0.0

    @property
    def encoder(self) -> Encoder:
        """What turns leads into codes."""
        return self.trees.encoder

    @property
    def features(self) -> tuple[str, ...]:
        """Fields the model looks at."""
        return self.trees.features

    def margins(self, codes: Codes) -> FloatArray:
        """Return margins in log-odds, shape (n_rows,); a row of codes gives the same bits alone and in a batch."""
        grown = self.trees.margins(codes)
        if self.linear is None:
            return grown
        return (1 - self.linear_share) * grown + self.linear_share * self.linear.margins(codes)

    def contributions(self, codes: Codes) -> FloatArray:
        """Return exact SHAP values in log-odds, shape (n_rows, 13): `LEAD_COLUMNS`, then the base value.

        Shapley values are linear in the model: those of the blend are the parts' own, weighted alike.
        """
        grown = self.trees.contributions(codes)
        if self.linear is None:
            return grown
        return (1 - self.linear_share) * grown + self.linear_share * self.linear.contributions(codes)


def fit_ranking(
    codes: Codes,
    converted: BoolArray,
    month: IntArray,
    day: IntArray,
    *,
    settings: RankingSettings,
    encoder: Encoder,
    seed: int,
    n_threads: int = 1,
) -> RankingModel:
    """Fit both parts; the same data and seed give the same bytes, on any number of threads.

    The linear part is fitted beside an effect of each month and of each day; the trees are grown above those effects.
    So a field that was only more frequent in good months or on good days earns little by it.

    Parameters
    ----------
    codes : float32 array of shape (n_rows, 12)
    converted : bool array of shape (n_rows,)
        Both outcomes must occur.
    month, day : int array of shape (n_rows,)
        Month and day of each call, counted from any start.

    Raises
    ------
    TrainingDataError
        A feature is refused (`duration` above all).
    """
    require_features(settings.features)
    shared: dict[str, Any] = {"features": settings.features, "encoder": encoder}
    recency = recency_weights(month, half_life=settings.half_life_months)

    def linear(rows: BoolArray, month_ridge: float) -> LinearFit:
        told = {"ridge": settings.linear_ridge, "month_ridge": month_ridge, "day_ridge": settings.day_ridge} | shared
        return fit_linear(codes[rows], converted[rows], month[rows], day[rows], recency[rows], **told)

    month_ridge = trusted_month_ridge(
        converted,
        month,
        settings.month_ridges,
        lambda before, inside, ridge: linear(before, ridge).model.margins(codes[inside]),
    )
    fitted = linear(np.ones(len(codes), dtype=bool), month_ridge)
    repeated = np.random.default_rng(seed).permutation(len(codes))[: int(len(codes) * settings.masked_share)]
    rows = np.concatenate([np.arange(len(codes)), repeated])
    trees = grow_trees(
        np.concatenate([codes, without_contact_history(codes[repeated])]),
        converted[rows],
        (recency / month_sizes(month, settings))[rows],
        (fitted.month_effects + fitted.day_effects)[rows],
        parameters=settings.tree_parameters(seed),
        n_trees=settings.n_trees,
        n_threads=n_threads,
        **shared,
    )
    return RankingModel(trees, fitted.model, settings.linear_share, month_ridge)


def month_sizes(month: IntArray, settings: RankingSettings) -> FloatArray:
    """Return what each row's weight is divided by, shape (n_rows,), so that large months count for less."""
    _, position, rows_in_month = np.unique(month, return_inverse=True, return_counts=True)
    return np.asarray(np.power(rows_in_month[position], settings.month_balance), dtype=np.float64)
