import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartbank.core.run_order import RunOrder

MARGINS = st.lists(st.sampled_from([-1.0, 0.0, 0.5, 2.0]), min_size=1, max_size=12)


def order_of(margins):
    ids = [f"c{number:02d}" for number in range(len(margins))]
    ranked = sorted(zip(margins, ids, strict=True), key=lambda lead: (-lead[0], lead[1]))
    return RunOrder(np.array([margin for margin, _ in ranked]), np.array([name for _, name in ranked], dtype=object))


@given(margins=MARGINS, who=st.integers(0, 11), margin=st.sampled_from([-2.0, -1.0, 0.0, 0.5, 1.0, 2.0, 3.0]))
def test_the_rank_is_that_of_the_list_sorted_anew_with_the_other_margin(margins, who, margin):
    who %= len(margins)
    anew = order_of([margin if place == who else each for place, each in enumerate(margins)])
    customer_id = f"c{who:02d}"

    found = order_of(margins).rank(customer_id, margin)

    assert found == anew.customer_ids.tolist().index(customer_id) + 1


@given(margins=MARGINS)
def test_with_their_own_margins_all_keep_their_ranks(margins):
    order = order_of(margins)

    assert [order.rank(name, margin) for name, margin in zip(order.customer_ids, order.margins, strict=True)] == list(
        range(1, len(order) + 1)
    )


def test_a_lead_beyond_the_best_is_first_and_one_below_all_is_last():
    order = order_of([1.0, 2.0, 3.0])

    assert (order.rank("c00", 9.0), order.rank("c02", -9.0)) == (1, 3)
    assert order.rank("c01", 2.0) == pytest.approx(2)
