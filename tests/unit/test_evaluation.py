import numpy as np
import pytest

from smartbank.core.evaluation import (
    auc,
    brier,
    by_month,
    decile_table,
    ece,
    lift,
    within_month,
    within_month_intervals,
)

YES_NO = np.array([True, False, True, False])


def test_auc_counts_pairs_in_the_right_order():
    assert auc(YES_NO, np.array([0.9, 0.1, 0.8, 0.2])) == 1.0
    assert auc(YES_NO, np.array([0.1, 0.9, 0.2, 0.8])) == 0.0
    assert auc(YES_NO, np.array([0.9, 0.5, 0.1, 0.5])) == 0.5


def test_a_tie_counts_half_a_pair():
    assert auc(YES_NO, np.zeros(4)) == 0.5


@pytest.mark.parametrize("outcomes", [[True, True], [False, False]])
def test_auc_needs_both_outcomes(outcomes):
    with pytest.raises(ValueError, match="AUC is undefined"):
        auc(np.array(outcomes), np.zeros(2))


def test_lift_is_the_rate_of_the_best_fifth_over_the_rate_of_all():
    converted = np.array([True] + [False] * 8 + [True])

    assert lift(converted, np.arange(10.0)) == 2.5
    assert lift(converted, np.arange(10.0), share=1.0) == 1.0


def test_lift_without_a_conversion_is_refused():
    with pytest.raises(ValueError, match="no lead converted"):
        lift(np.zeros(3, dtype=bool), np.zeros(3))


def test_brier_is_the_mean_squared_distance():
    assert brier(YES_NO, np.array([1.0, 0.0, 0.5, 0.5])) == 0.125


def test_a_calendar_ranks_nothing_within_its_months():
    converted = np.array([True, False, False, False, True, True, True, False])
    period = np.array(["2009-03"] * 4 + ["2009-04"] * 4)
    calendar = np.array([0.1] * 4 + [0.9] * 4)

    assert auc(converted, calendar) == 0.75
    assert within_month(by_month(converted, calendar, period))["auc_month_mean"] == 0.5


def test_months_count_alike_in_the_headline_and_by_leads_beside_it():
    converted = np.array([True, False, True, False, True, False])
    period = np.array(["2009-03"] * 2 + ["2009-04"] * 4)
    scores = np.array([1.0, 0.0, 0.0, 1.0, 0.0, 1.0])

    figures = within_month(by_month(converted, scores, period))

    assert figures["auc_month_mean"] == 0.5
    assert figures["auc_within_month"] == pytest.approx(1 / 3)


def test_a_month_with_one_outcome_only_is_left_out():
    months = by_month(YES_NO, np.array([4.0, 3, 2, 1]), np.array(["2009-03", "2009-03", "2009-04", "2009-05"]))

    assert months.index.tolist() == ["2009-03"]


def test_no_month_at_all_is_refused():
    with pytest.raises(ValueError, match="no month"):
        within_month(by_month(np.array([True]), np.zeros(1), np.array(["2009-03"])))


def test_intervals_hold_the_figure_and_narrow_to_nothing_for_a_perfect_ranking():
    rng = np.random.default_rng(0)
    converted = rng.random(400) < 0.5
    period = np.array(["2009-03", "2009-04"] * 200)

    noisy = within_month_intervals(converted, converted + rng.normal(0, 1, 400), period, resamples=50)
    perfect = within_month_intervals(converted, converted.astype(float), period, resamples=5)

    assert noisy["auc_month_mean"].low < noisy["auc_month_mean"].value < noisy["auc_month_mean"].high
    assert (perfect["auc_month_mean"].low, perfect["auc_month_mean"].high) == (1.0, 1.0)


def test_a_ranking_is_ahead_of_itself_by_nothing():
    converted = np.array([True, False] * 20)
    scores = np.arange(40.0)
    period = np.array(["2009-03"] * 40)

    ahead = within_month_intervals(converted, scores, period, against=scores, resamples=5)

    assert (ahead["lift_20"].low, ahead["lift_20"].value, ahead["lift_20"].high) == (0.0, 0.0, 0.0)


def test_decile_table_puts_best_leads_first():
    table = decile_table(np.array([False, True, False, True]), np.array([0.1, 0.9, 0.2, 0.8]), n_groups=2)

    assert table["conversions"].tolist() == [2, 0]
    assert table["mean_propensity"].tolist() == pytest.approx([0.85, 0.15])
    assert table["lift"].tolist() == [2.0, 0.0]
    assert table["gain"].tolist() == [1.0, 1.0]


@pytest.mark.parametrize(
    ("converted", "propensity", "message"),
    [
        ([True], [0.1, 0.2], "1 outcomes but 2"),
        ([True] * 3, [0.1] * 3, "cannot fill 10"),
        ([False] * 10, [0.1] * 10, "no lead converted"),
    ],
)
def test_decile_table_refuses_what_it_cannot_judge(converted, propensity, message):
    with pytest.raises(ValueError, match=message):
        decile_table(np.array(converted), np.array(propensity))


def test_the_calibration_error_is_how_far_groups_lie_from_their_rate_on_average():
    converted = np.array([True, True, False, False])

    assert ece(converted, np.array([0.9, 0.9, 0.2, 0.2]), n_groups=2) == pytest.approx(0.15)
    assert ece(converted, np.array([1.0, 1.0, 0.0, 0.0])) == 0.0


def test_a_group_is_judged_as_a_whole_and_not_lead_by_lead():
    assert ece(YES_NO, np.array([0.5, 0.5, 0.5, 0.5]), n_groups=1) == 0.0


def test_a_calibration_error_without_leads_is_refused():
    with pytest.raises(ValueError, match="there is no lead"):
        ece(np.array([], dtype=bool), np.array([]))
