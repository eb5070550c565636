"""What calibration did, on a handful of leads."""

import numpy as np
import pytest

from smartbank.ml.judge import calibration_metrics, protocol_c_metrics

CONVERTED = np.array([True, True, True, False, True, False, False, False])
MARGINS = np.log(3) * np.array([1, 1, 1, 1, -1, -1, -1, -1], dtype=float)
PERIOD = np.array(["2009-03"] * 8, dtype=object)


def test_margins_that_lie_too_far_apart_are_told_from_right_ones():
    figures = calibration_metrics(CONVERTED, 3 * MARGINS, MARGINS, PERIOD)

    assert figures["ece_after"] == pytest.approx(0.375)  # eight groups of a lead: six are 0.25 off, two 0.75
    assert figures["brier_after"] == pytest.approx((6 * 0.25**2 + 2 * 0.75**2) / 8)
    assert figures["brier_before"] > figures["brier_after"]


def test_the_level_of_a_month_is_no_error_of_calibration():
    moved = MARGINS + 5

    assert calibration_metrics(CONVERTED, MARGINS, moved, PERIOD)["brier_after"] == pytest.approx(
        calibration_metrics(CONVERTED, MARGINS, MARGINS, PERIOD)["brier_after"], abs=1e-6
    )


def test_rows_that_are_not_judged_do_not_count():
    converted, margins = np.append(CONVERTED, True), np.append(MARGINS, np.nan)
    period = np.append(PERIOD, "2009-04")

    assert calibration_metrics(converted, margins, margins, period) == calibration_metrics(
        CONVERTED, MARGINS, MARGINS, PERIOD
    )


def test_the_card_holds_deciles_made_within_months():
    converted = np.tile([True, False], 20)
    scores = np.tile(np.where([True, False], 1.0, -1.0), 20)
    period = np.repeat(np.array(["2009-03", "2009-04"], dtype=object), 20)

    figures = protocol_c_metrics(converted, scores, np.zeros(40), period, seed=0, resamples=2)

    assert [row["lift"] for row in figures["month_deciles"]] == [2.0] * 5 + [0.0] * 5
    assert [row["decile"] for row in figures["month_deciles"]] == list(range(1, 11))
