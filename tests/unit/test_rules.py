import numpy as np
import pytest

from smartbank.core.rules import ScoringRules


def test_bands_are_multiples_of_the_base_rate_and_an_edge_belongs_to_the_better_band():
    rules = ScoringRules(base_rate=0.125)

    bands = rules.bands(np.array([0.375, 0.37, 0.1875, 0.1, 0.09375, 0.09]))

    assert rules.band_edges == pytest.approx((0.375, 0.1875, 0.09375))
    assert bands.tolist() == ["A", "B", "B", "C", "C", "D"]


def test_the_threshold_is_the_cost_of_a_call_over_the_value_of_a_sale():
    assert ScoringRules(cost_of_call=5, value_of_sale=50).threshold == 0.1


def test_a_call_that_costs_more_than_a_sale_never_pays():
    assert ScoringRules(cost_of_call=80, value_of_sale=50).threshold == 1.0
