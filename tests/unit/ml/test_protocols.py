import numpy as np
import pytest

from smartbank.errors import TrainingDataError
from smartbank.ml.protocols import next_months, random_folds

PERIOD = np.array(["2008-05"] * 3 + ["2009-03"] * 2 + ["2009-04"] + ["2009-05"] * 2, dtype=object)


def rows_seen(rows, scored):
    """A fit whose log-odds is the number of rows it was fitted on."""
    return np.full((len(scored), 1), float(len(rows)))


def test_each_month_is_scored_by_a_fit_on_all_earlier_rows():
    log_odds = next_months(PERIOD, rows_seen, min_rows=1)

    assert log_odds[3:, 0].tolist() == [3, 3, 5, 6, 6]


def test_months_before_2009_03_and_small_months_are_not_judged():
    log_odds = next_months(PERIOD, rows_seen, min_rows=2)

    assert np.isnan(log_odds[:, 0]).tolist() == [True, True, True, False, False, True, False, False]


def test_a_file_without_a_month_to_judge_is_refused():
    with pytest.raises(TrainingDataError, match="Train on the whole file"):
        next_months(PERIOD, rows_seen, min_rows=3)


def test_random_folds_score_each_row_once_by_a_fit_on_the_other_four_fifths():
    converted = np.array([True, False] * 25)

    log_odds = random_folds(converted, rows_seen)

    assert log_odds[:, 0].tolist() == [40.0] * 50


def test_no_row_is_scored_by_a_fit_that_saw_it():
    def overlap(rows, scored):
        return np.full((len(scored), 1), float(len(np.intersect1d(rows, scored))))

    assert not random_folds(np.array([True, False] * 25), overlap).any()
    assert not np.nan_to_num(next_months(PERIOD, overlap, min_rows=1)).any()
