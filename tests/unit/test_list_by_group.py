"""Expected against actual by band, agent and list."""

import numpy as np
import pandas as pd
import pytest

from smartbank.core.hold_out import Role
from smartbank.core.list_by_group import results_by, uplift_by_list
from smartbank.core.list_results import RESULT_COLUMNS
from tests.campaigns import CampaignPlan, bought, campaign, entries, together


@pytest.fixture
def two_bands():
    return together(
        entries("best", ["subscribed"] * 4 + ["no_answer", None], band="A", propensity=0.5, calls=[1, 1, 1, 1, 2, 0]),
        entries("best", ["subscribed", "declined", "declined", None], assumed=[False, False, False, True]),
        entries("exploration", ["declined"], band="D", propensity=0.05),
        entries("control", ["subscribed"], band="A"),
    )


def test_each_band_says_who_was_called_who_decided_and_who_bought(two_bands):
    table = results_by(two_bands, "band")

    assert table.index.tolist() == ["A", "B"]
    assert table["entries"].tolist() == [6, 4]
    assert table["called"].tolist() == [5, 4]
    assert table["decided"].tolist() == [4, 4]
    assert table["assumed"].tolist() == [0, 1]
    assert table["sold"].tolist() == [4, 1]
    assert table["rate"].tolist() == [1.0, 0.25]
    assert table["expected"].tolist() == pytest.approx([2.0, 0.8])


def test_four_heads_of_four_coins_are_within_chance_and_five_of_five_with_worse_ones_are_not(two_bands):
    assert results_by(two_bands, "band").loc["A", ["low", "high", "outside"]].tolist() == [0, 4, False]

    unlikely = entries("best", ["subscribed"] * 5, propensity=0.2)

    assert results_by(unlikely, "band").loc["B", ["low", "high", "outside"]].tolist() == [0, 3, True]


def test_an_interval_may_hold_less_often_or_allow_for_the_level(two_bands):
    narrower = results_by(two_bands, "band", coverage=0.8).loc["A"]
    coins = entries("best", ["declined"] * 400, propensity=0.5)

    assert (narrower["low"], narrower["high"], narrower["outside"]) == (1, 3, True)
    assert results_by(coins, "band", level_error=0.6).loc["B", "low"] < results_by(coins, "band").loc["B", "low"]


def test_exploration_is_compared_apart(two_bands):
    table = results_by(two_bands, "band", role=Role.EXPLORATION)

    assert table.index.tolist() == ["D"]
    assert table.loc["D", ["decided", "sold", "outside"]].tolist() == [1, 0, False]


def test_entries_nobody_has_are_left_out_of_the_agents():
    table = results_by(entries("best", ["declined", None, None], agent=["rui", "ana", np.nan], calls=1), "agent")

    assert table.index.tolist() == ["ana", "rui"]
    assert table["decided"].tolist() == [0, 1]
    assert np.isnan(table.loc["ana", "rate"])


def test_of_nobody_there_are_no_groups():
    nobody = pd.DataFrame(columns=list(RESULT_COLUMNS))

    assert results_by(nobody, "list_id").empty
    assert uplift_by_list(nobody).empty


def test_propensities_that_are_right_are_outside_one_time_in_twenty_at_most():
    agents = tuple(f"agent-{number}" for number in range(200))
    results, _, _ = campaign(CampaignPlan(best=(8_000,), control=(10,)), agents=agents, seed=1)

    table = results_by(results, "agent")

    assert len(table) == 200
    assert 0 < table["outside"].sum() <= 12  # 200 / 20, and whole sales make the intervals a little wider


def test_each_list_says_what_calling_brought_on_it_alone():
    results = together(
        bought("best", 56, 70),
        bought("control", 48, 80),
        bought("best", 5, 10, list_id="list-1"),
        bought("exploration", 1, 2, list_id="list-2"),
        bought("control", 1, 2, list_id="list-2"),
    )

    table = uplift_by_list(results)

    assert table.index.tolist() == ["list-0", "list-1"]
    assert table.loc["list-0"].tolist() == pytest.approx([70, 56, 80, 48, 14, 70 * 0.0524, 70 * 0.3339], abs=5e-3)
    assert table.loc["list-1", ["called", "called_sold", "held_out", "held_out_sold"]].tolist() == [10, 5, 0, 0]
    assert table.loc["list-1", ["extra_sales", "low", "high"]].isna().all()
