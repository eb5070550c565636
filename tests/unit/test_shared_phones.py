"""Numbers that stand in many rows are told by their endings, and leaving them out empties their cells alone."""

import numpy as np
import pandas as pd
import pytest

from smartbank.core.shared_phones import (
    PHONE_GROUP,
    PHONE_HASH,
    hashes_in_many,
    n_sharing,
    phone_hashes,
    shared_words,
    with_phone_groups,
    without_phones,
)

BRANCH = "+351210000001"
OWN = "+351912345678"


def phones(*numbers):
    return pd.Series(numbers, dtype="str")


def test_a_number_is_found_across_parts_and_no_number_is_none():
    parts = [phones(BRANCH, None, OWN), phones(None, BRANCH), phones(None, None)]

    many = hashes_in_many(map(phone_hashes, parts), least=2)

    assert [np.isin(phone_hashes(part), many).tolist() for part in parts] == [
        [True, False, False],
        [False, True],
        [False, False],
    ]
    assert not len(hashes_in_many([]))


def test_only_the_cells_that_hold_the_number_become_empty():
    leads = pd.DataFrame({"phone": phones(BRANCH, OWN, None), "age": [30.0, 40.0, 50.0]})

    without = without_phones(leads, {BRANCH})

    assert without["phone"].tolist()[1] == OWN
    assert without["phone"].isna().tolist() == [True, False, True]
    assert without["age"].tolist() == [30.0, 40.0, 50.0]
    assert leads["phone"].tolist()[0] == BRANCH
    assert without_phones(leads, ()) is leads


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([12], "One phone number, ending in 0000, stands in 12 rows."),
        (
            [1_400, 7],
            "2 phone numbers stand in 6 rows or more each: those ending in 0000 (1,400 rows) and 0001 (7 rows).",
        ),
        (
            [13, 12, 11, 10, 9, 8],
            "6 phone numbers stand in 6 rows or more each: those ending in 0000 (13 rows), 0001 (12 rows), "
            "0002 (11 rows), 0003 (10 rows), 0004 (9 rows) and 1 other.",
        ),
        (
            [13, 12, 11, 10, 9, *[6] * 1_200],
            "1,205 phone numbers stand in 6 rows or more each: those ending in 0000 (13 rows), 0001 (12 rows), "
            "0002 (11 rows), 0003 (10 rows), 0004 (9 rows) and 1,200 others.",
        ),
    ],
)
def test_the_commonest_five_are_told_by_their_last_digits_and_the_others_counted(rows, said):
    (sentence,) = shared_words({f"+35121{place:07d}": n_rows for place, n_rows in enumerate(rows)})

    assert sentence.partition(" A stand-in")[0] == said


def test_of_no_number_nothing_is_said():
    assert shared_words({}) == []


def test_ranked_leads_tell_who_shares_a_number_and_no_number():
    numbers = phones(*[BRANCH] * 7, *[OWN] * 6, None, "+351912345679", *["+442079460001"] * 6)
    leads = pd.DataFrame({PHONE_HASH: phone_hashes(numbers), "synthetic": [False] * 15 + [True] * 6})

    ranked = with_phone_groups(leads)

    groups = ranked[PHONE_GROUP]
    assert PHONE_HASH not in ranked
    assert [sorted(set(part)) for part in (groups[13:], set(groups[:13]) | {0})] == [[0], [0, 1, 2]]
    assert groups[:7].nunique() == groups[7:13].nunique() == 1
    assert [n_sharing(ranked), n_sharing(ranked[1:]), n_sharing(ranked[2:]), n_sharing(ranked.tail(8))] == [
        13,
        12,
        6,
        0,
    ]


def test_a_run_of_an_older_version_counts_nobody():
    leads = pd.DataFrame({"customer_id": list("abcdef")})

    assert n_sharing(with_phone_groups(leads)) == n_sharing(leads) == 0
