"""The view of the market page on its sources: who is asked, what came of it, and what was not believed."""

from datetime import UTC, datetime, timedelta

import pytest

from smartbank.bootstrap.market import market_sources
from smartbank.config import Settings
from smartbank.core.market.hops import Hop, HopOutcome, Refreshed
from smartbank.core.market.indicators import FACTS, Indicator
from smartbank.core.market.observations import ObservationStatus
from smartbank.core.market.periods import Period
from smartbank.core.people import Role
from smartbank.core.work import WorkKind
from smartbank.services.market_hops import KEPT_FIGURES
from smartbank.ui.market_words import day_words
from tests.markets import observed, put_refreshed
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


@pytest.mark.parametrize("services", [{"sources": market_sources(Settings())}], indirect=True)
def test_what_was_tried_is_told_hop_by_hop_with_times_and_the_next_date(open_page, services):
    today = datetime.now(UTC)
    this_month = Period.parse(f"{today:%Y-%m}")
    services.observations.record_many([observed(Indicator.EURIBOR, 2.6, this_month.text, fetched_at=today)])
    hops = (
        Hop("ECB", HopOutcome.FAILED, "ECB did not answer within 10 s.", today),
        Hop("Banco de Portugal", HopOutcome.KEPT, "Two figures came.", today),
    )
    put_refreshed(services.jobs, Indicator.EURIBOR, *hops, newest=this_month)
    put_refreshed(
        services.jobs,
        Indicator.CPI,
        Hop("INE", HopOutcome.FAILED, "INE did not answer.", today),
        Hop(KEPT_FIGURES, HopOutcome.SKIPPED, "The last good one stays.", today),
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
    assert "**Meanwhile.** The last good one stays." in words
    assert words.count("No source was asked yet.") == 2


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


NEXT = datetime(2026, 12, 1, tzinfo=UTC).date()


def refreshed(indicator, outcome, said="So it was.", new_figures=0, *, asked_at):
    source = KEPT_FIGURES if outcome is HopOutcome.SKIPPED else "ECB"
    return Refreshed(indicator, (Hop(source, outcome, said, asked_at),), None, asked_at, NEXT, new_figures)


@pytest.fixture
def ends_with(open_page, services):
    """Have a refresh asked for on the page end with what came of each indicator, and return the page."""

    def ends_with(*outcomes, ago_s=0):
        page = open_page("market.py", section="Sources")
        page.button(key="market_refresh").click().run()
        (queued,) = services.queue.recent(WorkKind.MARKET)
        asked_at = queued.created_at - timedelta(seconds=ago_s)
        done = [refreshed(*each, asked_at=asked_at) for each in outcomes]
        services.queue.claim("w", now=queued.created_at, kinds=(WorkKind.MARKET,))
        services.queue.finish(queued.work_id, "w", {"refreshed": [each.to_json() for each in done]}, now=asked_at)
        return page.run()

    return ends_with


def test_the_end_of_a_refresh_tells_what_is_new_and_what_failed(ends_with):
    page = ends_with((Indicator.EURIBOR, HopOutcome.KEPT, "New.", 2), (Indicator.CPI, HopOutcome.FAILED))

    assert [each.value for each in page.success] == ["2 new figures came."]
    assert said_of_refresh(page) == [
        "No source gave a fresh figure of: Consumer prices; the last good one stays. Below is what was tried."
    ]


def test_only_figures_that_were_asked_for_are_said_to_have_nothing_newer(ends_with):
    busy = "Somebody else is asking the sources for this right now. Look again in a minute."

    page = ends_with((Indicator.EURIBOR, HopOutcome.NOTHING_NEWER), (Indicator.CPI, HopOutcome.SKIPPED, busy))

    assert [each.value for each in page.success] == ["Nothing newer is published yet of: Euribor."]
    assert said_of_refresh(page) == [f"Nobody was asked for: Consumer prices. {busy}"]


def test_where_all_were_asked_and_had_nothing_newer_that_is_said(ends_with):
    page = ends_with((Indicator.EURIBOR, HopOutcome.NOTHING_NEWER), (Indicator.CPI, HopOutcome.NOTHING_NEWER))

    assert [each.value for each in page.success] == ["Nothing newer is published yet."]


@pytest.mark.parametrize(
    ("outcome", "ago_s"), [(HopOutcome.NOTHING_NEWER, 30), (HopOutcome.KEPT, 0), (HopOutcome.FAILED, 30)]
)
def test_what_another_refresh_had_just_asked_for_is_not_said_to_be_asked_again(ends_with, outcome, ago_s):
    page = ends_with((Indicator.EURIBOR, outcome), ago_s=ago_s)

    assert not page.success
    words = said_of_refresh(page)[-1]
    assert words.startswith("The sources had just been asked for: Euribor (")
    assert words.endswith("), so nobody was asked again. Below is what came of it.")


def said_of_refresh(page):
    """Return the notes on a refresh: of all the page says, those that are no warning of old figures."""
    told = [each.value for each in (*page.warning, *page.info)]
    return [each for each in told if "old. Levels" not in each and "came with SmartBank" not in each]
