from datetime import UTC, datetime

import pytest

from smartbank.core.customers import CustomerQuery
from smartbank.core.people import Actor, Role
from smartbank.errors import StorageError
from smartbank.services.demo import DEMO_SOURCE, load_demo
from smartbank.services.runs import RunSource, queue_run
from tests.actors import ANA
from tests.stubs import stub_leads


def test_a_first_start_shows_the_way_to_the_first_list(open_page):
    page = open_page("overview.py")

    assert page.title[0].value == "Nothing is here yet: three steps to your first list."
    assert any("1. Bring customers in" in text.value for text in page.markdown)


def test_customers_nobody_ranked_wait(open_page, services):
    services.customers.save_many(stub_leads([30, 40]), source=DEMO_SOURCE, saved_at=datetime.now(UTC))

    page = open_page("overview.py")

    assert page.title[0].value == "2 customers wait to be ranked."


def test_after_a_run_the_first_line_says_how_many_are_worth_a_call(open_page, services, work):
    load_demo(
        stub_leads([30, 60]),
        customers=services.customers,
        queue=services.queue,
        audit=services.audit,
        by=ANA,
        now=datetime.now(UTC),
    )
    work()

    page = open_page("overview.py")

    assert " of 2 leads is worth a call; the best fifth holds " in page.title[0].value
    assert page.metric[0].value == "2"
    assert page.dataframe[0].value["State"].tolist() == ["done"]


def test_an_agent_sees_the_way_to_customers_and_nothing_of_runs(open_page, services, work):
    load_demo(
        stub_leads([30, 60]),
        customers=services.customers,
        queue=services.queue,
        audit=services.audit,
        by=ANA,
        now=datetime.now(UTC),
    )
    work()

    page = open_page("overview.py", role=Role.AGENT)

    assert not page.exception
    assert page.title[0].value == "2 customers to look up before a call."
    assert [button.key for button in page.button] == ["go_customer"]
    assert not page.metric
    assert not page.dataframe


@pytest.mark.parametrize("script", ["overview.py", "leads.py", "customer.py"])
def test_a_database_that_is_away_is_said_in_words(open_page, services, monkeypatch, script):
    def away(*_args, **_kwargs):
        raise StorageError("The database does not answer. Try again in a moment.")

    for name in ("recent", "find", "load", "count"):
        for port in (services.queue, services.customers):
            if hasattr(port, name):
                monkeypatch.setattr(port, name, away)

    page = open_page(script, customer="lead-0")

    assert not page.exception
    assert "does not answer" in page.error[0].value


def test_the_last_runs_name_whose_leads_and_by_whom(open_page, services):
    queue_run(
        RunSource.of_query(CustomerQuery(), "all customers"),
        market="snapshot",
        queue=services.queue,
        audit=services.audit,
        by=Actor("bruno", Role.MANAGER, "local"),
        now=datetime.now(UTC),
    )

    page = open_page("overview.py")

    assert page.dataframe[0].value[["Leads of", "Ranked by", "State"]].to_numpy().tolist() == [
        ["all customers", "bruno", "queued"]
    ]


@pytest.mark.parametrize("view", ["Ranked leads", "Bring customers in", "Stored customers"])
def test_a_button_leads_to_the_view_it_names(open_page, services, work, monkeypatch, view):
    load_demo(
        stub_leads([30, 60]),
        customers=services.customers,
        queue=services.queue,
        audit=services.audit,
        by=ANA,
        now=datetime.now(UTC),
    )
    work()
    gone = []
    monkeypatch.setattr("streamlit.switch_page", lambda page, *, query_params: gone.append((page, query_params)))
    page = open_page("overview.py")

    page.button(key=f"go_{view}").click().run()

    assert gone == [("pages/leads.py", {"view": view})]


def test_the_market_is_a_click_away(open_page, monkeypatch):
    gone = []
    monkeypatch.setattr("streamlit.switch_page", gone.append)

    open_page("overview.py").button(key="go_market").click().run()

    assert gone == ["pages/market.py"]
