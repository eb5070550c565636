"""A run in the market of 2026: what it uses, what it warns of, its level, and that it is made again bit for bit."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from smartbank.adapters.market.http import MarketClient
from smartbank.bootstrap import market_ports, replay_ports
from smartbank.bootstrap.market import market_sources
from smartbank.config import Settings
from smartbank.core.customers import CustomerQuery
from smartbank.core.market.flags import market_flags
from smartbank.core.market.indicators import Indicator
from smartbank.core.market.points import point_of
from smartbank.core.market.scale import Standing, places
from smartbank.core.market.snapshot import Origin
from smartbank.core.people import COMMAND_LINE
from smartbank.ml.demo_population import demo_population
from smartbank.ml.shelf import ArtifactShelf
from smartbank.ml.synthetic import load_demo_tables
from smartbank.services.leveling import reference_market, shift_between
from smartbank.services.market_refresh import refresh_market
from smartbank.services.replaying import replay_run
from smartbank.services.runs import RunSource, load_run, ranked_leads
from smartbank.services.settings import change_settings
from tests.bank import EVERYONE, Bank
from tests.contract.test_replay import MODELS
from tests.market_server import MarketServer
from tests.markets import observed
from tests.services import memory_services

NOON = datetime(2026, 10, 8, 12, tzinfo=UTC)
LEADS = 250
THE_YOUNG = RunSource.of_query(CustomerQuery(max_age=30), "up to 30")
OF_2026 = [
    observed(Indicator.EURIBOR, 2.6350455, "2026-09"),
    observed(Indicator.CPI, 3.30, "2026-08"),
    observed(Indicator.EMPLOYMENT, 3.7, "2025-Q3"),
]
STORES = {
    "customers": "CustomerRepository",
    "queue": "WorkQueue",
    "frames": "FrameStore",
    "predictions": "PredictionRepository",
    "settings": "SettingsRepository",
    "outcomes": "OutcomeRepository",
    "observations": "ObservationRepository",
    "snapshots": "SnapshotRepository",
    "overrides": "OverrideRepository",
}


@pytest.fixture
def bank(build):
    bank = Bank()
    bank.services = memory_services(
        configuration=Settings(models_dir=MODELS),
        shelf=ArtifactShelf(MODELS),
        **{name: build(kind) for name, kind in STORES.items()},
    )
    bank.queue = bank.services.queue
    people = demo_population(load_demo_tables(MODELS), n=LEADS, seed=0)
    bank.services.customers.save_many(people, source={"kind": "demo", "name": "demo"}, saved_at=NOON)
    return bank


def delete_all(observations):
    kept = observations._observations
    kept.clear() if isinstance(kept, list) else kept.delete_many({})


def made(bank, source=EVERYONE):
    """Score everybody, or somebody, and return the run and its mean propensity."""
    run_id = bank.score(source)
    ranked = ranked_leads(run_id, by=COMMAND_LINE, frames=bank.services.frames)
    return load_run(run_id, queue=bank.queue), float(ranked["propensity"].mean())


def test_figures_fetched_from_the_publishers_are_scored_with_and_replayed_after_the_publishers_are_gone(bank):
    with MarketServer() as publishers:
        client = MarketClient(sleep=lambda _seconds: None)
        services = replace(bank.services, sources=market_sources(Settings(**publishers.settings()), client=client))
        ports = replace(market_ports(services), online=True, sleep=lambda _seconds: None)
        refreshed = refresh_market(list(Indicator), forced=False, by=COMMAND_LINE, ports=ports, now=NOON)
        run, mean = made(bank)
    replayed = replay_run(run.run_id, by=COMMAND_LINE, ports=replay_ports(services))

    said = {each.indicator: (each.newest.text, each.has_failed) for each in refreshed}
    assert said == {  # in October 2026 employment and confidence are old: every source was asked, the last good stays
        Indicator.EURIBOR: ("2026-09", False),
        Indicator.EMPLOYMENT: ("2025-Q3", True),
        Indicator.CPI: ("2026-08", False),
        Indicator.CONFIDENCE: ("2026-06", True),
    }
    assert point_of(run.snapshot) == (2.6350455, 3.7, 3.3)
    assert {each.origin for each in run.snapshot.readings} == {Origin.FIRST}
    flags = {(flag.indicator, flag.standing) for flag in market_flags(run.snapshot, services.scorer.training_market)}
    assert flags >= {(Indicator.EURIBOR, Standing.HOLE), (Indicator.EMPLOYMENT, Standing.OUTSIDE)}
    assert mean == pytest.approx(run.level.rate, abs=0.005)
    assert (replayed.equal, replayed.is_intact) == (LEADS, True)


def test_a_run_in_the_market_of_2026_has_the_level_it_says_and_is_made_again_without_the_observations(bank):
    services, training = bank.services, bank.services.scorer.training_market
    services.observations.record_many(OF_2026)
    run, mean = made(bank)

    delete_all(services.observations)
    again = replay_run(run.run_id, by=COMMAND_LINE, ports=replay_ports(services))

    snapshot = run.snapshot
    assert {snapshot.reading(each.indicator).origin for each in OF_2026} == {Origin.FIRST}
    used = places(point_of(snapshot), training)
    assert [(round(each.used, 3), each.standing) for each in used.values()] == [
        (2.635, Standing.HOLE),
        (1.4, Standing.OUTSIDE),
        (3.3, Standing.EDGE),
    ]
    said = " ".join(flag.sentence for flag in market_flags(snapshot, training))
    assert "between 1.81 % and 3.05 %" in said
    assert "3.7 % is outside what the model has seen; it is scored as 1.4 %" in said
    assert mean == pytest.approx(run.level.rate, abs=1e-9)
    assert run.level.rate == pytest.approx(0.108, abs=0.0005)
    assert (again.equal, again.is_intact) == (LEADS, True)


def test_the_market_part_of_a_score_is_the_shift_from_the_market_the_base_rate_was_measured_in(bank):
    services, scorer = bank.services, bank.services.scorer
    services.observations.record_many([observed(Indicator.EURIBOR, 1.2, "2026-09")])
    ports = {"settings": services.settings, "market": services.market, "audit": services.audit}
    said = change_settings(
        replace(services.settings.current(), base_rate=0.03), by=COMMAND_LINE, now=datetime.now(UTC), **ports
    )
    services.observations.record_many([observed(Indicator.EURIBOR, 4.2, "2026-10")])

    run, mean = made(bank)
    delete_all(services.observations)

    assert said.base_rate_market == (1.2, 3.7, 3.3) == run.level.reference_market
    shift = shift_between(said.base_rate_market, (4.2, 3.7, 3.3), scorer)
    assert run.level.market_shift == shift == pytest.approx(-0.36, abs=0.02)  # three points of Euribor at -0.12
    assert reference_market(said.rules, scorer) == said.base_rate_market
    assert mean == pytest.approx(run.level.rate, abs=1e-9)
    assert replay_run(run.run_id, by=COMMAND_LINE, ports=replay_ports(services)).equal == LEADS


def test_a_selection_in_a_market_that_moved_keeps_the_anchor_of_everybody_and_is_made_again(bank):
    observations = bank.services.observations
    observations.record_many(OF_2026)
    everybody, _ = made(bank)

    observations.record_many([observed(Indicator.EURIBOR, 2.6450455, "2026-10")])
    moved, _ = made(bank, THE_YOUNG)
    observations.record_many([observed(Indicator.EURIBOR, 2.6350455, "2026-11")])
    back, _ = made(bank, THE_YOUNG)

    assert [run.result["level_source"] for run in (everybody, moved, back)] == ["this run", *["earlier run"] * 2]
    levels = everybody.level, moved.level, back.level
    assert levels[1].market_shift != levels[0].market_shift == levels[2].market_shift
    assert levels[1].log_odds == pytest.approx(levels[0].log_odds, abs=0.002)  # a hundredth of Euribor at -0.12
    assert levels[2].log_odds == levels[0].log_odds
    for run in (moved, back):
        assert replay_run(run.run_id, by=COMMAND_LINE, ports=replay_ports(bank.services)).is_intact
