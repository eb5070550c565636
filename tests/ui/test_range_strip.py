import re
from itertools import pairwise

import pytest

from smartbank.core.market.indicators import FACTS, Indicator
from smartbank.ml.artifact import load_scorer
from smartbank.ui.range_strip import range_strip
from tests.unit.test_earlier_models import MODELS


@pytest.fixture(scope="module")
def training():
    return load_scorer(MODELS, n_threads=1).training_market


@pytest.mark.parametrize("indicator", [Indicator.EURIBOR, Indicator.EMPLOYMENT, Indicator.CPI])
def test_each_stretch_with_training_rows_is_drawn_where_it_lies_on_the_slider(training, indicator, on_services):
    facts = FACTS[indicator]
    found = [
        (float(left), float(width))
        for left, width in re.findall(r"left:([\d.]+)%;width:([\d.]+)%", range_strip(indicator, training))
    ]

    whole = facts.highest - facts.lowest
    low, high = training.low[indicator], training.high[indicator]
    assert found[0][0] == pytest.approx(100 * (low - facts.lowest) / whole, abs=0.01)
    assert sum(found[-1]) == pytest.approx(100 * (high - facts.lowest) / whole, abs=0.02)
    assert len(found) == len(training.holes(indicator)) + 1
    assert all(left + width <= right for (left, width), (right, _) in pairwise(found))


def test_the_hole_in_the_euribor_is_left_empty_and_said(training, on_services):
    said = range_strip(Indicator.EURIBOR, training)

    assert "the model has seen 0.63 to 1.81 % and 3.05 to 5.04 %" in said
    assert said.count("<span") == 2
