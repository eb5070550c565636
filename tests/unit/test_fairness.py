import numpy as np
import pandas as pd
import pytest

from smartbank.core.fairness import FAIRNESS_FIELDS, group_names, group_table, groups_of, rarely_listed
from smartbank.core.fields import UNKNOWN
from tests.stubs import stub_leads

OLD_AND_YOUNG = np.array(["young"] * 60 + ["old"] * 40, dtype=object)


def test_age_bands_start_at_their_first_year_and_a_missing_age_is_a_group_of_its_own():
    leads = stub_leads([17, 29, 30, 39, 40, 49, 50, 59, 60, 99]).assign(age=[17, 29, 30, 39, 40, 49, 50, 59, 60, None])

    assert groups_of(leads, "age").tolist() == [
        *("under 30", "under 30", "30 to 39", "30 to 39", "40 to 49", "40 to 49", "50 to 59", "50 to 59"),
        *("60 and over", UNKNOWN),
    ]


@pytest.mark.parametrize(("by", "known"), [("marital", "single"), ("job", "student")])
def test_a_missing_value_and_one_nobody_knows_are_unknown(by, known):
    leads = stub_leads([30, 30, 30]).assign(**{by: pd.Series([known, None, "astronaut"], dtype="str")})

    assert groups_of(leads, by).tolist() == [known, UNKNOWN, UNKNOWN]


@pytest.mark.parametrize("by", FAIRNESS_FIELDS)
def test_unknown_is_the_last_group(by):
    assert group_names(by)[-1] == UNKNOWN


def table(listed, *, converted=None, groups=OLD_AND_YOUNG, order=("young", "old")):
    propensities = np.where(groups == "old", 0.5, 0.1)
    return group_table(groups, np.asarray(listed), propensities, order=order, converted=converted)


def test_a_group_is_described_by_counts_shares_and_the_ratio_to_all_leads():
    listed = [True] * 6 + [False] * 54 + [True] * 14 + [False] * 26  # 20 of 100: 10 % of the young, 35 % of the old

    found = table(listed)

    assert found.loc["young", ["leads", "listed"]].tolist() == [60, 6]
    assert found["share"].tolist() == [0.6, 0.4]
    assert found["share_listed"].tolist() == [0.1, 0.35]
    assert found["share_of_list"].tolist() == [0.3, 0.7]
    assert found["ratio"].tolist() == pytest.approx([0.5, 1.75])
    assert found["expected_sales"].tolist() == pytest.approx([0.6, 7.0])
    assert found["mean_propensity"].tolist() == pytest.approx([0.1, 0.5])
    assert "rate" not in found


def test_four_fifths_names_the_rarely_listed_and_passes_over_small_groups_that_are_shown_all_the_same():
    groups = np.array(["young"] * 60 + ["old"] * 60 + ["few"] * 49, dtype=object)
    listed = np.arange(169) >= 150 - 90  # nobody of the young, all others

    found = table(listed, groups=groups)

    assert found.loc["few", "small"]
    assert rarely_listed(found) == ["young"]
    assert rarely_listed(table(np.arange(169) < 60, groups=groups)) == ["old"]


def test_outcomes_give_the_rate_of_a_group_and_the_conversion_of_its_listed():
    listed = [True] * 10 + [False] * 50 + [False] * 40
    converted = np.array([True] * 4 + [False] * 56 + [True] * 10 + [False] * 30)

    found = table(listed, converted=converted)

    assert found["rate"].tolist() == pytest.approx([4 / 60, 0.25])
    assert found.loc["young", "conversion_listed"] == 0.4
    assert np.isnan(found.loc["old", "conversion_listed"])


def test_an_empty_list_has_no_ratio_and_groups_without_leads_are_left_out():
    found = table([False] * 100, order=("absent", "old", "young"))

    assert found.index.tolist() == ["old", "young"]
    assert found["ratio"].isna().all()
    assert rarely_listed(found) == []


def test_groups_add_up_to_the_whole():
    random = np.random.default_rng(0)
    groups, listed = random.choice(np.array(["a", "b", "c"], dtype=object), 500), random.random(500) < 0.2

    found = group_table(groups, listed, random.random(500), order=("a", "b", "c"))

    assert found["leads"].sum() == 500
    assert found["listed"].sum() == listed.sum()
    assert found["share"].sum() == pytest.approx(1)
    assert np.average(found["ratio"], weights=found["leads"]) == pytest.approx(1)
