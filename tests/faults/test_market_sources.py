"""Every publisher of market figures is down or lies: the last good figures stay, and scoring goes on."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx2
import pytest
from fastapi.testclient import TestClient

from smartbank.adapters.market.http import MarketClient
from smartbank.api.access import known
from smartbank.api.app import create_api
from smartbank.bootstrap import market_ports
from smartbank.bootstrap.market import market_sources
from smartbank.config import Settings
from smartbank.core.market.indicators import Indicator
from smartbank.ml.level_model import LevelModel
from smartbank.ml.months import training_market_of
from smartbank.services.market_refresh import refresh_market
from tests.actors import ANA
from tests.market_server import MarketServer
from tests.services import memory_services
from tests.stubs import StubScorer

NOW = datetime(2026, 10, 8, 9, tzinfo=UTC)
DAYS = itertools.count(1)
LEAD = {"personal_info": {"age": 45, "job": "admin"}, "financial_info": {}}


class ScorerOfTheTrainingMonths(StubScorer):
    """Knows the market the model was trained in, by which figures are judged."""

    training_market = training_market_of(
        LevelModel((0, 0, 0), (3.6, 0.1, 1.7), (0.634, -3.4, -1.67), (5.045, 1.4, 3.35))
    )


@pytest.fixture(scope="module")
def publishers():
    with MarketServer() as publishers:
        yield publishers


@pytest.fixture(scope="module")
def services(publishers):
    """Services that asked every publisher once, when all was well."""
    configuration = Settings(**publishers.settings())
    services = memory_services(configuration=configuration, scorer=ScorerOfTheTrainingMonths())
    client = MarketClient(sleep=lambda _: None, timeout=httpx2.Timeout(5.0))
    sources = market_sources(configuration, observations=services.observations, client=client)
    services = replace(services, sources=sources)
    refreshed = refresh(services, NOW)
    assert all(each.new_figures for each in refreshed)
    return services


@pytest.fixture
def tomorrow(publishers):
    """Another day for each test: within a minute nobody is asked again."""
    yield NOW + timedelta(days=next(DAYS))
    publishers.calm()


def in_force(services):
    """Return the figures scorings use, each with its period and source."""
    readings = services.market.look().readings
    return [(each.indicator, each.value, each.period, each.source) for each in readings]


def refresh(services, now):
    return refresh_market(tuple(Indicator), forced=True, by=ANA, ports=market_ports(services), now=now)


@pytest.mark.parametrize("trap", ["503", "404", "html", "large", "empty", "unpinned", "frozen", "jump", "unknown flag"])
def test_whatever_all_of_them_say_the_last_good_figures_stay_and_leads_are_scored(services, publishers, tomorrow, trap):
    before = in_force(services)
    publishers.play("all", trap, forever=True)

    refreshed = refresh(services, tomorrow)

    api = create_api(lambda: services)
    api.dependency_overrides[known] = lambda: ANA
    answer = TestClient(api, raise_server_exceptions=False).post("/v1/predictions", json=LEAD)
    assert all(each.was_asked for each in refreshed)
    assert all(hop.said.endswith(".") for each in refreshed for hop in each.hops)
    assert in_force(services) == before
    assert answer.status_code == 200
