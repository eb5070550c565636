"""Tests of `python -m smartbank market`, on services in memory."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import typer
from typer.testing import CliRunner

from smartbank import bootstrap
from smartbank.cli import market
from smartbank.core.market.indicators import Indicator
from smartbank.core.market.snapshot import BUNDLED_SNAPSHOT, MarketSnapshot, Origin
from tests.market_stubs import bpstat, ecb
from tests.markets import observed
from tests.services import memory_services
from tests.stubs import StubScorer

TODAY = datetime.now(UTC)
THIS_MONTH = f"{TODAY:%Y-%m}"
DOWN = "ECB did not answer within 10 s."


@pytest.fixture
def sources():
    return [ecb(error=DOWN), bpstat((THIS_MONTH, 2.4))]


@pytest.fixture
def services(monkeypatch, sources):
    services = memory_services(sources=sources)

    @contextmanager
    def open_services(_settings):
        yield services

    monkeypatch.setattr(bootstrap, "open_services", open_services)
    return services


def run(*arguments):
    app = typer.Typer()
    market.register(app)
    return CliRunner().invoke(app, ["market", *arguments])


def test_a_refresh_prints_every_hop_and_what_is_in_force(services):
    result = run("refresh", "--indicator", "euribor3m")

    assert result.exit_code == 0, result.output
    first, second = result.output.splitlines()[:2]
    assert "failed" in first
    assert first.endswith(DOWN)
    assert "kept" in second
    assert "Banco de Portugal answered with 1 new figure" in second
    assert "2.40 %" in result.output
    assert "Banco de Portugal (second source)" in result.output
    assert "! Euribor 3 months: 2.40 % lies where the model has seen nothing" in result.output


def test_a_refresh_that_leaves_a_figure_old_exits_with_1(services, sources):
    sources[1].error = "Banco de Portugal did not answer."

    result = run("refresh", "--indicator", "euribor3m")

    assert result.exit_code == 1
    assert "No source gave a fresh figure" in result.output


def test_a_fresh_figure_is_asked_for_again_only_by_force(services, sources):
    services.observations.record_many([observed(Indicator.EURIBOR, 2.4, THIS_MONTH, fetched_at=TODAY)])

    assert "is fresh" in run("refresh", "--indicator", "euribor3m").output
    assert sources[0].asked == 0
    assert run("refresh", "--indicator", "euribor3m", "--force").exit_code == 0
    assert sources[0].asked == 1


def test_what_is_in_force_is_shown_with_source_and_age(services):
    result = run("show")

    assert result.exit_code == 0
    assert "September 2026, ECB (bundled with SmartBank)" in result.output
    assert "Market bundled-2026-10-" in result.output


def test_the_history_shows_the_newest_figures_by_period(services):
    months = (("2026-07", 2.1), ("2026-08", 2.2), ("2026-09", 2.3))
    services.observations.record_many([observed(Indicator.EURIBOR, value, month) for month, value in months])

    result = run("history", "euribor3m", "--limit", "2")

    assert [line.split()[:3] for line in result.output.splitlines()] == [
        ["2026-08", "2.20", "%"],
        ["2026-09", "2.30", "%"],
    ]
    assert "Nothing is kept of Consumer prices" in run("history", "cpi_yoy").output


def test_an_unknown_indicator_is_a_wrong_argument(services):
    assert run("history", "gold").exit_code == 2


def test_a_figure_set_by_hand_is_never_called_old():
    by_hand = replace(BUNDLED_SNAPSHOT.readings[0], origin=Origin.OVERRIDE, source="ana")
    shown = MarketSnapshot("m", (by_hand, *BUNDLED_SNAPSHOT.readings[1:]))

    lines = market.market_lines(shown, StubScorer().training_market, today=date(2027, 6, 1))

    assert "calendar explains" not in lines[0]
    assert "calendar explains" in lines[1]
