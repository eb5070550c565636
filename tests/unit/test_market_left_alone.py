"""Tests of publishers that ask to be left alone: nobody asks them until then, for whatever figure."""

from datetime import timedelta

from smartbank.core.market.hops import HopOutcome
from smartbank.core.market.indicators import Indicator
from smartbank.core.market.observations import Source
from smartbank.core.people import WORKER
from smartbank.services.market_refresh import job_name, last_refreshes
from tests.actors import ANA
from tests.market_stubs import OCTOBER, StubSource, bpstat, ecb, market_ports
from tests.unit.test_market_refresh import SUMMER, refresh


def test_a_publisher_that_asked_to_be_left_alone_is_asked_by_nobody_until_then_for_nothing():
    resting = ecb(error="ECB answered 429.", wait_s=7200)
    prices = StubSource(Source.ECB, indicator=Indicator.CPI, is_proxy=True, error="ECB answered 429.")
    ports = market_ports(resting, prices, bpstat(*SUMMER))

    first = refresh(ports)
    again = refresh(ports, OCTOBER + timedelta(minutes=119), forced=True)
    refresh(ports, OCTOBER + timedelta(minutes=119), indicator=Indicator.CPI, by=WORKER)

    assert first.hops[0].said == "ECB answered 429. It is not asked again before 11:00 UTC on 8 October 2026."
    assert [(hop.source, hop.outcome) for hop in again.hops[:2]] == [
        ("ECB", HopOutcome.SKIPPED),
        ("Banco de Portugal", HopOutcome.NOTHING_NEWER),
    ]
    assert again.hops[0].said == "ECB asked to be left alone; it is not asked before 11:00 UTC on 8 October 2026."
    assert (resting.asked, prices.asked) == (1, 0)
    refresh(ports, OCTOBER + timedelta(hours=2), forced=True)
    assert resting.asked == 2


def test_where_every_publisher_is_left_alone_nobody_is_asked_and_the_job_waits_for_the_first_of_them():
    sources = ecb(error="ECB answered 503.", wait_s=7200), bpstat(error="Banco de Portugal answered 503.", wait_s=9000)
    ports = market_ports(*sources)
    first = refresh(ports, by=WORKER)

    again = refresh(ports, OCTOBER + timedelta(hours=1), forced=True)

    assert ports.jobs.standing(job_name(Indicator.EURIBOR)).due_at == OCTOBER + timedelta(hours=2)
    assert not again.was_asked
    assert [each.asked for each in sources] == [1, 1]
    assert last_refreshes(by=ANA, jobs=ports.jobs) == {Indicator.EURIBOR: first}
