from datetime import UTC, datetime

import pytest
from streamlit.testing.v1 import AppTest

from smartbank.core.customers import CustomerQuery
from smartbank.core.inbox import MessageKind
from smartbank.core.people import Role
from smartbank.services.demo import DEMO_SOURCE
from smartbank.services.runs import RunSource, queue_run
from smartbank.ui import inbox
from tests.actors import ANA
from tests.markets import observations_of_today
from tests.services import memory_services
from tests.stubs import stub_leads

SIDEBAR = """
import streamlit as st
from smartbank.core.people import Actor, Role
from smartbank.ui import inbox
actor = Actor("ana", Role({role!r}), "here")
if st.session_state.get("page_drawn"):
    inbox._news(actor)
else:
    inbox.show_news(actor)
    st.session_state["page_drawn"] = True
"""


@pytest.fixture
def services():
    return memory_services(observations=observations_of_today())


@pytest.fixture
def sidebar(on_services, monkeypatch):
    """Return a function that draws the inbox; a second run is what the fragment does every three seconds."""
    monkeypatch.setattr(inbox, "require_still", lambda _actor: None)
    return lambda role=Role.MANAGER: AppTest.from_string(SIDEBAR.format(role=str(role))).run()


def ranked(services, work, query=None):
    services.customers.save_many(stub_leads([30, 60]), source=DEMO_SOURCE, saved_at=datetime.now(UTC))
    source = RunSource.of_query(query or CustomerQuery(), "all customers")
    run_id = queue_run(
        source, market="snapshot", by=ANA, queue=services.queue, audit=services.audit, now=datetime.now(UTC)
    )
    work()
    return run_id


def test_an_empty_inbox_says_what_will_be_in_it(sidebar):
    page = sidebar()

    assert not page.exception
    assert page.caption[0].value.startswith("Nothing yet. ")
    assert not page.button


def test_a_finished_run_is_announced_once_and_unread(sidebar, services, work):
    page = sidebar()
    ranked(services, work)

    page.run()
    announced = [toast.value for toast in page.toast]
    page.run()

    assert announced == ["Leads ranked: 1 of 2 is worth a call."]
    assert not page.toast
    assert page.markdown[0].value == "**:material/mark_email_unread: Leads ranked: 1 of 2 is worth a call.**"


def test_what_was_there_before_the_session_is_not_announced(sidebar, services, work):
    ranked(services, work)

    page = sidebar()
    page.run()

    assert not page.toast
    assert page.button(key="inbox_read_all")


def test_what_ends_while_another_page_is_drawn_is_announced_after_it(sidebar, services, work):
    page = sidebar()
    ranked(services, work)
    page.session_state["page_drawn"] = False

    page.run()
    assert not page.toast

    page.run()
    assert len(page.toast) == 1


def test_a_run_that_ends_before_the_readers_eyes_is_read(sidebar, services, work):
    page = sidebar()
    run_id = ranked(services, work)
    page.session_state["looking_at"] = {run_id}

    page.run()

    assert not page.toast
    assert services.inbox.newest("ana")[0].read_at is not None


def test_all_messages_are_marked_as_read_by_one_button(sidebar, services, work):
    ranked(services, work)
    ranked(services, work)
    page = sidebar()

    page.button(key="inbox_read_all").click().run()

    assert all(message.read_at for message in services.inbox.newest("ana"))
    assert "inbox_read_all" not in [button.key for button in page.button]
    assert not page.exception


def test_a_message_leads_to_its_run_and_is_read(sidebar, services, work, monkeypatch):
    run_id = ranked(services, work)
    gone = []
    monkeypatch.setattr("streamlit.switch_page", lambda page, *, query_params: gone.append((page, query_params)))
    page = sidebar()

    page.button(key=f"inbox_open_{MessageKind.RUN_DONE}:{run_id}").click().run()

    assert gone == [("pages/leads.py", {"view": "Ranked leads", "run": run_id})]
    assert services.inbox.newest("ana")[0].read_at is not None


def test_a_run_that_failed_is_told_with_the_way_to_the_reason(sidebar, services, work):
    ranked(services, work, CustomerQuery(text="nobody"))

    page = sidebar()

    assert "could not be ranked" in page.markdown[0].value
    assert page.button[-1].label == "Open"


@pytest.mark.parametrize(("role", "seen"), [(Role.MANAGER, True), (Role.AUDITOR, True), (Role.AGENT, False)])
def test_an_old_market_is_a_standing_notice_to_those_who_see_leads(sidebar, monkeypatch, role, seen):
    services = memory_services()
    monkeypatch.setattr("smartbank.ui.resources.build_services", lambda _settings: services)

    page = sidebar(role)

    assert not page.exception
    assert [info.value.startswith("3 market figures are old.") for info in page.info] == ([True] if seen else [])


def test_the_notice_of_an_old_market_leads_to_where_its_figures_come_from(sidebar, monkeypatch):
    services, gone = memory_services(), []
    monkeypatch.setattr("smartbank.ui.resources.build_services", lambda _settings: services)
    monkeypatch.setattr("streamlit.switch_page", lambda page, *, query_params: gone.append((page, query_params)))
    page = sidebar()

    page.button(key="inbox_market").click().run()

    assert gone == [("pages/market.py", {"section": "Sources"})]
