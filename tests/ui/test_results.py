"""The results page: what calling brought, how sure that is, and what it says where nothing can be said."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
import streamlit as st

from smartbank.bootstrap import list_ports
from smartbank.core.call_lists import ListRequest
from smartbank.core.capacity import Capacity
from smartbank.core.hold_out import HoldOut
from smartbank.core.list_entries import list_owner
from smartbank.core.outcomes import Outcome, OutcomeKind
from smartbank.core.people import Role, User
from smartbank.services.call_lists import end_list
from smartbank.services.list_release import queue_release
from smartbank.services.runs import queue_run
from smartbank.ui.results_charts import expectation_chart
from tests.actors import ANA, put_user
from tests.bank import EVERYONE
from tests.stubs import stub_leads

NOW = datetime.now(UTC)
SOLD, NO = OutcomeKind.SUBSCRIBED, OutcomeKind.DECLINED
ONE_LOOK = "Looked at every day, one in five campaigns without any effect"


@pytest.fixture
def ranked(services, work):
    leads = stub_leads([18 + place % 70 for place in range(400)])
    services.customers.save_many(leads, source={"synthetic": False}, saved_at=NOW)
    for name in ("rui", "eva"):
        put_user(services.users, User(name, Role.AGENT, "no hash", created_at=NOW))
    run_id = queue_run(EVERYONE, market="snapshot", queue=services.queue, audit=services.audit, by=ANA, now=NOW)
    work()
    return run_id


@pytest.fixture
def release(services, work, ranked):
    """Release a list of a hundred calls, with as many held out unless told otherwise."""

    def release(name="Monday", *, control=0.5, exploration=0.0, agents=("eva", "rui"), days=5, later=0):
        capacity = Capacity(2, 1.0, 6.0, days=days)
        hold_out = HoldOut(control, exploration)
        request = ListRequest(ranked, name, capacity, "seed", hold_out=hold_out, agents=agents)
        list_id = queue_release(
            request,
            by=ANA,
            ports=list_ports(services),
            users=services.users,
            audit=services.audit,
            now=NOW + timedelta(seconds=later),
        )
        work()
        return list_id

    return release


@pytest.fixture
def record(services):
    """Record that of the called and of the held out so many, the first ones, bought; the other calls are declined."""

    def record(list_id, *, sold, alone=0, role="best", decline=True, assume=0):
        entries = services.frames.load(list_owner(list_id))
        ground = services.lists.find(list_id).ground
        called = entries.loc[entries["role"] == role, ["customer_id", "propensity"]].itertuples(index=False)
        held_out = entries.loc[entries["role"] == "control", ["customer_id", "propensity"]].head(alone)

        def made(entry, kind, attempt, **more):
            return Outcome(
                entry.customer_id,
                NOW - timedelta(hours=1),
                kind,
                "run",
                entry.propensity,
                ground.base_rate,
                list_id=list_id,
                attempt=attempt,
                **more,
            )

        outcomes = [
            made(entry, SOLD if place < sold else NO, 1, assumed=sold <= place < sold + assume)
            for place, entry in enumerate(called)
            if decline or place < sold
        ]
        outcomes += [made(entry, SOLD, 0) for entry in held_out.itertuples(index=False)]
        services.outcomes.record_many(outcomes)

    return record


def said(page):
    return "\n".join(each.value for each in [*page.markdown, *page.caption, *page.info])


def tiles(page):
    return {each.label: each.value for each in page.metric}


def table(page, title):
    """Return the last table whose first column has a title."""
    return [each.value for each in page.dataframe if each.value.columns[0] == title][-1]


def test_without_a_list_the_way_to_one_is_shown(open_page, monkeypatch):
    gone = []
    monkeypatch.setattr("streamlit.switch_page", lambda page, *, query_params: gone.append((page, query_params)))

    page = open_page("results.py")
    page.button(key="go_call_lists").click().run()

    assert page.title[0].value == "No list is released yet, so there is nothing to judge."
    assert gone == [("pages/call_lists.py", {})]


def test_a_list_without_outcomes_says_how_many_there_are_to_call(open_page, release, monkeypatch):
    gone = []
    monkeypatch.setattr("streamlit.switch_page", lambda page, *, query_params: gone.append((page, query_params)))
    list_id = release()

    page = open_page("results.py", list=list_id)
    page.button(key="go_call_lists").click().run()

    assert page.title[0].value == "No call for this list is recorded yet."
    assert page.info[0].value.startswith("100 customers to call, ")
    assert gone == [("pages/call_lists.py", {"section": "Released lists", "list": list_id})]
    assert not page.metric


def test_more_sales_than_without_calls(open_page, release, record):
    record(release(), sold=50, alone=10)

    page = open_page("results.py")

    assert page.title[0].value.startswith("Calling brought 40 more sales than not calling (")
    assert page.title[0].value.endswith(" a day after costs.")
    assert "**Calling brings more sales: sure, 19 times out of 20.**" in said(page)
    assert "50 of 100 customers on the lists bought. Without a call about 10 would have" in said(page)
    assert "all 100 customers that were to be called, reached or not, with 100 drawn at random" in said(page)
    assert ONE_LOOK in said(page)
    assert tiles(page) | {"Expected sales": ""} == {
        "Calls": "100",
        "Sold": "50",
        "Expected sales": "",
        "Profit so far": "3,200 EUR",
    }


def test_too_early_to_tell(open_page, release, record):
    record(release(), sold=12, alone=10)

    page = open_page("results.py")

    assert page.title[0].value.startswith("Not enough calls yet to tell what calling brings: 2 more sales than without")
    assert "**No difference can be told yet.**" in said(page)


def test_fewer_sales_than_without_calls(open_page, release, record):
    record(release(), sold=10, alone=50)

    page = open_page("results.py")

    assert page.title[0].value.startswith("Calling brought 40 fewer sales than not calling (")
    assert page.title[0].value.endswith("a day lost after costs.")
    assert "**Calling brings fewer sales: sure, 19 times out of 20.**" in said(page)


def test_without_anybody_held_out_it_says_what_to_do_next_time(open_page, release, record):
    record(release(control=0.0), sold=30)

    page = open_page("results.py")

    assert page.title[0].value.startswith("What calling brought cannot be told")
    assert "Plan the next list with a few customers who are not called" in page.info[0].value
    assert table(page, "List")["Extra sales by calling"].tolist() == ["nobody held out"]


def test_while_nobody_knows_who_bought_without_a_call_nothing_is_compared(open_page, release, record, services):
    list_id = release()
    record(list_id, sold=30)

    page = open_page("results.py")

    assert page.title[0].value == (
        "30 of 100 customers bought so far. "
        "What calling brought can be told once it is known who bought without a call."
    )
    assert "not called, and nobody said yet which of them bought by themselves" in said(page)
    assert "19 times out of 20.**" not in said(page)
    page.button(key="bank_data_in").click().run()
    assert page.title[0].value.startswith("Calling brought 30 more sales than not calling")
    assert services.lists.find(list_id).bank_data_until is not None


def test_only_who_releases_lists_says_that_all_sales_are_in(open_page, release, record):
    record(release(), sold=30)

    page = open_page("results.py", role=Role.AUDITOR)

    assert "bank_data_in" not in {button.key for button in page.button}


def test_a_list_of_which_nobody_knows_is_not_compared_and_the_others_are(open_page, release, record):
    record(release("One"), sold=30, alone=5)
    release("Two", later=1, days=1)

    page = open_page("results.py")

    assert page.title[0].value.startswith("Calling brought")
    assert f"known up to {NOW - timedelta(hours=1):%-d %B %Y}" in said(page)
    assert "on 1 list are not called, and nobody said yet" in said(page)


def test_bands_and_agents_stand_beside_what_was_expected(open_page, release, record):
    record(release(), sold=50, alone=10)

    page = open_page("results.py")

    bands, agents = table(page, "Band"), table(page, "Agent")
    assert bands["Sold"].astype(int).sum() == 50
    assert bands["Decided"].astype(int).sum() == 100
    assert agents["Agent"].tolist() == ["eva", "rui"]
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
    assert "from 100 decided calls in 90 days on, and there are 70." in said(page)
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
