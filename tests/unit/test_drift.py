"""The population stability index, its verdicts, and what a run keeps of them."""

import json
from math import log

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartbank.core.drift import (
    MARGIN,
    Drift,
    DriftVerdict,
    FieldBins,
    FieldDrift,
    field_drift,
    index_by_chance,
    margin_drift,
    stability_index,
)

COUNTS = st.lists(st.integers(0, 10_000), min_size=2, max_size=12)
AGE = FieldBins("age", ends=(30.0, 60.0, float("inf")), counts=(500, 400, 100, 0))
CHANNEL = FieldBins("contact", levels=("cellular", "telephone"), counts=(600, 400, 0))


@st.composite
def two_sets(draw):
    then = draw(COUNTS.filter(any))
    return then, draw(st.lists(st.integers(0, 10_000), min_size=len(then), max_size=len(then)).filter(any))


def drift_of(then, now, **said):
    return FieldDrift("age", tuple((str(i), *pair) for i, pair in enumerate(zip(then, now, strict=True))), **said)


def test_the_index_of_two_groups_can_be_checked_by_hand():
    assert stability_index([500, 500], [800, 200]) == pytest.approx(0.3 * log(1.6) + 0.3 * log(2.5))


def test_an_empty_group_counts_as_half_a_lead_of_the_smaller_set_on_both_sides():
    found = stability_index([900, 100], [50, 0])

    assert found == pytest.approx((1.0 - 0.9) * log(1 / 0.9) + (0.1 - 0.01) * log(0.1 / 0.01))


@given(two_sets())
def test_the_index_is_finite_never_negative_and_the_same_both_ways(sets):
    then, now = sets

    assert 0 <= stability_index(then, now) < np.inf
    assert stability_index(then, now) == pytest.approx(stability_index(now, then))


@given(COUNTS.filter(any), st.integers(1, 50))
def test_equal_shares_have_an_index_of_zero_whatever_the_number_of_leads(then, times):
    assert stability_index(then, [times * n for n in then]) == pytest.approx(0, abs=1e-12)


def test_chance_alone_gives_the_index_that_theory_says():
    rng = np.random.default_rng(0)
    shares, n = np.full(10, 0.1), 400
    found = [stability_index([1000] * 10, rng.multinomial(n, shares).tolist()) for _ in range(500)]

    assert np.mean(found) == pytest.approx(9 * (1 / n + 1 / 10_000), rel=0.1)
    assert np.mean(np.array(found) > index_by_chance(10, 10_000, n)) < 0.02


@pytest.mark.parametrize(
    ("now", "verdict"),
    [([500, 500], "stable"), ([640, 360], "stable"), ([700, 300], "moved"), ([800, 200], "shifted")],
)
def test_the_limits_are_those_of_credit_scoring(now, verdict):
    assert drift_of([500, 500], now).verdict == verdict  # 0, 0.08, 0.17 and 0.42


def test_few_leads_get_no_verdict_however_far_they_are():
    (few, enough) = (drift_of([10_000, 10_000], [n, 0]).verdict for n in (50, 80))

    assert (few, enough) == (DriftVerdict.TOO_FEW, DriftVerdict.SHIFTED)


def test_one_lead_beside_the_only_group_of_the_training_rows_says_nothing():
    (few, enough) = (drift_of([10_000, 0], [n - n // 3, n // 3]).verdict for n in (3, 60))

    assert (few, enough) == (DriftVerdict.TOO_FEW, DriftVerdict.SHIFTED)


def test_leads_are_counted_in_the_groups_of_the_training_rows():
    ages = pd.Series([17.0, 29.0, 30.0, 59.9, 60.0, 95.0, float("nan"), float("inf")])

    found = field_drift(AGE, ages)

    assert found.groups == (("17-29", 500, 2), ("30-59", 400, 2), ("60+", 100, 2), ("unknown", 0, 2))
    assert found.missing == (0.0, 0.25)


def test_a_level_the_training_rows_do_not_have_is_unknown_and_named():
    student_free = FieldBins("job", levels=("retired", "services"), counts=(10, 10, 0))
    jobs = pd.Series(["retired", "student", "student", "astronaut", None], dtype="str")

    found = field_drift(student_free, jobs)

    assert found.groups == (("retired", 10, 1), ("services", 10, 0), ("unknown", 0, 4))
    assert found.unseen == {"student": 2, "other": 1}  # a word that is no level of ours is never kept


def test_margins_are_compared_by_tenths_of_the_reference_the_best_first_in_name():
    reference = np.arange(100.0)

    found = margin_drift(reference, np.array([-5.0, 95.0, 99.0, 200.0]))

    assert [then for _label, then, _now in found.groups] == [10] * 10
    assert (found.groups[0], found.groups[-1]) == (("10", 10, 1), ("1", 10, 3))
    assert margin_drift(reference, reference - 0.0).index == 0


def test_margins_that_are_all_alike_are_one_group():
    assert margin_drift(np.zeros(50), np.zeros(9)).groups == (("2", 0, 0), ("1", 50, 9))


def test_the_group_that_grew_most_is_named():
    assert field_drift(AGE, pd.Series([25.0] * 20 + [70.0] * 80)).risen == ("60+", 0.1, 0.8)


@pytest.mark.parametrize(
    ("known", "strange", "used", "spoilt"),
    [
        (400, 0, True, True),  # 60 % lost
        (0, 0, True, False),  # a column the leads do not have
        (0, 500, True, True),  # every word of the column is unknown
        (400, 0, False, False),  # the model does not rank by it
        (900, 0, True, False),  # 10 % lost: moved, not spoilt
    ],
)
def test_a_column_is_spoilt_when_values_the_model_ranks_by_were_lost(known, strange, used, spoilt):
    channels = pd.Series(["cellular", "telephone"] * (known // 2) + [None] * (1_000 - known), dtype="str")

    assert field_drift(CHANNEL, channels, strange=strange, used=used).is_spoilt == spoilt


def test_fields_the_model_does_not_rank_by_are_in_no_verdict():
    shifted = drift_of([500, 500], [800, 200])
    more, idle = drift_of([500, 500], [900, 100]), drift_of([500, 500], [999, 1], used=False)
    drift = Drift(True, (shifted, more, idle), drift_of([5, 5], [5, 5]))

    assert drift.of_verdict(DriftVerdict.SHIFTED) == [more, shifted]
    assert drift.largest is idle


def test_what_is_kept_is_plain_and_comes_back_the_same():
    fields = (
        field_drift(AGE, pd.Series([25.0] * 9)),
        field_drift(CHANNEL, pd.Series([None] * 9, dtype="str"), strange=9),
    )
    drift = Drift(False, fields, FieldDrift(MARGIN, (("1", 5, 9),), {"student": 2}))

    assert Drift.from_json(json.loads(json.dumps(drift.to_json()))) == drift
