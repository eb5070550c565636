"""Exact SHAP values of shallow trees by look-up, where XGBoost walks each tree for each row.

The path-dependent Shapley values of a tree depend on a row only by which way each of its splits sends it. A tree of
depth 3 has 7 splits at most, so 128 patterns: their values are worked out once, and a row's contributions are a sum of
look-ups. The values are those of TreeSHAP, Algorithm 2 of Lundberg, Erion and Lee (2018), "Consistent Individualized
Feature Attribution for Tree Ensembles", arXiv:1802.03888, with XGBoost's hessians as covers.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import factorial, log
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from smartbank.ml.boosting import xgb

FloatArray = npt.NDArray[np.float64]
Codes = npt.NDArray[np.float32]
Patterns = npt.NDArray[np.uint8]

MOST_SPLITS: Final = 8
"""Splits of a tree that a table is made for: 256 patterns fill a byte."""
_ROWS: Final = 2_048
"""Rows at once: what they need stays in the processor's cache."""
_FEW: Final = 16
"""Up to so many rows, the values of all trees are looked up in one go."""
_LEAF: Final = -1


@dataclass(frozen=True)
class TreeTables:
    """What each tree adds to each feature, by the pattern of its splits.

    Attributes
    ----------
    bounds : sequence of float32 arrays
        Of each feature: the values at which a tree splits it, ascending. A category is bounded by its neighbours.
    ways : sequence of uint8 arrays of shape (n_bounds + 2, n_trees)
        Of each feature: the bits its splits set in each tree's pattern, by how many bounds a value has reached; the
        last row is for an unknown value.
    values : float64 array of shape (n_trees, 256 at most, n_features)
        Contributions in log-odds by tree and pattern.
    base : float
        What the trees say of nobody in particular, in log-odds.
    """

    bounds: Sequence[Codes]
    ways: Sequence[Patterns]
    values: FloatArray
    base: float

    def contributions(self, inputs: Codes) -> FloatArray:
        """Return SHAP values in log-odds, shape (n_rows, n_features + 1), the base value last.

        A row gives the same bits alone and in a batch: trees are added in their order.

        Parameters
        ----------
        inputs : float32 array of shape (n_rows, n_features)
            NaN is unknown.
        """
        found = np.empty((len(inputs), inputs.shape[1] + 1))
        found[:, -1] = self.base
        for start in range(0, len(inputs), _ROWS):
            part = inputs[start : start + _ROWS]
            found[start : start + _ROWS, :-1] = self._summed(self._patterns(part))
        return found

    def _summed(self, patterns: Patterns) -> FloatArray:
        """Return the values of patterns of shape (n_trees, n_rows), added up over the trees one after the other."""
        n_trees, n_rows = patterns.shape
        total = np.zeros((n_rows, self.values.shape[2]))
        if 0 < n_rows <= _FEW and n_trees:
            each = self.values[np.arange(n_trees)[:, None], patterns]
            total += np.add.accumulate(each, axis=0)[-1]  # a plain sum would add in pairs
            return total
        added = np.empty_like(total)
        for values, pattern in zip(self.values, patterns, strict=True):
            np.take(values, pattern, axis=0, out=added, mode="clip")  # "raise" would copy `out`
            total += added
        return total

    def _patterns(self, inputs: Codes) -> Patterns:
        """Return patterns of shape (n_trees, n_rows)."""
        patterns = np.zeros((len(inputs), len(self.values)), dtype=np.uint8)
        more = np.empty_like(patterns)
        for column, (bounds, ways) in enumerate(zip(self.bounds, self.ways, strict=True)):
            codes = inputs[:, column]
            reached = np.searchsorted(bounds, codes, side="right")
            reached[np.isnan(codes)] = len(ways) - 1
            np.take(ways, reached, axis=0, out=more, mode="clip")
            patterns |= more
        return np.ascontiguousarray(patterns.T)


@dataclass(frozen=True)
class _Tree:
    """One tree as XGBoost's JSON has it.

    Attributes
    ----------
    splits : list of int
        Its inner nodes; a pattern's bit of the same place says whether a row goes right there.
    features : list of int
        What they ask, each once.
    categories : mapping
        By node: the codes that go right.
    """

    left: Sequence[int]
    right: Sequence[int]
    feature: Sequence[int]
    bound: Codes
    cover: FloatArray
    unknown_left: Sequence[int]
    splits: Sequence[int]
    features: Sequence[int]
    categories: Mapping[int, frozenset[int]]

    def is_right(self, node: int, value: float) -> bool:
        """Whether a value, NaN if unknown, goes right at a node; a category no split names goes left."""
        if np.isnan(value):
            return not self.unknown_left[node]
        if node in self.categories:
            return int(value) in self.categories[node]
        return bool(value >= self.bound[node])


def tree_tables(booster: xgb.Booster, *, n_features: int) -> TreeTables | None:
    """Return the tables of a booster; None where one of its trees has more than `MOST_SPLITS` splits."""
    learner = json.loads(bytes(booster.save_raw("json")))["learner"]
    trees = [_tree(each) for each in learner["gradient_booster"]["model"]["trees"]]
    most = max((len(tree.splits) for tree in trees), default=0)
    if most > MOST_SPLITS:
        return None
    bounds = [_bounds(trees, feature) for feature in range(n_features)]
    values = np.zeros((len(trees), 1 << most, n_features))
    share = float(np.float32(str(learner["learner_model_param"]["base_score"]).strip("[]")))
    base = log(share / (1 - share))
    for place, tree in enumerate(trees):
        by_subset = _by_subset(tree)
        values[place, : 1 << len(tree.splits), list(tree.features)] = _shapley_values(by_subset, len(tree.features))
        base += float(by_subset[0, 0])
    return TreeTables(bounds, [_ways(trees, feature, bounds[feature]) for feature in range(n_features)], values, base)


def _tree(said: Mapping[str, Any]) -> _Tree:
    segments = zip(said["categories_nodes"], said["categories_segments"], said["categories_sizes"], strict=True)
    splits = [node for node, child in enumerate(said["left_children"]) if child != _LEAF]
    return _Tree(
        left=said["left_children"],
        right=said["right_children"],
        feature=said["split_indices"],
        bound=np.array(said["split_conditions"], dtype=np.float32),
        cover=np.array(said["sum_hessian"], dtype=np.float32).astype(np.float64),
        unknown_left=said["default_left"],
        splits=splits,
        features=sorted({said["split_indices"][node] for node in splits}),
        categories={node: frozenset(said["categories"][start : start + size]) for node, start, size in segments},
    )


def _bounds(trees: Sequence[_Tree], feature: int) -> Codes:
    found: set[float] = set()
    for tree in trees:
        for node in tree.splits:
            if tree.feature[node] != feature:
                continue
            named = tree.categories.get(node)
            around = {float(code + end) for code in named for end in (0, 1)} if named is not None else set()
            found |= around or {float(tree.bound[node])}
    return np.array(sorted(found), dtype=np.float32)


def _ways(trees: Sequence[_Tree], feature: int, bounds: Codes) -> Patterns:
    below = float(bounds[0]) - 1.0 if len(bounds) else 0.0
    one_of_each = [below, *map(float, bounds), np.nan]  # a value that has reached no bound, one bound, ... unknown
    ways = np.zeros((len(one_of_each), len(trees)), dtype=np.uint8)
    for place, tree in enumerate(trees):
        for bit, node in enumerate(tree.splits):
            if tree.feature[node] == feature:
                ways[:, place] |= np.array([tree.is_right(node, value) << bit for value in one_of_each], dtype=np.uint8)
    return ways


def _by_subset(tree: _Tree) -> FloatArray:
    """Return what a tree is expected to say by the subset of features known and the pattern, (n_subsets, n_patterns).

    Bit k of a subset says whether the k-th of the tree's features is known. A node whose feature is not says the mean
    of its children, weighted by their covers.
    """
    subsets: npt.NDArray[np.int64] = np.arange(1 << len(tree.features))[:, None]
    patterns: npt.NDArray[np.int64] = np.arange(1 << len(tree.splits))
    is_known = {feature: (subsets >> place & 1).astype(bool) for place, feature in enumerate(tree.features)}
    goes_right = {node: (patterns >> bit & 1).astype(bool) for bit, node in enumerate(tree.splits)}

    def expected(node: int) -> FloatArray | float:
        if tree.left[node] == _LEAF:
            return float(tree.bound[node])  # of a leaf it is the value
        left, right = (expected(child) for child in (tree.left[node], tree.right[node]))
        weights = [float(tree.cover[child]) for child in (tree.left[node], tree.right[node])]
        mean = (weights[0] * left + weights[1] * right) / sum(weights)
        return np.where(is_known[tree.feature[node]], np.where(goes_right[node], right, left), mean)

    return np.broadcast_to(expected(0), (len(subsets), len(patterns)))


def _shapley_values(by_subset: FloatArray, n_features: int) -> FloatArray:
    """Return Shapley values of shape (n_features, n_patterns), summed in one order, so that their bits never change."""
    found = np.zeros((n_features, by_subset.shape[1]))
    for place in range(n_features):
        for subset in range(1 << n_features):
            if subset >> place & 1:
                continue
            n_known = subset.bit_count()
            weight = factorial(n_known) * factorial(n_features - n_known - 1) / factorial(n_features)
            found[place] += weight * (by_subset[subset | 1 << place] - by_subset[subset])
    return found
