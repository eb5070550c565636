import json
from datetime import UTC, datetime

import httpx2
import pytest

from smartbank.adapters import memory
from smartbank.adapters.market.http import MarketClient
from smartbank.adapters.market.ine import IneSource
from smartbank.bootstrap.market import market_sources, series_in_use
from smartbank.config import Settings
from smartbank.core.market.indicators import Indicator
from smartbank.core.market.observations import Source
from smartbank.core.ports import MarketSource
from smartbank.errors import MarketSourceError
from tests.market_server import SERVICES, MarketServer
from tests.markets import observed

NOW = datetime(2026, 10, 8, 9, tzinfo=UTC)
ALL = [
    (Source.ECB, Indicator.EURIBOR, False, "percent", "2026-09", 2.6350455),
    (Source.ECB, Indicator.CPI, True, "percent", "2026-08", 3.4),
    (Source.INE, Indicator.CPI, False, "index", "2026-08", 103.276),
    (Source.EUROSTAT, Indicator.EMPLOYMENT, False, "thousand persons", "2025-Q3", 5332.1),
    (Source.EUROSTAT, Indicator.CONFIDENCE, False, "balance", "2026-06", -21.9),
    (Source.EUROSTAT, Indicator.CPI, True, "percent", "2026-08", 3.4),
    (Source.BPSTAT, Indicator.EURIBOR, False, "percent", "2026-09", 2.6350455),
    (Source.BPSTAT, Indicator.CPI, False, "percent", "2026-08", 3.3),
    (Source.BPSTAT, Indicator.EMPLOYMENT, False, "thousand persons", "2025-Q3", 5332.1),
    (Source.BPSTAT, Indicator.CONFIDENCE, False, "balance", "2026-06", -21.9),
    (Source.BUNDESBANK, Indicator.EURIBOR, False, "percent", "2026-10-07", 2.655),
]


@pytest.fixture(scope="module")
def server():
    with MarketServer() as publishers:
        yield publishers


@pytest.fixture
def publishers(server):
    server.asked.clear()
    server.questions.clear()
    yield server
    server.calm()


@pytest.fixture
def pauses():
    return []


@pytest.fixture
def source(publishers, pauses):
    """Return a function that finds a source; its client neither sleeps nor waits long for an answer."""
    client = MarketClient(sleep=pauses.append, timeout=httpx2.Timeout(0.3), jitter=lambda: 0.0)
    sources = market_sources(Settings(**publishers.settings()), client=client)

    def find(publisher, indicator):
        (found,) = (one for one in sources if (one.source, one.indicator) == (publisher, indicator))
        return found

    return find


@pytest.fixture
def euribor(source):
    return source(Source.ECB, Indicator.EURIBOR)


@pytest.fixture
def employment(source):
    return source(Source.EUROSTAT, Indicator.EMPLOYMENT)


@pytest.fixture
def prices(source):
    return source(Source.INE, Indicator.CPI)


@pytest.mark.parametrize("expected", ALL)
def test_each_source_reads_the_figures_of_2026(source, expected):
    publisher, indicator, is_proxy, unit, period, value = expected
    asked: MarketSource = source(publisher, indicator)

    series = asked.fetch(now=NOW)

    assert (asked.is_proxy, series.source, series.unit, series.fetched_at) == (is_proxy, publisher, unit, NOW)
    assert (series.points[-1].period.text, series.points[-1].value) == (period, value)
    assert series.series


def test_no_other_source_is_there_and_none_at_all_without_a_network(publishers):
    sources = market_sources(Settings(**publishers.settings()))

    assert {(one.source, one.indicator) for one in sources} == {(row[0], row[1]) for row in ALL}
    assert market_sources(Settings(market_online=False)) == ()


def test_the_numbers_of_bpstat_that_are_set_are_the_series_that_count_also_where_nobody_is_asked():
    series = series_in_use(Settings(bpstat_cpi_id=5, market_online=False))

    assert series == {
        (Indicator.EURIBOR, Source.BPSTAT): "13168436",
        (Indicator.CPI, Source.BPSTAT): "5",
        (Indicator.EMPLOYMENT, Source.BPSTAT): "",
        (Indicator.CONFIDENCE, Source.BPSTAT): "",
    }


def test_bpstat_is_asked_only_for_series_whose_number_is_known():
    sources = market_sources(Settings(bpstat_cpi_id=5))

    assert [(one.indicator, one.series_id) for one in sources if one.source is Source.BPSTAT] == [
        (Indicator.EURIBOR, 13168436),
        (Indicator.CPI, 5),
    ]


def test_two_failures_are_waited_out(euribor, publishers, pauses):
    publishers.play("ecb euribor", "503", "503")

    euribor.fetch(now=NOW)

    assert publishers.asked["ecb euribor"] == 3
    assert pauses == [0.5, 1.0]


def test_a_publisher_that_never_answers_is_given_up_after_three_tries(euribor, publishers):
    publishers.play("ecb euribor", "time-out", "time-out", "time-out")

    with pytest.raises(MarketSourceError, match="ECB did not answer in time"):
        euribor.fetch(now=NOW)

    assert publishers.asked["ecb euribor"] == 3


def test_the_pause_of_a_busy_publisher_is_kept(euribor, publishers, pauses):
    publishers.play("ecb euribor", "429")

    euribor.fetch(now=NOW)

    assert pauses == [1.0]


@pytest.mark.parametrize(
    ("trap", "said"),
    [
        ("403", "refuses to answer SmartBank"),
        ("404", "does not know the series"),
        ("html", "a web page"),
        ("large", "more than 2 MB"),
        ("429 later", "left alone for 3600 seconds"),
        ("empty", "without a value"),
        ("unpinned", "one series|not pinned|another series"),
    ],
)
@pytest.mark.parametrize(
    "asked",
    [
        (Source.ECB, Indicator.EURIBOR, "ecb euribor"),
        (Source.INE, Indicator.CPI, "ine cpi"),
        (Source.EUROSTAT, Indicator.EMPLOYMENT, "eurostat employment"),
        (Source.BPSTAT, Indicator.EURIBOR, "bpstat euribor"),
    ],
    ids=lambda asked: asked[2],
)
def test_traps_are_refused_by_each_source(source, publishers, asked, trap, said):
    publisher, indicator, service = asked
    publishers.play(service, trap, forever=True)

    with pytest.raises(MarketSourceError, match=said):
        source(publisher, indicator).fetch(now=NOW)


@pytest.mark.parametrize(("publisher", "indicator"), [row[:2] for row in ALL])
def test_gzip_without_its_header_changes_nothing(source, publishers, publisher, indicator):
    plain = source(publisher, indicator).fetch(now=NOW)
    publishers.play("all", "gzip", forever=True)

    packed = source(publisher, indicator).fetch(now=NOW)

    assert packed == plain


def test_a_frozen_series_a_jump_and_an_unknown_mark_are_handed_on_to_be_judged(employment, euribor, publishers):
    publishers.play("ecb euribor", "frozen", "jump")
    publishers.play("eurostat employment", "unknown flag")

    frozen, jumped, marked = (each.fetch(now=NOW).points[-1] for each in (euribor, euribor, employment))

    assert frozen.period.text == "2025-12"
    assert jumped.value == 5.635
    assert marked.flag == "z"


@pytest.mark.parametrize(("publisher", "indicator"), [row[:2] for row in ALL])
def test_a_missing_cell_is_no_point(source, publishers, publisher, indicator):
    whole = source(publisher, indicator).fetch(now=NOW)
    publishers.play("all", "missing cell", forever=True)

    short = source(publisher, indicator).fetch(now=NOW)

    assert short.points == whole.points[:-1]


def test_ine_is_asked_year_by_year_from_may_2007_to_the_last_month_that_is_over(prices, publishers):
    prices.fetch(now=NOW)

    asked = [question.split("Dim1=")[1].split("&")[0] for _, question, _ in publishers.questions]
    assert len(asked) == 20
    assert asked[0] == "%2C".join(f"S3A2007{month:02d}" for month in range(5, 13))
    assert asked[-1] == "%2C".join(f"S3A2026{month:02d}" for month in range(1, 10))


def test_ine_gets_a_second_between_two_questions(publishers, pauses):
    prices = IneSource(MarketClient(sleep=pauses.append), f"{publishers.address}/ine")

    prices.fetch(now=NOW)

    assert pauses == [1.0] * 19


def test_years_that_are_kept_are_left_out_but_never_those_of_the_training_data(publishers):
    kept = memory.MemoryObservationRepository()
    kept.record_many([observed(Indicator.CPI, 2.0, "2023-12")])
    sources = market_sources(Settings(**publishers.settings()), observations=kept)

    next(one for one in sources if one.source is Source.INE).fetch(now=NOW)

    years = [question.split("S3A")[1][:4] for _, question, _ in publishers.questions]
    assert years == ["2007", "2008", "2009", "2010", "2024", "2025", "2026"]


def test_in_january_no_month_of_the_year_is_asked(prices, publishers):
    prices.fetch(now=datetime(2026, 1, 9, tzinfo=UTC))

    assert "S3A2025" in publishers.questions[-1][1]


def answered(said):
    body = httpx2.ByteStream(json.dumps(said).encode())
    return httpx2.Response(200, headers={"Content-Type": "application/json"}, stream=body)


@pytest.mark.parametrize(
    ("now", "unknown", "last"),
    [(NOW, "S3A202609", "S3A202608"), (datetime(2027, 1, 9, tzinfo=UTC), "S3A202612", "S3A202611")],
)
def test_a_month_ine_does_not_know_yet_costs_only_itself(pauses, now, unknown, last):
    refused = []

    def answer(request):
        codes = request.url.params["Dim1"].split(",")
        if codes[-1] == unknown:
            refused.append(codes)
            return answered([{"IndicadorCod": "0014639", "Sucesso": {"Falso": [{"Msg": "x"}]}}])
        told = {"Agosto de 2026": [{"valor": "103.276"}]} if codes[-1] == last else {}
        done = {"IndicadorCod": "0014639", "Dados": told, "Sucesso": {"Verdadeiro": [{"Msg": "OK"}]}}
        return answered([done])

    client = MarketClient(transport=httpx2.MockTransport(answer), sleep=pauses.append)

    series = IneSource(client, "https://ine.example").fetch(now=now)

    assert len(refused) == 1
    assert [(point.period.text, point.value) for point in series.points] == [("2026-08", 103.276)]


def test_a_number_of_bpstat_that_is_another_series_is_not_believed(publishers):
    swapped = publishers.settings() | {"bpstat_cpi_id": 90000003}
    (prices,) = (
        one
        for one in market_sources(Settings(**swapped))
        if (one.source, one.indicator) == (Source.BPSTAT, Indicator.CPI)
    )

    with pytest.raises(MarketSourceError, match='calls series 90000003 "Consumer confidence indicator'):
        prices.fetch(now=NOW)

    assert publishers.asked["bpstat confidence"] == 0


def test_without_the_publishers_nobody_can_be_reached():
    with MarketServer() as gone:
        client = MarketClient(sleep=lambda _: None)
        sources = market_sources(Settings(**gone.settings()), client=client)

    for one in sources:
        with pytest.raises(MarketSourceError, match="cannot be reached"):
            one.fetch(now=NOW)
    assert set(gone.asked) <= set(SERVICES)
