"""Ask the real publishers: `python -m pytest -m live`. Never part of `make test` or `make check`."""

import sys
from datetime import UTC, datetime

import pytest

from smartbank.bootstrap.market import market_sources
from smartbank.config import Settings
from smartbank.core.market.indicators import FACTS

SOURCES = market_sources(Settings(market_online=True))
NAMES = [f"{each.source.value} {each.indicator.value}" for each in SOURCES]


@pytest.mark.live
@pytest.mark.parametrize("source", SOURCES, ids=NAMES)
def test_a_publisher_answers_with_a_fresh_figure(source, capsys):
    series = source.fetch(now=datetime.now(UTC))

    newest = series.points[-1]
    with capsys.disabled():
        sys.stdout.write(
            f"\n{source.source.value} {series.series}: {newest.value:g} {series.unit} in {newest.period.words}"
            f" (mark {newest.flag!r}, {len(series.points)} values)\n"
        )
    assert not FACTS[source.indicator].is_stale(newest.period, today=datetime.now(UTC).date())
