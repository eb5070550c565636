"""Tests of refreshing the market: who is asked in which order, when nobody is, and one at a time."""

from datetime import date, timedelta

import pytest

from smartbank.adapters import memory
from smartbank.core.audit import AuditAction
from smartbank.core.bank_settings import BankSettings
from smartbank.core.market.hops import HopOutcome, Refreshed
from smartbank.core.market.indicators import Indicator
from smartbank.core.market.observations import Source
from smartbank.core.market.periods import Period
from smartbank.core.people import WORKER
from smartbank.errors import StorageError, WorkCancelledError
from smartbank.services.market_refresh import (
    job_name,
    last_refreshes,
    refresh_indicator,
    refresh_market,
)
from smartbank.services.settings_in_force import SettingsInForce
from tests.actors import ANA
from tests.market_stubs import OCTOBER, Clock, StubSource, bpstat, ecb, market_ports
from tests.markets import observed

KEPT, FAILED, REFUSED = HopOutcome.KEPT, HopOutcome.FAILED, HopOutcome.REFUSED
FRESH, SKIPPED, NOTHING_NEWER = HopOutcome.FRESH, HopOutcome.SKIPPED, HopOutcome.NOTHING_NEWER
SUMMER = (("2026-07", 2.4), ("2026-08", 2.5))
AUTUMN = (*SUMMER, ("2026-09", 2.6))


def refresh(ports, now=OCTOBER, *, forced=False, by=ANA, indicator=Indicator.EURIBOR, **more):
    return refresh_indicator(indicator, forced=forced, by=by, ports=ports, now=now, **more)


def outcomes(refreshed):
    return [(hop.source, hop.outcome) for hop in refreshed.hops]


def keep(ports, value, period, **more):
    ports.observations.record_many([observed(Indicator.EURIBOR, value, period, **more)])


def test_a_fresh_figure_is_kept_and_the_next_source_is_not_asked():
    first, second = ecb(*AUTUMN), bpstat(*AUTUMN)
    ports = market_ports(second, first)

    refreshed = refresh(ports)

    assert outcomes(refreshed) == [("ECB", KEPT)]
    assert refreshed.hops[0].said == "ECB answered with 3 new figures; the newest is of September 2026."
    assert (refreshed.newest, refreshed.new_figures) == (Period.parse("2026-09"), 3)
    assert refreshed.next_due == date(2026, 11, 5)
    assert (first.asked, second.asked) == (1, 0)


def test_while_the_kept_figure_is_fresh_and_nothing_newer_is_due_nobody_is_asked():
    first = ecb(*AUTUMN)
    ports = market_ports(first)
    keep(ports, 2.6, "2026-09")

    refreshed = refresh(ports)

    assert outcomes(refreshed) == [("Kept figures", FRESH)]
    assert refreshed.hops[0].said == ("The figure of September 2026 is fresh; a newer one is due by 5 November 2026.")
    assert first.asked == 0
    assert last_refreshes(by=ANA, jobs=ports.jobs) == {}
    assert outcomes(refresh(ports, forced=True)) == [("ECB", KEPT)]


def test_a_source_that_fails_is_followed_by_the_next_and_both_hops_are_kept():
    ports = market_ports(ecb(error="ECB did not answer within 10 s."), bpstat(*AUTUMN))

    refreshed = refresh(ports)

    assert outcomes(refreshed) == [("ECB", FAILED), ("Banco de Portugal", KEPT)]
    assert refreshed.hops[0].said == "ECB did not answer within 10 s."
    assert last_refreshes(by=ANA, jobs=ports.jobs) == {Indicator.EURIBOR: refreshed}


def test_a_series_that_has_stopped_counts_as_failed_and_its_figures_are_kept():
    ports = market_ports(ecb(("2025-11", 2.0), ("2025-12", 2.1)), bpstat(*AUTUMN))

    refreshed = refresh(ports)

    assert outcomes(refreshed) == [("ECB", FAILED), ("Banco de Portugal", KEPT)]
    assert refreshed.hops[0].said == ("ECB answered, but its newest figure is of December 2025, which is too old.")
    assert refreshed.newest == Period.parse("2026-09")
    frozen = [each for each in ports.observations.history(Indicator.EURIBOR) if each.source is Source.ECB]
    assert [each.period.text for each in frozen] == ["2025-11", "2025-12"]


def test_what_is_not_believed_is_kept_with_its_reason_and_the_next_source_is_asked():
    ports = market_ports(ecb(("2026-09", 26.0)), bpstat(*AUTUMN))

    refreshed = refresh(ports)

    assert outcomes(refreshed) == [("ECB", REFUSED), ("Banco de Portugal", KEPT)]
    (refused,) = ports.observations.refused()
    assert (refused.value, refused.reason) == (26.0, refreshed.hops[0].said)
    assert "outside what is believable" in refused.reason


def test_a_source_that_breaks_in_a_way_nobody_foresaw_is_a_failed_hop():
    first = ecb(*AUTUMN)
    first.before_answer = lambda: {}["no such thing"]

    refreshed = refresh(market_ports(first, bpstat(*AUTUMN)))

    assert outcomes(refreshed) == [("ECB", FAILED), ("Banco de Portugal", KEPT)]
    assert refreshed.hops[0].said == "ECB sent something SmartBank cannot read."


def test_with_every_source_down_the_last_good_figure_stays_and_it_is_said_so():
    down = ecb(error="ECB did not answer."), bpstat(error="Banco de Portugal did not answer.")
    ports, bare = market_ports(*down), market_ports(*down)
    keep(ports, 2.4, "2026-06")

    left, nothing = refresh(ports), refresh(bare)

    assert outcomes(left) == [("ECB", FAILED), ("Banco de Portugal", FAILED), ("Kept figures", SKIPPED)]
    assert "the last good one, of June 2026 from ECB, stays in force" in left.hops[-1].said
    assert "the figure that came with SmartBank stays in force" in nothing.hops[-1].said
    assert (left.newest, nothing.newest) == (Period.parse("2026-06"), None)
    assert left.has_failed


def test_a_source_that_knows_nothing_newer_yet_is_believed():
    ports = market_ports(ecb(*SUMMER), bpstat(*AUTUMN))
    for period, value in SUMMER:
        keep(ports, value, period, series="ecb series")

    refreshed = refresh(ports)

    assert outcomes(refreshed) == [("ECB", NOTHING_NEWER)]
    assert refreshed.is_good


def test_a_figure_of_the_second_source_stands_in_for_a_day():
    first = ecb(error="ECB did not answer.")
    ports = market_ports(first, bpstat(*AUTUMN))
    refresh(ports)
    first.error, first.points = "", AUTUMN

    same_day = refresh(ports, OCTOBER + timedelta(hours=2))
    next_day = refresh(ports, OCTOBER + timedelta(days=1))

    assert outcomes(same_day) == [("Kept figures", FRESH)]
    assert outcomes(next_day) == [("ECB", KEPT)]


def test_within_a_minute_nobody_asks_again_forced_or_not():
    first = ecb(error="ECB did not answer.")
    ports = market_ports(first)
    once = refresh(ports)

    again = refresh(ports, OCTOBER + timedelta(seconds=59), forced=True)
    later = refresh(ports, OCTOBER + timedelta(seconds=60))

    assert again == once
    assert later.asked_at == OCTOBER + timedelta(seconds=60)
    assert first.asked == 2


def test_smartbank_itself_waits_an_hour_after_a_failure():
    first = ecb(error="ECB did not answer.")
    ports = market_ports(first)
    refresh(ports, by=WORKER)

    soon = refresh(ports, OCTOBER + timedelta(minutes=59), by=WORKER)

    assert outcomes(soon) == [("Kept figures", SKIPPED)]
    assert soon.hops[0].said == "The sources are asked again at 10:00 UTC."
    assert first.asked == 1
    refresh(ports, OCTOBER + timedelta(minutes=60), by=WORKER)
    assert first.asked == 2


def test_whoever_comes_second_waits_for_the_first_and_gets_what_it_came_to():
    clock, first = Clock(), ecb(*AUTUMN)
    ports = market_ports(first, clock=clock)
    name = job_name(Indicator.EURIBOR)
    ports.jobs.take(name, "another", now=OCTOBER, first_at=OCTOBER)
    theirs = refresh(market_ports(ecb(error="ECB did not answer.")))
    clock.waited = lambda: ports.jobs.finish(name, "another", theirs.to_json(), now=OCTOBER, next_at=OCTOBER)

    mine = refresh(ports, forced=True)

    assert mine == theirs
    assert (first.asked, clock.seconds) == (0, 0.5)


def test_one_that_waits_for_too_long_leaves_it_at_what_is_kept():
    clock, first = Clock(), ecb(*AUTUMN)
    ports = market_ports(first, clock=clock, jobs=NobodyEnds())

    mine = refresh(ports)

    assert outcomes(mine) == [("Kept figures", SKIPPED)]
    assert mine.hops[0].said == "Somebody else is asking the sources for this right now. Look again in a minute."
    assert (first.asked, clock.seconds) == (0, 90.5)


class NobodyEnds:
    """A schedule in which another holds every job for ever."""

    def take(self, *_args, **_more):
        return False

    def standing(self, _name):
        return None


def test_a_refresh_that_is_broken_off_gives_the_job_back():
    ports = market_ports(ecb(*AUTUMN))

    def stop():
        raise WorkCancelledError("Stop.")

    with pytest.raises(WorkCancelledError):
        refresh(ports, go_on=stop)

    assert ports.jobs.standing(job_name(Indicator.EURIBOR)).lease_until is None
    assert outcomes(refresh(ports)) == [("ECB", KEPT)]


def test_a_database_that_does_not_answer_fails_the_job_and_says_so():
    ports = market_ports(ecb(*AUTUMN))
    ports.observations.record_many = lambda _: raise_storage_error()

    with pytest.raises(StorageError):
        refresh(ports)

    standing = ports.jobs.standing(job_name(Indicator.EURIBOR))
    assert (standing.error, standing.lease_until) == ("The database is away.", None)


def raise_storage_error():
    raise StorageError("The database is away.")


def test_a_closed_network_is_not_asked_and_it_is_said_so():
    first = ecb(*AUTUMN)

    refreshed = refresh(market_ports(first, online=False), forced=True)

    assert outcomes(refreshed) == [("Kept figures", SKIPPED)]
    assert "SMARTBANK_MARKET_ONLINE" in refreshed.hops[0].said
    assert first.asked == 0


def test_the_daily_euribor_goes_first_where_the_bank_wants_it():
    daily = StubSource(Source.BUNDESBANK, ("2026-10-06", 2.61), ("2026-10-07", 2.62))
    monthly = ecb(*AUTUMN)
    settings = memory.MemorySettingsRepository()
    settings.save(BankSettings(daily_euribor=True), by="ana", at=OCTOBER)
    ports = market_ports(daily, monthly)
    wanting = market_ports(daily, monthly, settings=SettingsInForce(settings))

    assert outcomes(refresh(ports)) == [("ECB", KEPT)]
    refreshed = refresh(wanting)

    assert outcomes(refreshed) == [("Bundesbank", KEPT)]
    assert refreshed.next_due == date(2026, 10, 8)


def test_what_a_person_asked_for_is_on_record_and_a_look_of_smartbank_only_if_it_brought_something():
    ports = market_ports(ecb(*AUTUMN))

    refresh_market([Indicator.EURIBOR], forced=False, by=WORKER, ports=ports, now=OCTOBER)
    later = OCTOBER + timedelta(days=1)
    refresh_market([Indicator.EURIBOR], forced=False, by=WORKER, ports=ports, now=later)
    refresh_market([Indicator.EURIBOR], forced=False, by=ANA, ports=ports, now=later)

    events = [entry.event for entry in ports.audit.entries()]
    assert [(event.who, event.action) for event in events] == [
        ("smartbank", AuditAction.REFRESH_MARKET),
        ("ana", AuditAction.REFRESH_MARKET),
    ]
    assert events[0].details == {"asked": ["euribor3m"], "new_figures": 3, "failed": []}


def test_what_a_refresh_came_to_reads_back_from_json():
    refreshed = refresh(market_ports(ecb(error="ECB did not answer."), bpstat(*AUTUMN)))

    assert Refreshed.from_json(refreshed.to_json()) == refreshed
