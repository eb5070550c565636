import numpy as np
import pandas as pd
import pytest

from smartbank.core.list_entries import data_hash, list_owner, off_owner

ENTRIES = pd.DataFrame(
    {
        "rank": [1, 2, 3],
        "customer_id": ["c3", "c1", "c2"],
        "place": [1, 0, 2],
        "role": ["best", "control", "exploration"],
        "agent": ["gil", "", "eva"],
        "propensity": [0.3, 0.2, 0.1],
        "age": [30.0, 40.0, 50.0],
    }
)


def test_the_hash_is_64_digits_and_does_not_depend_on_the_order_of_the_rows():
    shuffled = ENTRIES.iloc[[2, 0, 1]]

    assert len(data_hash(ENTRIES)) == 64
    assert data_hash(shuffled) == data_hash(shuffled.reset_index(drop=True)) == data_hash(ENTRIES)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("customer_id", "c4"),
        ("rank", 4),
        ("place", 3),
        ("role", "best"),
        ("agent", "rui"),
        ("propensity", np.nextafter(0.2, 1)),
    ],
)
def test_any_other_field_is_another_hash(column, value):
    changed = ENTRIES.copy()
    changed.loc[1, column] = value

    assert data_hash(changed) != data_hash(ENTRIES)


def test_what_the_hash_does_not_speak_of_does_not_change_it():
    assert data_hash(ENTRIES.assign(age=99.0)) == data_hash(ENTRIES)


def test_the_hash_is_of_values_whatever_type_holds_them():
    same = ENTRIES.assign(rank=ENTRIES["rank"].astype("int32"), role=ENTRIES["role"].astype("str"))

    assert data_hash(same) == data_hash(ENTRIES)


def test_two_entries_that_swap_their_agents_are_another_list():
    swapped = ENTRIES.assign(agent=["eva", "", "gil"])

    assert data_hash(swapped) != data_hash(ENTRIES)


def test_a_list_and_whom_it_left_out_are_kept_under_names_of_their_own():
    assert len({list_owner("l1"), off_owner("l1"), list_owner("l2"), off_owner("l2")}) == 4
