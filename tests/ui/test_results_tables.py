"""The results page: what calling brought, how sure that is, and what it says where nothing can be said."""

from dataclasses import replace
from datetime import timedelta

import pandas as pd
import pytest
import streamlit as st

from smartbank.core.list_entries import list_owner
from smartbank.core.people import Role
from smartbank.services.call_lists import end_list
from smartbank.ui.results_charts import expectation_chart
from tests.actors import ANA
from tests.ui.results_page import NOW, ranked, record, release, said, table, tiles

__all__ = ["ranked", "record", "release"]


def kinds(page):
    return [each.type for each in page.main]


def test_bands_and_agents_stand_beside_what_was_expected(open_page, release, record):
    record(release(), sold=50, alone=10)

    page = open_page("results.py")

    assert "drawn from all others" not in said(page)
    bands, agents = table(page, "Band"), table(page, "Agent")
    assert bands["Sold"].astype(int).sum() == 50
    assert bands["Decided"].astype(int).sum() == 100
    assert agents["Agent"].tolist() == ["eva", "rui"]
    assert agents.columns.tolist()[:4] == ["Agent", "Sold", "Expected", "That is"]
    assert table(page, "List").columns.tolist()[:5] == ["List", "Sold", "Expected", "That is", "Extra sales"]
    assert agents["Customers"].tolist() == ["50", "50"]
    assert set(agents["That is"]) <= {"as expected", "more than expected", "fewer than expected"}
    assert len(page.get("plotly_chart")) == 1
    assert {"results_bands_csv", "results_agents_csv", "results_lists_csv"} == {
        each.key for each in page.get("download_button")
    }


def test_an_auditor_reads_and_takes_nothing_away(open_page, release, record):
    record(release(), sold=50, alone=10)

    page = open_page("results.py", role=Role.AUDITOR)

    assert not page.exception
    assert not page.get("download_button")


def test_exploration_stands_apart(open_page, release, record):
    list_id = release(exploration=0.2)
    record(list_id, sold=20, alone=10)
    record(list_id, sold=1, role="exploration")

    page = open_page("results.py")

    apart = "20 customers drawn from all others are apart, below: these tables and charts leave them out."
    assert [getattr(each, "value", "") for each in page.main].index(apart) < kinds(page).index("plotly_chart")
    assert "Those drawn from all others are on neither side." in said(page)
    assert "of 20 decided calls 1 sold where" in said(page)
    assert table(page, "Band")["Customers"].astype(int).sum() == 20
    assert table(page, "Agent")["Decided"].astype(int).sum() == 80


def test_what_is_assumed_is_said(open_page, release, record):
    record(release(), sold=20, alone=5, assume=30)

    page = open_page("results.py")

    assert "30 of 100 decided calls have no outcome within the set time and count as declined." in said(page)
    assert tiles(page)["Calls"] == "70"


def test_while_a_list_runs_expected_against_sold_is_said_to_be_off(open_page, release, record, services):
    list_id = release()
    record(list_id, sold=50, alone=10)
    assert "While a list runs, this may be off" in said(open_page("results.py"))

    end_list(list_id, by=ANA, lists=services.lists, audit=services.audit, now=NOW)

    page = open_page("results.py")
    assert "While a list runs" not in said(page)
    assert page.title[0].value.startswith("Calling brought 40 more sales")


def test_what_the_outcomes_do_to_the_level_is_said(open_page, release, record, services):
    list_id = release()
    record(list_id, sold=70, decline=False)
    page = open_page("results.py")
    assert "**The level will stay** at " in said(page)
    assert "from 100 decided calls in 90 days on, and by the base rate in force there are 70." in said(page)
    record(list_id, sold=70)
    st.cache_data.clear()  # counted again after 15 seconds
    page = open_page("results.py")
    assert "**The level will follow**: leads ranked from now on have " in said(page)
    assert "More than chance explains" in said(page)

    services.settings.save(replace(services.settings.current(), follow_outcomes=False), by="ada", at=NOW)

    page = open_page("results.py")
    assert "**The level does not follow**" in said(page)
    assert "these calls alone would move it to " in said(page)


def test_a_list_in_the_address_is_the_one_that_is_shown(open_page, release, record):
    first = release("First")
    second = release("Second", later=1, days=1)
    record(first, sold=50, alone=10)

    page = open_page("results.py", list=second)
    assert page.title[0].value == "No call for this list is recorded yet."

    page.selectbox(key="results_list").set_value(first).run()
    assert page.title[0].value.startswith("Calling brought 40 more sales")
    assert page.query_params["list"] == first
    page.selectbox(key="results_list").set_value("").run()
    assert "list" not in page.query_params
    assert table(page, "List")["List"].tolist() == ["Second", "First"]


def test_days_and_agent_choose_lists_and_are_in_the_address(open_page, release, record):
    record(release("Eva's", agents=("eva", "rui")), sold=50, alone=10)
    tomorrow = (NOW + timedelta(days=2)).date()

    page = open_page("results.py", released_from=tomorrow.isoformat())
    assert page.title[0].value == "No list was released in these days."

    page.date_input(key="released_from").set_value(None).run()
    assert page.title[0].value.startswith("Calling brought 40 more sales")
    page.date_input(key="released_to").set_value((NOW - timedelta(days=2)).date()).run()
    assert page.title[0].value == "No list was released in these days."
    page.date_input(key="released_to").set_value(tomorrow).run()
    page.selectbox(key="agent").set_value("rui").run()
    assert page.title[0].value.startswith("Calling brought 40 more sales")
    assert not page.exception


@pytest.mark.parametrize(
    "address", [{"list": "no such list"}, {"released_from": "yesterday"}, {"released_to": "9999-99-99"}, {"agent": "x"}]
)
def test_an_address_that_means_nothing_shows_every_list(open_page, release, record, address):
    record(release(), sold=50, alone=10)

    page = open_page("results.py", **address)

    assert not page.exception
    assert page.title[0].value.startswith("Calling brought 40 more sales")


def test_a_list_whose_entries_are_gone_says_so(open_page, release, services):
    services.frames.delete(list_owner(release()))

    page = open_page("results.py")

    assert page.title[0].value == "Who was on these lists is no longer kept, so nothing can be counted."
    assert not page.exception


def test_numbers_are_written_as_the_bank_writes_them(open_page, release, record, services):
    portuguese = replace(services.settings.current(), number_format="pt", value_of_sale=1_000.0)
    services.settings.save(portuguese, by="ada", at=NOW)
    record(release(), sold=50, alone=10)

    page = open_page("results.py")

    assert tiles(page)["Profit so far"] == "49\N{NO-BREAK SPACE}200 EUR"
    assert "," in tiles(page)["Expected sales"]
    assert page.title[0].value.startswith("Calling brought 40 more sales than not calling (")
    assert "\N{NO-BREAK SPACE}" in page.title[0].value
    assert all("," in share for share in table(page, "Band")["Of decided"])


def test_an_agent_is_sent_away(open_page, release, record):
    record(release(), sold=50, alone=10)

    page = open_page("results.py", role=Role.AGENT)

    assert page.warning[0].value.startswith("Your role (agent) does not include this page.")
    assert not page.metric


def test_the_chart_draws_what_sold_over_what_was_expected_and_leaves_out_what_is_not_decided():
    groups = pd.DataFrame(
        {"decided": [10, 0], "rate": [0.3, float("nan")], "expected": [2.0, 0.0], "low": [1, 0], "high": [5, 0]},
        index=["A", "B"],
    )

    expected, sold = expectation_chart(groups, title="Band").data

    assert (list(sold.y), list(sold.x)) == (["A"], [0.3])
    assert list(expected.x) == [0.2]
    assert (list(expected.error_x.arrayminus), list(expected.error_x.array)) == ([0.1], [0.3])
