"""From the loopback publishers through the readers to what is believed."""

from datetime import UTC, datetime

import httpx2
import pytest

from smartbank.adapters import memory
from smartbank.adapters.market.http import MarketClient
from smartbank.bootstrap.market import market_sources
from smartbank.config import Settings
from smartbank.core.market.indicators import Indicator
from smartbank.core.market.judging import judge_series
from smartbank.core.market.observations import Source
from smartbank.ml.level_model import LevelModel
from smartbank.ml.months import training_market_of
from tests.market_server import MarketServer

NOW = datetime(2026, 10, 8, 9, tzinfo=UTC)
TRAINING = training_market_of(LevelModel((0, 0, 0), (3.6, 0.1, 1.7), (0.634, -3.4, -1.67), (5.045, 1.4, 3.35)))
ASKED_FOR = {
    "ecb euribor": (Source.ECB, Indicator.EURIBOR),
    "ine cpi": (Source.INE, Indicator.CPI),
    "eurostat employment": (Source.EUROSTAT, Indicator.EMPLOYMENT),
    "eurostat confidence": (Source.EUROSTAT, Indicator.CONFIDENCE),
}
PROXIES = [(Source.ECB, 3.4), (Source.EUROSTAT, 3.4)]
BELIEVED = [
    (Source.ECB, Indicator.EURIBOR, "2026-09", 2.6350455),
    (Source.INE, Indicator.CPI, "2026-08", 3.30),
    (Source.EUROSTAT, Indicator.EMPLOYMENT, "2025-Q3", 3.7),
    (Source.EUROSTAT, Indicator.CONFIDENCE, "2026-06", -21.9),
    (Source.BPSTAT, Indicator.EURIBOR, "2026-09", 2.6350455),
    (Source.BPSTAT, Indicator.CPI, "2026-08", 3.30),
    (Source.BPSTAT, Indicator.EMPLOYMENT, "2025-Q3", 3.7),
    (Source.BPSTAT, Indicator.CONFIDENCE, "2026-06", -21.9),
    (Source.BUNDESBANK, Indicator.EURIBOR, "2026-10-07", 2.655),
]


@pytest.fixture(scope="module")
def server():
    with MarketServer() as publishers:
        yield publishers


@pytest.fixture
def publishers(server):
    yield server
    server.calm()


def judged(publishers, source, indicator, *, kept=None):
    client = MarketClient(sleep=lambda _: None, timeout=httpx2.Timeout(5.0))
    sources = market_sources(Settings(**publishers.settings()), observations=kept, client=client)
    (one,) = (each for each in sources if (each.source, each.indicator) == (source, indicator))
    return judge_series(
        one.fetch(now=NOW),
        indicator=indicator,
        is_proxy=one.is_proxy,
        training=TRAINING,
        known=kept.history(indicator) if kept is not None else [],
        today=NOW.date(),
    )


@pytest.mark.parametrize(("source", "indicator", "period", "value"), BELIEVED)
def test_the_figures_of_2026_are_believed(publishers, source, indicator, period, value):
    result = judged(publishers, source, indicator)

    assert result.problem == ""
    assert (result.newest.period.text, result.newest.value) == (period, value)


@pytest.mark.parametrize(("source", "value"), PROXIES)
def test_harmonised_prices_are_labelled_a_proxy(publishers, source, value):
    newest = judged(publishers, source, Indicator.CPI).newest

    assert (newest.is_proxy, newest.value) == (True, value)


def test_prices_on_another_base_come_to_the_same(publishers):
    publishers.play("ine cpi", "another base", forever=True)

    assert judged(publishers, Source.INE, Indicator.CPI).newest.value == 3.30


def test_another_price_index_is_refused(publishers):
    publishers.play("ine cpi", "another series", forever=True)

    result = judged(publishers, Source.INE, Indicator.CPI)

    assert result.newest is None
    assert "no longer that of the training data" in result.problem


def test_years_left_out_cost_no_new_figure(publishers):
    kept = memory.MemoryObservationRepository()
    publishers.play("ine cpi", "frozen", forever=True)
    kept.record_many(judged(publishers, Source.INE, Indicator.CPI).observations)
    publishers.calm()

    result = judged(publishers, Source.INE, Indicator.CPI, kept=kept)

    assert (result.problem, result.newest.period.text, result.newest.value) == ("", "2026-08", 3.30)


@pytest.mark.parametrize(
    ("service", "trap", "value"),
    [
        ("ecb euribor", "jump", 2.5288),
        ("ecb euribor", "unknown flag", 2.5288),
        ("ine cpi", "jump", 3.04),
        ("eurostat employment", "jump", 3.2),
        ("eurostat employment", "unknown flag", 3.2),
        ("eurostat confidence", "jump", -21.6083),
        ("eurostat confidence", "unknown flag", -21.6083),
    ],
)
def test_of_a_jump_and_an_unknown_mark_the_value_before_is_kept(publishers, service, trap, value):
    source, indicator = ASKED_FOR[service]
    publishers.play(service, trap, forever=True)

    result = judged(publishers, source, indicator)

    assert "a jump of" in result.problem or 'the mark "z", which is not known' in result.problem
    assert result.newest.value == value
