"""Deciles made within each month."""

import numpy as np
import pytest

from smartbank.core.month_deciles import month_decile_table

CONVERTED = np.array([True, False, False, False, True, True, True, False])
PERIOD = np.array(["2009-03"] * 4 + ["2009-04"] * 4)


def test_a_calendar_ranks_nothing_as_ties_keep_the_order_of_the_rows():
    scores = np.array([0.1] * 4 + [0.9] * 4)

    table = month_decile_table(CONVERTED[::-1], scores, PERIOD, n_groups=2)

    assert table["leads"].tolist() == [4, 4]
    assert table["conversions"].tolist() == [1, 3]


def test_lift_and_gain_are_means_of_the_months():
    scores = np.array([0.9, 0.1, 0.2, 0.3, 0.9, 0.8, 0.7, 0.1])

    table = month_decile_table(CONVERTED, scores, PERIOD, n_groups=2)

    assert table["conversions"].tolist() == [3, 1]
    assert table["conversion_rate"].tolist() == [0.75, 0.25]
    assert table["lift"].tolist() == pytest.approx([(2 + 4 / 3) / 2, (0 + 2 / 3) / 2])
    assert table["gain"].tolist() == pytest.approx([(1 + 2 / 3) / 2, 1])


def test_a_month_too_small_or_without_a_sale_is_left_out():
    period = np.array(["2009-03"] * 3 + ["2009-04"] * 4 + ["2009-05"])

    table = month_decile_table(
        np.array([False] * 3 + [True] + [False] * 3 + [True]), np.arange(8.0), period, n_groups=2
    )

    assert table["leads"].tolist() == [2, 2]


def test_without_such_a_month_there_is_nothing_to_judge():
    with pytest.raises(ValueError, match="no month"):
        month_decile_table(CONVERTED, np.arange(8.0), PERIOD, n_groups=5)
