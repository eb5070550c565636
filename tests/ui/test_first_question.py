"""The first question: what share of calls sells at this bank."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from smartbank.core.customers import CustomerQuery
from smartbank.core.people import Role
from smartbank.core.work import WorkKind, WorkState
from smartbank.services.demo import load_demo
from smartbank.services.runs import RunSource, queue_run
from smartbank.ui import first_question
from tests.actors import ANA
from tests.stubs import stub_leads

APP = """
import streamlit as st

from smartbank.ui.auth import require_user
from smartbank.ui.first_question import ask_base_rate

ask_base_rate(require_user())
st.title("The page")
"""
QUESTION = "Of 100 calls last month, how many sold?"


@pytest.fixture
def open_app(open_page, tmp_path):
    script = tmp_path / "app.py"
    script.write_text(APP)
    first_question._put_off.clear()

    def open_app(role=Role.ADMIN):
        page = open_page(script, role=role)
        assert not page.exception
        return page

    yield open_app
    first_question._put_off.clear()


def demo(services):
    load_demo(
        stub_leads([30, 60]),
        customers=services.customers,
        queue=services.queue,
        audit=services.audit,
        by=ANA,
        now=datetime.now(UTC),
    )


def runs(services):
    return services.queue.recent(WorkKind.RUN)


def titles(page):
    return [title.value for title in page.title]


def test_whoever_may_change_settings_is_asked_first_and_told_what_holds_until_then(open_app):
    page = open_app()

    assert titles(page) == [QUESTION]
    assert "11.3 %, the rate of Portugal 2008-10" in page.markdown[0].value


@pytest.mark.parametrize("role", [Role.MANAGER, Role.AGENT, Role.AUDITOR])
def test_nobody_else_is_asked(open_app, role):
    assert titles(open_app(role)) == ["The page"]


def test_the_answer_is_the_banks_own_base_rate_and_everybody_is_ranked_by_it(open_app, services, work):
    demo(services)
    work()
    page = open_app()

    page.number_input(key="sold_of_100").set_value(3.0).run()
    page.button(key="base_rate_save").click().run()
    work()

    newest = runs(services)[0]
    assert titles(page) == ["The page"]
    assert services.settings.current().base_rate == 0.03
    assert services.settings.current().base_rate_source.startswith("your bank, asked on ")
    assert len(runs(services)) == 2
    assert newest.state is WorkState.DONE
    assert newest.result["rules"]["base_rate"] == 0.03


def test_a_ranking_that_has_not_begun_is_not_queued_twice(open_app, services):
    demo(services)
    page = open_app()

    page.number_input(key="sold_of_100").set_value(3.0).run()
    page.button(key="base_rate_save").click().run()

    assert len(runs(services)) == 1


def test_a_ranking_of_some_is_not_taken_for_one_of_everybody(open_app, services, work):
    source = RunSource.of_query(CustomerQuery(jobs=("student",)), "a selection of customers")
    queue_run(source, market="snapshot", queue=services.queue, audit=services.audit, by=ANA, now=datetime.now(UTC))
    page = open_app()

    page.number_input(key="sold_of_100").set_value(3.0).run()
    page.button(key="base_rate_save").click().run()

    assert len(runs(services)) == 1


def test_no_number_and_no_sale_are_explained_and_nothing_is_saved(open_app, services):
    page = open_app()

    page.button(key="base_rate_save").click().run()
    assert "Type a number first" in page.warning[0].value
    page.number_input(key="sold_of_100").set_value(0.0).run()
    page.button(key="base_rate_save").click().run()

    assert "above 0 %" in page.error[0].value
    assert services.settings.history() == []


def test_an_answer_that_is_hardly_meant_is_asked_back_about(open_app, services):
    page = open_app()

    page.number_input(key="sold_of_100").set_value(0.01).run()
    assert not page.warning
    page.button(key="base_rate_save").click().run()

    assert page.warning[0].value.startswith("Of 100 calls 0.01 sold? That is one sale in 10,000 calls.")
    assert services.settings.history() == []
    page.button(key="base_rate_sure").click().run()
    assert services.settings.current().base_rate == 0.0001
    assert titles(page) == ["The page"]


def test_a_slip_is_typed_again_and_saved(open_app, services):
    page = open_app()
    page.number_input(key="sold_of_100").set_value(0.03).run()
    page.button(key="base_rate_save").click().run()

    page.number_input(key="sold_of_100").set_value(3.0).run()
    assert not page.warning
    page.button(key="base_rate_save").click().run()

    assert services.settings.current().base_rate == 0.03


def test_whoever_does_not_know_yet_goes_on_with_the_default_and_is_asked_in_the_next_session(open_app, services):
    page = open_app()

    page.button(key="base_rate_later").click().run()

    assert titles(page) == ["The page"]
    assert titles(open_app()) == ["The page"]  # another tab of the same session
    assert services.settings.history() == []
    first_question._put_off().clear()
    assert titles(open_app()) == [QUESTION]


def test_a_base_rate_said_elsewhere_is_not_asked_for(open_app, services):
    said = services.settings.current().with_base_rate(0.113, said_at=datetime.now(UTC))
    services.settings.save(said, by="command line", at=datetime.now(UTC))

    assert titles(open_app()) == ["The page"]


def test_a_ranked_list_says_that_the_settings_changed_and_ranks_again(open_page, services, work):
    demo(services)
    work()
    now = datetime.now(UTC)
    services.settings.save(replace(services.settings.current(), base_rate=0.03), by="ben", at=now)
    page = open_page("leads.py")
    assert page.warning[0].value.startswith("Base rate 11.3 % then, 3 % now.")

    page.button(key="rank_again").click().run()
    work()
    page = open_page("leads.py")

    assert len(runs(services)) == 2
    assert not page.warning


def test_settings_a_ranking_does_not_depend_on_leave_it_as_it_is(open_page, services, work):
    demo(services)
    work()
    services.settings.save(replace(services.settings.current(), number_format="de"), by="ben", at=datetime.now(UTC))

    page = open_page("leads.py")

    assert not page.warning
