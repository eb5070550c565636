"""Fit the linear part of the ranking beside an effect of each month, so that no field stands for a good month."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from smartbank.core.fields import LEAD_COLUMNS
from smartbank.core.level import propensity
from smartbank.ml.encoding import Codes, Encoder
from smartbank.ml.linear import LinearModel, Term

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]

_STEPS: Final = 30
_TOLERANCE: Final = 1e-9
_DECIMALS: Final = 6
"""Coarse enough that the last bits of a solver, which differ with the processor, do not show."""
_FREE: Final = 1e-6
"""Ridge on the intercept: next to none."""


@dataclass(frozen=True, eq=False)
class LinearFit:
    """What a fit gives.

    Attributes
    ----------
    month_effects : float array of shape (n_rows,)
        Log-odds of each row's month beyond what its fields explain, shrunk towards none.
    """

    model: LinearModel
    month_effects: FloatArray


@dataclass(frozen=True, eq=False)
class _Group:
    """Columns of a design of which each row has one at most: `scale` in column `code`."""

    code: npt.NDArray[np.intp]
    scale: FloatArray
    size: int
    ridge: float


def fit_linear(
    codes: Codes,
    converted: BoolArray,
    month: IntArray,
    weights: FloatArray,
    *,
    features: tuple[str, ...],
    encoder: Encoder,
    ridge: float,
    month_ridge: float,
) -> LinearFit:
    """Fit a ridge logistic regression of the outcome on the features and the month of each call.

    Months are random effects in all but name: with a weak `month_ridge` fields are compared within a month only, with
    a strong one also between months. Decision 0106 says why in between.

    Parameters
    ----------
    codes : float32 array of shape (n_rows, 12)
    converted : bool array of shape (n_rows,)
    month : int array of shape (n_rows,)
        Month of each call, counted from any start.
    weights : array of shape (n_rows,)
        Of each row, above zero; only their ratios count.
    ridge : float
        On each level's log-odds and on each number's slope a standard deviation, in rows of mean weight.
    month_ridge : float
        On each month's effect, in the same unit.
    """
    weights = weights * (len(weights) / weights.sum())
    named = {name: _field_groups(name, codes, encoder, ridge) for name in features}
    months, position = np.unique(month, return_inverse=True)
    ones = np.ones(len(codes))
    groups = [group for of_field in named.values() for group in of_field]
    groups += [_Group(position, ones, len(months), month_ridge), _Group(np.zeros_like(position), ones, 1, _FREE)]
    *fitted, effects, _ = _newton(groups, converted.astype(np.float64), weights)
    terms, parts = {}, iter(fitted)
    for name, of_field in named.items():
        terms[name] = _term(name, codes, encoder, [next(parts) for _ in of_field], weights)
    return LinearFit(LinearModel(terms), effects[position])


def _field_groups(name: str, codes: Codes, encoder: Encoder, ridge: float) -> list[_Group]:
    """Return a category as one group, its last column for unknown; a number as its slope and an unknown of its own."""
    values = codes[:, LEAD_COLUMNS.index(name)].astype(np.float64)
    unknown = np.isnan(values)
    ones, first = np.ones(len(values)), np.zeros(len(values), dtype=np.intp)
    if name in encoder.levels:
        size = len(encoder.levels[name])
        return [_Group(np.where(unknown, size, np.nan_to_num(values)).astype(np.intp), ones, size + 1, ridge)]
    centre, spread = _centre(values), _spread(values)
    scaled = np.where(unknown, 0.0, (np.nan_to_num(values) - centre) / spread)
    return [_Group(first, scaled, 1, ridge), _Group(first, unknown / (float(unknown.std()) or 1.0), 1, ridge)]


def _term(name: str, codes: Codes, encoder: Encoder, found: list[FloatArray], weights: FloatArray) -> Term:
    column = codes[:, LEAD_COLUMNS.index(name)]
    if name in encoder.levels:
        *levels, unknown = found[0].tolist()
        term = Term(unknown, 0.0, tuple(levels))
    else:
        values = column.astype(np.float64)
        known = values[~np.isnan(values)]
        low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 0.0)
        slope = round(float(found[0][0]) / _spread(values), _DECIMALS + 2)
        unknown = float(found[1][0]) / (float(np.isnan(values).std()) or 1.0)
        term = Term(round(unknown, _DECIMALS), 0.0, (), slope, _centre(values), low, high)
    mean = float((weights * term.values(column)).sum() / weights.sum())
    return Term(**{**term.__dict__, "mean": round(mean, _DECIMALS)})


def _centre(values: FloatArray) -> float:
    known = values[~np.isnan(values)]
    return round(float(known.mean()), _DECIMALS) if len(known) else 0.0


def _spread(values: FloatArray) -> float:
    known = values[~np.isnan(values)]
    return float(known.std()) or 1.0 if len(known) else 1.0


def _newton(groups: list[_Group], target: FloatArray, weights: FloatArray) -> list[FloatArray]:
    """Return the coefficients a group, rounded; sums are counts by code, so they do not depend on threads."""
    ends = np.cumsum([group.size for group in groups])
    ridge = np.concatenate([np.full(group.size, group.ridge) for group in groups])
    found = np.zeros(ends[-1])
    for _ in range(_STEPS):
        parts = np.split(found, ends[:-1])
        p = propensity(
            np.sum([part[group.code] * group.scale for part, group in zip(parts, groups, strict=True)], axis=0)
        )
        pull = np.concatenate([_sum(group, weights * (target - p)) for group in groups]) - ridge * found
        with threadpool_limits(1):
            step = np.linalg.solve(_curvature(groups, weights * p * (1 - p)) + np.diag(ridge), pull)
        found = found + step
        if np.abs(step).max() < _TOLERANCE:
            break
    return [np.round(part, _DECIMALS) for part in np.split(found, ends[:-1])]


def _sum(group: _Group, values: FloatArray) -> FloatArray:
    return np.bincount(group.code, weights=values * group.scale, minlength=group.size).astype(np.float64)


def _curvature(groups: list[_Group], weights: FloatArray) -> FloatArray:
    """Return the sum over rows of weight times the outer product of the row with itself, block by block."""
    blocks: list[list[FloatArray]] = [[np.empty(0)] * len(groups) for _ in groups]
    for i, left in enumerate(groups):
        for j, right in enumerate(groups[: i + 1]):
            both = left.code * right.size + right.code
            counts = np.bincount(both, weights * left.scale * right.scale, minlength=left.size * right.size)
            blocks[i][j] = counts.reshape(left.size, right.size).astype(np.float64)
            blocks[j][i] = blocks[i][j].T
    return np.block(blocks)
