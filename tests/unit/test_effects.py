"""What a model looks at, summed up."""

import pandas as pd
import pytest

from smartbank.core.effects import field_weights, group_effects, points


def test_a_field_that_moves_leads_both_ways_counts_as_far_as_it_moves_them():
    contributions = pd.DataFrame({"age": [0.1, 0.1], "job": [1.0, -1.0], "loan": [0.0, 0.0]})

    assert field_weights(contributions).to_dict() == {"job": 1.0, "age": 0.1, "loan": 0.0}
    assert field_weights(contributions).index.tolist() == ["job", "age", "loan"]


def test_a_group_does_what_its_leads_have_on_average_best_first():
    found = group_effects(pd.Series([1.0, 0.0, -0.5]), pd.Series(["students", "students", "retired"]))

    assert found.index.tolist() == ["students", "retired"]
    assert found["leads"].tolist() == [2, 1]
    assert found["effect"].tolist() == [0.5, -0.5]


def test_log_odds_are_points_at_a_base_rate():
    assert points(0.0, base_rate=0.113) == pytest.approx(0.0)
    assert points(1.0, base_rate=0.5) == pytest.approx(0.2311, abs=1e-4)
    assert points(-1.0, base_rate=0.5) == pytest.approx(-0.2311, abs=1e-4)
