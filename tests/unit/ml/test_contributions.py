"""Contributions against two oracles: Shapley values by their definition, and the shap library."""

import json
from itertools import combinations
from math import factorial

import numpy as np
import pytest

from smartbank.core.fields import LEAD_COLUMNS
from smartbank.ml.artifact import load_scorer
from smartbank.ml.trees import feature_matrix


class Tree:
    """One tree of XGBoost's JSON; `expected` is its mean over the training rows with only some features known."""

    def __init__(self, tree):
        self._tree = tree
        starts, sizes = tree["categories_segments"], tree["categories_sizes"]
        self._right_categories = {
            node: set(tree["categories"][start : start + size])
            for node, start, size in zip(tree["categories_nodes"], starts, sizes, strict=True)
        }

    @property
    def features(self):
        tree = self._tree
        inner = [node for node, left in enumerate(tree["left_children"]) if left != -1]
        return sorted({tree["split_indices"][node] for node in inner})

    def expected(self, row, known, node=0):
        tree = self._tree
        left, right = tree["left_children"][node], tree["right_children"][node]
        if left == -1:
            return tree["split_conditions"][node]
        if tree["split_indices"][node] in known:
            return self.expected(row, known, left if self._goes_left(row, node) else right)
        cover = tree["sum_hessian"]
        both = cover[left] * self.expected(row, known, left) + cover[right] * self.expected(row, known, right)
        return both / cover[node]

    def _goes_left(self, row, node):
        value = row[self._tree["split_indices"][node]]
        if np.isnan(value):
            return bool(self._tree["default_left"][node])
        if self._tree["split_type"][node]:
            return int(value) not in self._right_categories[node]
        return value < np.float32(self._tree["split_conditions"][node])


def shapley_values(booster, row):
    """Shapley values by their definition: the mean gain of knowing a feature, over all orders of learning them."""
    trees = json.loads(booster.save_raw(raw_format="json"))["learner"]["gradient_booster"]["model"]["trees"]
    values = np.zeros(len(row))
    for tree in map(Tree, trees):
        features = tree.features
        for feature in features:
            others = [other for other in features if other != feature]
            for size in range(len(others) + 1):
                weight = factorial(size) * factorial(len(others) - size) / factorial(len(features))
                for known in combinations(others, size):
                    gain = tree.expected(row, {*known, feature}) - tree.expected(row, set(known))
                    values[feature] += weight * gain
    return values


@pytest.fixture(params=["small", "shipped"])
def scorer(request, small_models, shipped_models):
    return load_scorer(small_models if request.param == "small" else shipped_models, n_threads=1)


def test_contributions_of_the_trees_are_the_shapley_values_of_their_definition(scorer, training_data):
    trees, leads = scorer.ranking.trees, training_data.frame.iloc[[5, 700, 1_500]][list(LEAD_COLUMNS)]

    codes = trees.encoder.codes(leads)
    expected = np.array([shapley_values(trees.booster, row) for row in codes[:, trees.columns]])

    assert trees.contributions(codes)[:, trees.columns] == pytest.approx(expected, abs=1e-5)


def test_contributions_of_the_trees_are_those_of_the_shap_library(scorer, training_data):
    from shap import TreeExplainer  # noqa: PLC0415  2.6 s, and only here

    trees, leads = scorer.ranking.trees, training_data.frame.iloc[::40]

    codes = trees.encoder.codes(leads)
    matrix = feature_matrix(codes, trees.features, trees.encoder, nthread=1)
    explained = TreeExplainer(trees.booster).shap_values(matrix)

    assert trees.contributions(codes)[:, trees.columns] == pytest.approx(explained, abs=1e-6)


def test_contributions_of_the_blend_are_those_of_its_parts_weighted_alike(scorer, training_data):
    model, leads = scorer.ranking, training_data.frame.iloc[::40]

    codes = model.encoder.codes(leads)
    parts = 0.3 * model.trees.contributions(codes) + 0.7 * model.linear.contributions(codes)

    assert model.linear_share == 0.7
    assert scorer.contributions(leads) == pytest.approx(scorer.slope * parts[:, : len(LEAD_COLUMNS)], abs=1e-12)
