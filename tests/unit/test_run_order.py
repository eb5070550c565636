import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from smartbank.core.run_order import RunOrder

MARGINS = st.lists(st.sampled_from([-1.0, 0.0, 0.5, 2.0]), min_size=1, max_size=12)


def order_of(margins):
    ids = [f"c{number:02d}" for number in range(len(margins))]
    ranked = sorted(zip(margins, ids, strict=True), key=lambda lead: (-lead[0], lead[1]))
    names = np.array([name for _, name in ranked], dtype=object)
    return RunOrder(np.arange(1, len(ranked) + 1), np.array([margin for margin, _ in ranked]), names)


@given(margins=MARGINS, who=st.integers(0, 11), margin=st.sampled_from([-2.0, -1.0, 0.0, 0.5, 1.0, 2.0, 3.0]))
def test_the_rank_is_that_of_the_list_sorted_anew_with_the_other_margin(margins, who, margin):
    who %= len(margins)
    anew = order_of([margin if place == who else each for place, each in enumerate(margins)])
    customer_id = f"c{who:02d}"

    order = order_of(margins)
    own = order.customer_ids.tolist().index(customer_id) + 1
    found = order.rank(customer_id, margin, own=own)

    assert found == anew.customer_ids.tolist().index(customer_id) + 1


@given(margins=MARGINS, kept=st.integers(1, 4))
def test_with_their_own_margins_all_keep_their_ranks_also_where_others_were_removed(margins, kept):
    whole = order_of(margins)
    order = RunOrder(whole.ranks[::kept], whole.margins[::kept], whole.customer_ids[::kept])

    rows = zip(order.customer_ids, order.margins, order.ranks.tolist(), strict=True)
    assert [order.rank(name, margin, own=own) for name, margin, own in rows] == order.ranks.tolist()
    for place, (name, own) in enumerate(zip(order.customer_ids, order.ranks.tolist(), strict=True)):
        assert order.place(name, own) == place
        assert order.place(name, own + 1) is None
        assert order.place("somebody else", own) is None


def test_a_lead_beyond_the_best_is_first_and_one_below_all_is_last():
    order = order_of([1.0, 2.0, 3.0])

    assert order.rank("c00", 9.0, own=3) == 1
    assert order.rank("c02", -9.0, own=1) == 3
    assert order.rank("c01", 2.1, own=2) == 2
    assert order.rank("gone", 2.5, own=7) == 2
