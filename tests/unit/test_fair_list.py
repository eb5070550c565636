from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartbank.core.fair_list import ShareBounds, best_listed, fair_list
from smartbank.core.number_format import NUMBER_FORMATS
from smartbank.core.ranking import ranked_frame
from smartbank.core.rules import ScoringRules
from smartbank.errors import ListConstraintError
from tests.stubs import stub_leads


def ranked(propensities):
    """Ranks from 1 in the order given, which must fall."""
    return pd.DataFrame({"rank": np.arange(1, len(propensities) + 1), "propensity": propensities})


TEN = ranked([0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.05])
GROUPS = np.array(list("aaaaabbbbb"), dtype=object)


def places(found):
    return (np.flatnonzero(found.listed) + 1).tolist()


def test_without_bounds_the_list_is_the_best_by_rank_and_costs_nothing():
    found = fair_list(TEN, GROUPS, {}, length=4)

    assert places(found) == [1, 2, 3, 4]
    assert (found.cost, found.swapped) == (0.0, 0)
    assert found.expected_sales == found.unbounded_sales == pytest.approx(3.0)


def test_a_least_share_takes_the_best_of_the_group_in_place_of_the_last_of_the_list():
    found = fair_list(TEN, GROUPS, {"b": ShareBounds(least=0.5)}, length=4)

    assert places(found) == [1, 2, 6, 7]
    assert found.cost == pytest.approx((0.7 + 0.6) - (0.4 + 0.3))
    assert found.swapped == 2


def test_a_largest_share_passes_over_the_rest_of_the_group():
    found = fair_list(TEN, GROUPS, {"a": ShareBounds(most=0.25)}, length=4)

    assert places(found) == [1, 6, 7, 8]


def test_a_least_share_is_rounded_up_and_a_largest_one_down():
    assert ShareBounds(0.3, 0.3).counts(10) == (3, 3)  # 0.3 * 10 is a little above 3 in floating point
    assert ShareBounds(0.25, 0.75).counts(5) == (2, 3)


def test_taken_out_leads_leave_no_gap_and_rows_may_come_in_any_order():
    some = TEN.iloc[[8, 0, 2, 5]]  # ranks 9, 1, 3, 6

    assert best_listed(some, 2).tolist() == [False, True, True, False]
    found = fair_list(some, GROUPS[[8, 0, 2, 5]], {"b": ShareBounds(least=0.5)}, length=2)
    assert some["rank"][found.listed].tolist() == [1, 6]


def test_ties_go_by_customer_id_whatever_the_order_of_the_rows():
    leads = stub_leads([50] * 6).iloc[[4, 2, 0, 5, 1, 3]]
    frame = ranked_frame(
        leads, margins=np.ones(6), contributions=np.zeros((6, 12)), levels=np.zeros(6), rules=ScoringRules()
    )
    groups = np.where(frame["customer_id"].isin(["lead-4", "lead-5"]), "b", "a").astype(object)

    found = fair_list(frame, groups, {"b": ShareBounds(least=1 / 3)}, length=3)

    assert frame["customer_id"][found.listed].tolist() == ["lead-0", "lead-1", "lead-4"]
    assert found.cost == 0.0


@pytest.mark.parametrize(
    ("bounds", "length", "sentence"),
    [
        ({}, 11, "A list of 11 is not possible: there are 10 leads."),
        ({}, 0, "A list of 0 is not possible"),
        ({"b": ShareBounds(least=0.9)}, 8, "b: the least share asks for 8 leads, and there are 5."),
        ({"c": ShareBounds(least=0.1)}, 5, "c: the least share asks for 1 lead, and there are 0."),
        ({"a": ShareBounds(least=0.6, most=0.5)}, 10, "a: the least share asks for 6 leads, and the largest allows 5."),
        ({"a": ShareBounds(0.5), "b": ShareBounds(0.6)}, 5, "The least shares add up to 6 leads, and the list has 5."),
        ({"a": ShareBounds(most=0.1)}, 8, "The largest shares leave room for 5 leads, and the list has 8."),
    ],
)
def test_bounds_no_list_can_keep_are_refused_with_what_to_change(bounds, length, sentence):
    with pytest.raises(ListConstraintError, match="^" + sentence.replace(".", r"\.")):
        fair_list(TEN, GROUPS, bounds, length=length)


def test_the_message_writes_numbers_as_the_bank_does():
    with pytest.raises(ListConstraintError, match=r"A list of 1\.500 is"):
        fair_list(TEN, GROUPS, {}, length=1_500, numbers=NUMBER_FORMATS["de"])


def by_brute_force(propensities, groups, bounds, length):
    """Return the most expected sales of any list that keeps the bounds; None where there is none."""
    counts = {name: each.counts(length) for name, each in bounds.items()}
    sales = [
        sum(propensities[i] for i in rows)
        for rows in combinations(range(len(groups)), length)
        if all(low <= sum(groups[i] == name for i in rows) <= high for name, (low, high) in counts.items())
    ]
    return max(sales, default=None)


SHARES = st.integers(0, 10).map(lambda tenth: tenth / 10)


@given(
    leads=st.lists(st.tuples(st.integers(0, 8), st.sampled_from("abc")), min_size=1, max_size=9),
    bounds=st.dictionaries(st.sampled_from("abc"), st.builds(ShareBounds, SHARES, SHARES), max_size=3),
    length=st.integers(1, 9),
)
def test_no_list_that_keeps_the_bounds_has_more_expected_sales(leads, bounds, length):
    leads = sorted(leads, key=lambda lead: -lead[0])
    propensities = [eighth / 8 for eighth, _ in leads]  # sums of eighths are exact
    groups = np.array([group for _, group in leads], dtype=object)
    best = by_brute_force(propensities, groups, bounds, length) if length <= len(leads) else None

    if best is None:
        with pytest.raises(ListConstraintError):
            fair_list(ranked(propensities), groups, bounds, length=length)
        return
    found = fair_list(ranked(propensities), groups, bounds, length=length)

    assert found.expected_sales == best
    assert int(found.listed.sum()) == length
    for name, each in bounds.items():
        low, high = each.counts(length)
        assert low <= int((found.listed & (groups == name)).sum()) <= high
