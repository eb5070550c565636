import numpy as np
import pytest

from smartbank.core.level import propensity
from smartbank.ml.calibration import anchor, within_month_slope


def months_of(margins, slope, intercepts, rng):
    period = np.repeat(np.array(list(intercepts), dtype=object), len(margins) // len(intercepts))
    levels = np.array([intercepts[month] for month in period])
    return period, rng.random(len(margins)) < propensity(levels + slope * margins)


def test_the_slope_within_months_is_found_whatever_the_months_levels():
    rng = np.random.default_rng(0)
    margins = rng.normal(0, 1, 60_000)
    period, converted = months_of(margins, 0.6, {"2009-03": -3.0, "2009-04": 0.0, "2009-05": 1.0}, rng)

    assert within_month_slope(margins, converted, period) == pytest.approx(0.6, abs=0.03)


def test_margins_that_only_tell_months_apart_leave_the_slope_alone():
    period = np.array(["2009-03"] * 4 + ["2009-04"] * 4, dtype=object)
    converted = np.array([True, False, False, False, True, True, True, False])

    assert within_month_slope(np.repeat([0.0, 5.0], 4), converted, period) == 1.0


def test_without_a_month_of_both_outcomes_the_slope_is_left_alone():
    assert within_month_slope(np.array([1.0, 2.0]), np.array([True, True]), np.array(["a", "a"], dtype=object)) == 1.0


def test_the_anchor_makes_the_mean_propensity_the_base_rate():
    margins = np.array([-1.0, 0.0, 2.0])

    intercept = anchor(margins, 0.25)

    assert propensity(intercept + margins).mean() == pytest.approx(0.25, abs=1e-6)
