"""Fit the linear part of the ranking beside effects of each month and day, so that no field stands for a good one."""

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
_LONGEST: Final = 5.0
_DECIMALS: Final = 6
"""Coarse enough that the last bits of a solver, which differ with the processor, do not show."""
_FREE: Final = 1e-6
"""Ridge on the intercept: next to none."""


@dataclass(frozen=True, eq=False)
class LinearFit:
    """What a fit gives.

    Attributes
    ----------
    month_effects, day_effects : float array of shape (n_rows,)
        Log-odds of each row's month, and of its day beyond that, that its fields do not explain, shrunk towards none.
    """

    model: LinearModel
    month_effects: FloatArray
    day_effects: FloatArray


@dataclass(frozen=True, eq=False)
class _Group:
    """Columns of a design of which each row has one at most: `scale` in column `code`."""

    code: npt.NDArray[np.intp]
    scale: FloatArray
    size: int
    ridge: float


@dataclass(frozen=True, eq=False)
class _Pair:
    """Two groups' block of the curvature: the cell each row adds to, and what its weight is multiplied by."""

    cell: npt.NDArray[np.intp]
    scales: tuple[FloatArray, ...]
    shape: tuple[int, int]

    @classmethod
    def of(cls, left: _Group, right: _Group) -> "_Pair":
        shape, scales = (left.size, right.size), tuple(each.scale for each in (left, right) if (each.scale != 1).any())
        if any(not scale.any() for scale in scales):
            return cls(np.empty(0, dtype=np.intp), (), shape)  # a field that is never unknown
        return cls(left.code * right.size + right.code, scales, shape)

    def block(self, weights: FloatArray) -> FloatArray:
        if not len(self.cell):
            return np.zeros(self.shape)
        for scale in self.scales:
            weights = weights * scale
        counts = np.bincount(self.cell, weights, minlength=self.shape[0] * self.shape[1])
        return counts.reshape(self.shape).astype(np.float64, copy=False)


def fit_linear(
    codes: Codes,
    converted: BoolArray,
    month: IntArray,
    day: IntArray,
    weights: FloatArray,
    *,
    features: tuple[str, ...],
    encoder: Encoder,
    ridge: float,
    month_ridge: float,
    day_ridge: float,
) -> LinearFit:
    """Fit a ridge logistic regression of the outcome on the features, the month and the day of each call.

    Months and days are random effects in all but name: with a weak ridge fields are compared within a month or a day
    only, with a strong one also between them. Decisions 0106 and 0166 say why in between.

    Parameters
    ----------
    codes : float32 array of shape (n_rows, 12)
    converted : bool array of shape (n_rows,)
    month, day : int array of shape (n_rows,)
        Month and day of each call, counted from any start.
    weights : array of shape (n_rows,)
        Of each row, above zero; only their ratios count.
    ridge : float
        On each level's log-odds and on each number's slope a standard deviation, in rows of mean weight.
    month_ridge, day_ridge : float
        On each month's and on each day's effect, in the same unit.
    """
    weights = weights * (len(weights) / weights.sum())
    named = {name: _field_groups(name, codes, encoder, ridge) for name in features}
    of_month, of_day = (np.unique(each, return_inverse=True)[1] for each in (month, day))
    ones = np.ones(len(codes))
    groups = [group for of_field in named.values() for group in of_field]
    groups += [_Group(at, ones, at.max() + 1, held) for at, held in ((of_month, month_ridge), (of_day, day_ridge))]
    groups.append(_Group(np.zeros_like(of_month), ones, 1, _FREE))
    *fitted, months, days, _ = _newton(groups, converted.astype(np.float64), weights)
    terms, parts = {}, iter(fitted)
    for name, of_field in named.items():
        terms[name] = _term(name, codes, encoder, [next(parts) for _ in of_field], weights)
    return LinearFit(LinearModel(terms), months[of_month], days[of_day])


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
    """Return the coefficients a group, rounded; sums are counts by code, so they do not depend on threads.

    It starts where every row is as likely to sell as not: from the base rate, a day on which all bought would be
    thrown too far. Nothing goes further than `_LONGEST` in a step.
    """
    ends = np.cumsum([group.size for group in groups])
    ridge = np.concatenate([np.full(group.size, group.ridge) for group in groups])
    pairs = [_Pair.of(left, right) for at, left in enumerate(groups) for right in groups[: at + 1]]
    found = np.zeros(ends[-1])
    with threadpool_limits(1):
        for _ in range(_STEPS):
            parts = np.split(found, ends[:-1])
            p = propensity(
                np.sum([part[group.code] * group.scale for part, group in zip(parts, groups, strict=True)], axis=0)
            )
            pull = np.concatenate([_sum(group, weights * (target - p)) for group in groups]) - ridge * found
            curvature = _curvature(len(groups), pairs, weights * p * (1 - p))
            step = np.linalg.solve(curvature + np.diag(ridge), pull)
            furthest = float(np.abs(step).max())
            found = found + step * (_LONGEST / max(_LONGEST, furthest))
            if furthest < _TOLERANCE:
                break
    return [np.round(part, _DECIMALS) for part in np.split(found, ends[:-1])]


def _sum(group: _Group, values: FloatArray) -> FloatArray:
    return np.bincount(group.code, weights=values * group.scale, minlength=group.size).astype(np.float64)


def _curvature(n_groups: int, pairs: list[_Pair], weights: FloatArray) -> FloatArray:
    """Return the sum over rows of weight times the outer product of the row with itself, block by block."""
    blocks: list[list[FloatArray]] = [[np.empty(0)] * n_groups for _ in range(n_groups)]
    known = iter(pairs)
    for i in range(n_groups):
        for j in range(i + 1):
            blocks[i][j] = next(known).block(weights)
            blocks[j][i] = blocks[i][j].T
    return np.block(blocks)
