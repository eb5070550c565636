import numpy as np
import pandas as pd
import pytest

from smartbank.core.market.indicators import MARKET_FEATURES
from smartbank.ml.level_model import LevelModel, fit_level_model

MODEL = LevelModel(weights=(-0.5, 0.25, 1.0), centres=(2.0, 0.0, 1.0), low=(0.0, -2.0, -1.0), high=(4.0, 2.0, 3.0))


def markets(*rows):
    return pd.DataFrame(list(rows), columns=list(MARKET_FEATURES))


def test_terms_are_added_field_by_field_and_clipped_to_the_training_range():
    terms = MODEL.terms(markets((2, 0, 1), (1, 2, 1), (9, 0, 1), (2, 0, -50)))

    assert terms.tolist() == [0.0, 1.0, -1.0, -2.0]


def test_an_unknown_value_adds_nothing():
    assert MODEL.terms(markets((np.nan, 2, 1), (None, None, None))).tolist() == [0.5, 0.0]


def test_the_model_survives_json():
    assert LevelModel.from_json(MODEL.to_json()) == MODEL


def test_a_market_that_moves_the_rate_is_found_and_a_constant_one_weighs_nothing():
    rng = np.random.default_rng(0)
    euribor = rng.choice([1.0, 5.0], 20_000)
    market = pd.DataFrame({"euribor3m": euribor, "emp_var_rate": 1.0, "cpi_yoy": 2.0})
    converted = rng.random(20_000) < np.where(euribor == 1.0, 0.5, 0.2)

    model = fit_level_model(market, converted, np.zeros(20_000), penalty=0.001)

    assert model.weights[0] * 4 == pytest.approx(np.log(0.2 / 0.8), abs=0.1)
    assert model.weights[1:] == (0.0, 0.0)


def test_what_the_ranking_explains_already_is_not_the_market_s():
    rng = np.random.default_rng(0)
    euribor = rng.choice([1.0, 5.0], 20_000)
    market = pd.DataFrame({"euribor3m": euribor, "emp_var_rate": rng.normal(size=20_000), "cpi_yoy": 2.0})
    rate = np.where(euribor == 1.0, 0.5, 0.2)

    model = fit_level_model(market, rng.random(20_000) < rate, np.log(rate / (1 - rate)), penalty=0.001)

    assert np.abs(model.weights).max() < 0.05


def test_a_stronger_penalty_lets_the_market_move_less():
    market = markets(*[(float(i % 5), float(i % 3), 1.0) for i in range(300)])
    converted = np.arange(300) % 5 == 0

    weak, strong = (fit_level_model(market, converted, np.zeros(300), penalty=p) for p in (1.0, 1_000.0))

    assert abs(strong.weights[0]) < abs(weak.weights[0]) / 10
