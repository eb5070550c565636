"""The rule that decides how far months are trusted: on rankings whose quality is made up."""

import numpy as np

from smartbank.ml.month_trust import MIN_ROWS, trusted_month_ridge

MONTHS = 6
MONTH = np.repeat(np.arange(MONTHS), MIN_ROWS)
CONVERTED = np.tile(np.arange(MIN_ROWS) % 10 == 0, MONTHS)


def ranking(quality):
    """Return a fit whose margins are right in the months for which `quality(ridge, month)` says so, else wrong."""
    asked = []

    def fit(before, inside, ridge):
        month = int(MONTH[inside][0])
        assert MONTH[before].max() < month
        asked.append((month, ridge))
        return CONVERTED[inside] * (1.0 if quality(ridge, month) else -1.0)

    return fit, asked


def always(_ridge, _month):
    return True


def test_the_ridge_that_ranked_the_last_months_best_is_trusted():
    fit, asked = ranking(lambda ridge, month: (ridge == 10) == (month >= 4))

    assert trusted_month_ridge(CONVERTED, MONTH, (10.0, 1_000.0), fit) == 10.0
    assert {month for month, _ in asked} == {2, 3, 4, 5}


def test_what_was_right_long_ago_counts_less_than_what_is_right_now():
    fit, _ = ranking(lambda ridge, month: (ridge == 10) == (month == 2))

    assert trusted_month_ridge(CONVERTED, MONTH, (10.0, 1_000.0), fit) == 1_000.0


def test_months_count_least_where_all_rank_alike_or_none_can_be_asked():
    fit, asked = ranking(always)

    assert trusted_month_ridge(CONVERTED, MONTH, (10.0, 100.0), fit) == 100.0
    asked.clear()
    assert trusted_month_ridge(CONVERTED[:MIN_ROWS], MONTH[:MIN_ROWS], (10.0, 100.0), fit) == 100.0
    assert asked == []


def test_a_single_candidate_is_taken_without_a_fit():
    fit, asked = ranking(always)

    assert trusted_month_ridge(CONVERTED, MONTH, (30.0,), fit) == 30.0
    assert asked == []
