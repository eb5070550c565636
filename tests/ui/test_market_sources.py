"""The view of the market page on its sources: who is asked, what came of it, and what was not believed."""

from datetime import UTC, datetime

import pytest

from smartbank.bootstrap.market import market_sources
from smartbank.config import Settings
from smartbank.core.market.hops import Hop, HopOutcome, Refreshed
from smartbank.core.market.indicators import FACTS, Indicator
from smartbank.core.market.observations import ObservationStatus
from smartbank.core.market.periods import Period
from smartbank.core.people import Role
from smartbank.core.work import WorkKind
from smartbank.services.market_refresh import job_name
from smartbank.ui.market_words import day_words
from tests.markets import observed
from tests.services import memory_services
from tests.ui.test_market import said


@pytest.fixture
def services(request):
    return memory_services(**getattr(request, "param", {}))


def test_a_refused_figure_is_listed_with_its_reason(open_page, services):
    why = "The value is outside what is believable, -1 to 8."
    refused = observed(Indicator.EURIBOR, 26.4, "2026-10", status=ObservationStatus.REFUSED, reason=why)
    services.observations.record_many([refused])

    page = open_page("market.py", section="Sources")

    table = page.dataframe[-1].value
    assert table[["Of", "Value", "Source", "Why not"]].to_numpy().tolist() == [["October 2026", "26.40 %", "ECB", why]]


def tried(services, indicator, *hops, newest=None, asked_at):
    """Keep what a refresh of an indicator came to."""
    refreshed = Refreshed(indicator, hops, newest, asked_at, asked_at.date(), 0)
    name = job_name(indicator)
    services.jobs.take(name, "w", now=asked_at, first_at=asked_at)
    services.jobs.finish(name, "w", refreshed.to_json(), now=asked_at, next_at=asked_at)


@pytest.mark.parametrize("services", [{"sources": market_sources(Settings())}], indirect=True)
def test_what_was_tried_is_told_hop_by_hop_with_times_and_the_next_date(open_page, services):
    today = datetime.now(UTC)
    this_month = Period.parse(f"{today:%Y-%m}")
    services.observations.record_many([observed(Indicator.EURIBOR, 2.6, this_month.text, fetched_at=today)])
    tried(
        services,
        Indicator.EURIBOR,
        Hop("ECB", HopOutcome.FAILED, "ECB did not answer within 10 s.", today),
        Hop("Banco de Portugal", HopOutcome.KEPT, "Two figures came.", today),
        newest=this_month,
        asked_at=today,
    )

    page = open_page("market.py", section="Sources")

    words = said(page)
    due = FACTS[Indicator.EURIBOR].due_on(this_month)
    by = day_words(due, today=today.date())
    assert "**No fresh figure.** ECB did not answer within 10 s." in words
    assert "**New figures.** Two figures came." in words
    assert (
        f"The figure of {this_month.later(1).words} is due by {by}. Asked in this order: ECB, Banco de Portugal."
    ) in words
    assert words.count("No source was asked yet.") == 3


@pytest.mark.parametrize("services", [{"sources": market_sources(Settings())}], indirect=True)
def test_a_source_without_a_series_number_is_not_said_to_be_asked(open_page):
    words = said(open_page("market.py", section="Sources"))

    left_out = "Banco de Portugal is not asked: no series number is set for it. An administrator can set one."
    assert f"Asked in this order: INE, Eurostat (proxy), ECB (proxy). {left_out}" in words
    assert words.count(f"Asked in this order: Eurostat. {left_out}") == 2
    assert words.count("is not asked") == 3


@pytest.mark.parametrize("services", [{"sources": market_sources(Settings())}], indirect=True)
def test_an_administrator_is_told_where_a_series_number_is_set(open_page):
    words = said(open_page("market.py", section="Sources", role=Role.ADMIN))

    assert "Set SMARTBANK_BPSTAT_CPI_ID in the environment or in .env, and start SmartBank again." in words


@pytest.mark.parametrize("services", [{"sources": market_sources(Settings(bpstat_cpi_id=7))}], indirect=True)
def test_a_source_with_a_series_number_is_asked_in_its_turn(open_page):
    words = said(open_page("market.py", section="Sources"))

    assert "Asked in this order: INE, Banco de Portugal, Eurostat (proxy), ECB (proxy)." in words


def test_refreshing_is_queued_watched_and_its_end_is_told_here_and_not_in_the_inbox(open_page, services, work):
    page = open_page("market.py", section="Sources")

    page.button(key="market_refresh").click().run()
    (queued,) = services.queue.recent(WorkKind.MARKET)
    watching = [button.key for button in page.button]
    work()
    page.run()

    assert watching == [f"cancel_{queued.work_id}"]
    assert not page.exception
    assert "market_refresh" in [button.key for button in page.button]
    assert page.session_state["looking_at"] == {queued.work_id}
    assert services.queue.find(queued.work_id).state == "done"


@pytest.mark.parametrize("services", [{"configuration": Settings(market_online=False)}], indirect=True)
def test_where_no_source_may_be_asked_the_page_says_so_instead_of_a_button(open_page):
    page = open_page("market.py", section="Sources")

    assert "market_refresh" not in [button.key for button in page.button]
    assert any("SMARTBANK_MARKET_ONLINE is false" in info.value for info in page.info)
