"""The market page in every state its figures may be in."""

from datetime import UTC, datetime

import pytest

from smartbank.core.customers import CustomerQuery
from smartbank.core.market.hops import Hop, HopOutcome
from smartbank.core.market.indicators import Indicator
from smartbank.core.market.observations import Source
from smartbank.core.people import Role
from smartbank.errors import StorageError
from smartbank.services.demo import DEMO_SOURCE
from smartbank.services.runs import RunSource, queue_run
from tests.actors import ANA
from tests.markets import observations_of_today, observed, put_override, put_refreshed
from tests.services import memory_services
from tests.stubs import stub_leads


def said(page):
    return " ".join(text.value for text in (*page.markdown, *page.caption, *page.warning, *page.info, *page.title))


@pytest.fixture
def services(request):
    return memory_services(**getattr(request, "param", {}))


@pytest.fixture
def ranked_one(services, work):
    services.customers.save_many(stub_leads([30, 60]), source=DEMO_SOURCE, saved_at=datetime.now(UTC))
    source = RunSource.of_query(CustomerQuery(), "all customers")
    ports = {"queue": services.queue, "audit": services.audit}
    queue_run(source, market="snapshot", by=ANA, now=datetime.now(UTC), **ports)
    work()


def test_without_any_source_the_page_says_so_with_the_periods_of_what_came_with_smartbank(open_page):
    page = open_page("market.py")

    assert not page.exception
    assert page.title[0].value.replace("\u00a0", " ") == (
        "Euribor 2.64 % (ECB, September 2026). Consumer prices up 3.3 %. Employment is outside what the model has seen."
    )
    assert page.info[0].value.startswith("No source was asked yet: these figures came with SmartBank")
    assert [metric.value for metric in page.metric] == ["2.64 %", "3.7 %", "3.30 %", "-21.9"]
    assert "September 2026, ECB" in page.metric[0].delta


@pytest.mark.parametrize(
    ("outcome", "begins"),
    [
        (HopOutcome.REFUSED, "Sources answered, but what they sent was not believed: these figures came with"),
        (HopOutcome.FAILED, "The sources were asked, but none gave a figure: these figures came with"),
        (HopOutcome.NOTHING_NEWER, "Sources answered, but had nothing newer: these figures came with"),
    ],
)
def test_figures_that_came_with_smartbank_say_why_they_are_in_force(open_page, services, outcome, begins):
    put_refreshed(services.jobs, Indicator.EURIBOR, Hop("ECB", outcome, "So it was.", datetime.now(UTC)))

    page = open_page("market.py")

    assert page.info[0].value.startswith(begins)
    assert page.info[0].value.endswith("What was tried is under **Sources**.")


def test_a_source_whose_figures_are_older_than_those_that_came_with_smartbank_did_answer(open_page, services):
    services.observations.record_many([observed(Indicator.EURIBOR, 2.1, "2025-12")])
    put_refreshed(services.jobs, Indicator.EURIBOR, Hop("ECB", HopOutcome.FAILED, "Too old.", datetime.now(UTC)))

    page = open_page("market.py")

    assert page.info[0].value.startswith("Sources answered, but had nothing newer: ")


def test_an_old_figure_says_which_one_was_due_and_when(open_page):
    page = open_page("market.py")

    assert "**Old.** The figure of the fourth quarter of 2025 was due on 31 March" in said(page)
    assert "Levels may be off; the order is not." in page.warning[0].value


def test_figures_in_a_gap_and_outside_say_what_they_are_scored_as(open_page):
    page = open_page("market.py")

    words = said(page)
    assert "**In a gap.** 2.64 % lies where the model has seen nothing" in words
    assert "**Outside.** 3.7 % is outside what the model has seen" in words
    assert "it is scored as 1.4 %, the highest seen." in words
    assert "In training it ran from 0.70 % to 5.00 %. Scored as 2.64 %." in words


def test_a_figure_at_the_end_of_the_training_range_says_where_that_ends(open_page, services):
    services.observations.record_many([observed(Indicator.CPI, 3.35, f"{datetime.now(UTC):%Y-%m}")])

    page = open_page("market.py")

    assert "**At the edge.** 3.35 % is at the edge" in said(page)


def test_confidence_is_shown_and_says_that_it_is_not_scored(open_page):
    page = open_page("market.py")

    assert "Shown, not scored" in said(page)
    assert page.metric[3].label == "Consumer confidence"


@pytest.mark.parametrize("services", [{"observations": observations_of_today()}], indirect=True)
def test_fresh_figures_warn_of_nothing(open_page):
    page = open_page("market.py")

    assert not page.exception
    assert not page.warning
    assert not page.info
    assert "**Up to date.**" in said(page)
    assert "From the first source." in said(page)


def test_a_proxy_is_labelled_as_one(open_page, services):
    today = datetime.now(UTC)
    services.observations.record_many(
        [
            observed(
                Indicator.CPI, 2.5, f"{today:%Y-%m}", source=Source.EUROSTAT, is_proxy=True, flag="p", fetched_at=today
            )
        ]
    )

    page = open_page("market.py")

    assert "A proxy: another series stands in for the one the model was trained on." in said(page)
    assert "Marked by its publisher: provisional." in said(page)


def test_every_chart_has_its_table_with_the_training_months_in_it(open_page):
    page = open_page("market.py")

    tables = [table.value for table in page.dataframe]
    assert len(tables) == len(page.get("plotly_chart")) == 4
    assert tables[0]["Period"].tolist() == ["September 2026", "October 2010", "September 2009", "June 2008"]
    assert tables[0]["From"].tolist() == ["came with SmartBank", *["training data"] * 3]
    assert tables[3]["Value"].tolist() == ["-21.9"]


@pytest.mark.parametrize("script", ["market.py", "overview.py", "leads.py"])
def test_a_figure_set_by_hand_is_warned_of_with_author_end_and_reason(open_page, services, ranked_one, script):
    put_override(services.overrides, now=datetime.now(UTC))

    page = open_page(script)

    assert page.warning[0].value.startswith("Euribor is set by hand to 2.90 % by ben until ")
    assert page.warning[0].value.endswith(": the source is late")


def test_the_history_of_a_figure_marks_what_was_set_by_hand(open_page, services):
    put_override(services.overrides, now=datetime.now(UTC))

    page = open_page("market.py")

    assert page.dataframe[0].value["From"][0] == "set by hand"
    assert page.dataframe[0].value["Note"][0] == "by ben"


def by_hand(open_page, **more):
    return open_page("market.py", section="Set by hand", **more)


def test_saving_needs_a_reason_and_says_before_it_what_the_level_would_become(open_page, services):
    page = by_hand(open_page)
    assert page.button(key="by_hand_save").disabled

    page.number_input(key="by_hand_value_euribor3m_0").set_value(2.8).run()
    words = said(page)
    page.text_area(key="by_hand_reason_0").set_value("the source is late").run()
    page.button(key="by_hand_save").click().run()

    assert "With Euribor at 2.80 %: scored as 2.80 %. The market moves the level down, from 11.3 % to 7.9 %." in words
    assert not page.exception
    (kept,) = services.overrides.recent()
    assert (kept.indicator, kept.value, kept.by, kept.reason) == (Indicator.EURIBOR, 2.8, "ana", "the source is late")
    assert page.warning[0].value.startswith("Euribor is set by hand to 2.80 % by ana until ")
    assert page.text_area[0].value == ""


def test_taking_a_value_back_ends_the_warning_and_stays_in_the_table(open_page, services):
    override = put_override(services.overrides, now=datetime.now(UTC))
    page = by_hand(open_page)

    page.button(key=f"by_hand_end_{override.override_id}").click().run()

    assert not any("set by hand to" in warning.value for warning in page.warning)
    assert page.dataframe[0].value[["By", "Why", "State"]].to_numpy().tolist() == [
        ["ben", "the source is late", "ended by ana"]
    ]


def test_an_auditor_sees_who_set_what_and_no_form(open_page, services):
    put_override(services.overrides, now=datetime.now(UTC))

    page = by_hand(open_page, role=Role.AUDITOR)

    assert page.dataframe[0].value["State"].tolist() == ["in force"]
    assert not page.button
    assert not page.text_area


def test_an_agent_is_told_that_the_page_is_not_for_them(open_page):
    page = open_page("market.py", role=Role.AGENT)

    assert page.warning[0].value.startswith("Your role (agent) does not include this page.")
    assert not page.title


@pytest.mark.parametrize("section", ["Indicators", "Sources", "Set by hand"])
def test_a_database_that_is_away_is_said_in_words(open_page, services, monkeypatch, section):
    def away(*_args, **_more):
        raise StorageError("The database does not answer. Try again in a moment.")

    for port in (services.observations, services.overrides):
        for name in ("newest", "history", "refused", "recent"):
            monkeypatch.setattr(port, name, away, raising=False)

    page = open_page("market.py", section=section)

    assert not page.exception
    assert page.title[0].value.startswith("Euribor 2.64\u00a0% (ECB, September 2026).")
    assert "does not answer" in page.error[0].value
