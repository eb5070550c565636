"""Contributions that are looked up are those XGBoost works out: on the whole file, on any shallow trees, row by row."""

import numpy as np
import pandas as pd
import pytest
import xgboost as xgb

from smartbank.core.fields import LEAD_COLUMNS
from smartbank.ml.artifact import load_scorer, load_version
from smartbank.ml.tree_tables import tree_tables
from smartbank.ml.trees import feature_matrix

BEFORE_TABLES = "2026.2-7a515b9e"
"""Made when XGBoost itself worked the contributions out."""


@pytest.fixture
def shipped(shipped_models):
    return load_scorer(shipped_models, n_threads=1)


@pytest.fixture
def codes(shipped, shipped_models):
    """Every training row, and each of them again with some fields unknown."""
    reference = pd.read_parquet(shipped_models / shipped.version / "reference.parquet", columns=list(LEAD_COLUMNS))
    known = reference.to_numpy(dtype=np.float32, na_value=np.nan)
    holes = known.copy()
    holes[np.random.default_rng(0).random(known.shape) < 0.2] = np.nan
    return np.concatenate([known, holes])


def worked_out(trees, codes):
    matrix = feature_matrix(codes, trees.features, trees.encoder, nthread=1)
    return trees.booster.predict(matrix, pred_contribs=True)


def test_the_whole_file_is_explained_as_xgboost_explains_it_and_adds_up_to_the_margins(shipped, codes):
    trees = shipped.ranking.trees

    found = trees.contributions(codes)

    assert np.abs(found[:, [*trees.columns, -1]] - worked_out(trees, codes)).max() < 1e-5
    assert np.abs(found.sum(axis=1) - trees.margins(codes)).max() < 1e-5


def test_a_row_gets_the_same_bits_alone_in_a_batch_and_beside_others(shipped, codes):
    trees = shipped.ranking.trees
    together = trees.contributions(codes)

    alone = np.concatenate([trees.contributions(codes[row : row + 1]) for row in range(0, len(codes), 997)])
    shuffled = np.random.default_rng(1).permutation(len(codes))

    assert (alone == together[::997]).all()
    assert (trees.contributions(codes[shuffled]) == together[shuffled]).all()


def test_a_model_made_before_there_were_tables_explains_as_it_did(shipped_models, codes):
    trees = load_version(shipped_models, BEFORE_TABLES, n_threads=1).ranking.trees

    found = trees.contributions(codes[:2_000])

    assert (found[:, [*trees.columns, -1]] == worked_out(trees, codes[:2_000])).all()


def grown(depth, *, seed, to_one_hot):
    """Trees on two categories and two numbers, with values that are missing and categories no split has seen."""
    rng = np.random.default_rng(seed)
    inputs = np.column_stack(
        [rng.integers(0, 9, 600), rng.normal(size=600), rng.integers(0, 4, 600), rng.integers(0, 5, 600)]
    ).astype(np.float32)
    inputs[rng.random(inputs.shape) < 0.15] = np.nan
    bought = rng.random(600) < 1 / (1 + np.exp(-np.nan_to_num(inputs[:, 1]) - (inputs[:, 0] == 3)))
    types = ["c", "q", "c", "q"]
    matrix = xgb.DMatrix(inputs, label=bought, feature_types=types)
    told = {"max_depth": depth, "objective": "binary:logistic", "max_cat_to_onehot": to_one_hot, "seed": seed}
    return xgb.train(told, matrix, num_boost_round=12), matrix, inputs


@pytest.mark.parametrize("to_one_hot", [1, 16], ids=["sets of categories", "one category a split"])
@pytest.mark.parametrize("depth", [1, 2, 3])
@pytest.mark.parametrize("seed", range(4))
def test_any_shallow_trees_are_explained_as_xgboost_explains_them(depth, seed, to_one_hot):
    booster, matrix, inputs = grown(depth, seed=seed, to_one_hot=to_one_hot)

    tables = tree_tables(booster, n_features=4)

    assert np.abs(tables.contributions(inputs) - booster.predict(matrix, pred_contribs=True)).max() < 1e-5


def test_deeper_trees_have_no_tables():
    booster, _, _ = grown(5, seed=0, to_one_hot=16)

    assert tree_tables(booster, n_features=4) is None


def test_nobody_is_explained_by_nothing(shipped):
    found = shipped.ranking.trees.contributions(np.empty((0, len(LEAD_COLUMNS)), dtype=np.float32))

    assert found.shape == (0, len(LEAD_COLUMNS) + 1)
