from dataclasses import replace

import numpy as np
import pytest

from smartbank.core.training_data import TrainingData
from smartbank.errors import TrainingDataError
from smartbank.ml.backtest.plan import BacktestSettings, courses, rolling_splits

SMALL = BacktestSettings(window=300, step=100, tail=93, min_month_rows=60)


def test_the_window_rolls_over_uci_s_last_fifth_as_the_protocol_says():
    n_rows = 41_188

    splits = rolling_splits(n_rows, n_rows * 4 // 5, BacktestSettings())

    assert [(fitted[0], fitted[-1], scored[0], scored[-1]) for fitted, scored in splits[:2]] == [
        (22_950, 32_949, 32_950, 32_999),
        (23_000, 32_999, 33_000, 33_049),
    ]
    assert splits[-1][1].tolist() == list(range(41_150, 41_188))


def test_the_last_1293_rows_of_uci_s_file_begin_their_own_steps():
    splits = rolling_splits(41_188, 41_188 - 1_293, BacktestSettings())

    assert splits[0][1][0] == 39_895
    assert sum(len(scored) for _, scored in splits) == 1_293
    assert len(splits) == 26


def test_a_backtest_has_four_courses_that_score_each_row_once(training_data):
    planned = {course.name: course for course in courses(training_data, SMALL)}

    assert list(planned) == ["A", "B_last_20", "B_last_93", "C"]
    assert sorted(planned["A"].scored) == list(range(1_560))
    assert planned["B_last_20"].scored.tolist() == list(range(1_248, 1_560))
    assert planned["B_last_93"].scored.tolist() == list(range(1_467, 1_560))
    assert len(planned["C"].splits) == 19
    for course in planned.values():
        assert [split for part in course.parts for split in part] == list(course.splits)
        assert not any(np.intersect1d(fitted, scored).size for fitted, scored in course.splits)


def test_a_quick_run_is_thinned_and_knows_it():
    quick = BacktestSettings.chosen(quick=True, seed=3)

    assert (quick.step, quick.catboost_iterations, quick.quick) == (500, 200, True)
    assert replace(quick, step=50, catboost_iterations=1_000, quick=False) == BacktestSettings(seed=3)


def test_a_file_too_short_for_the_window_is_refused_with_what_it_needs(training_data):
    with pytest.raises(TrainingDataError, match=r"10,000 rows before row 1,248.*has 1,560 rows and is too short"):
        courses(training_data, replace(SMALL, window=10_000))


def test_a_file_with_a_stretch_in_which_nobody_bought_is_refused(training_data):
    converted = training_data.frame["y"].to_numpy().copy()
    converted[-93:] = False

    with pytest.raises(TrainingDataError, match="Protocol B needs leads that bought"):
        courses(TrainingData(training_data.frame.assign(y=converted), "0" * 64), SMALL)
