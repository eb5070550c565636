"""When the market moved, and which of its figures did."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from smartbank.core.market.indicators import Indicator
from smartbank.core.market.moves import moved_at, moved_figures
from smartbank.core.market.snapshot import BUNDLED_SNAPSHOT, MarketSnapshot
from smartbank.core.number_format import NUMBER_FORMATS
from smartbank.core.rules import ScoringRules
from smartbank.services.leveling import rate_in, snapshot_level
from tests.stubs import StubScorer


def market(name, **values):
    """Return the bundled market under another name with some of its figures changed."""
    named = {Indicator(key): value for key, value in values.items()}
    readings = tuple(replace(each, value=named.get(each.indicator, each.value)) for each in BUNDLED_SNAPSHOT.readings)
    return MarketSnapshot(name, readings)


def october(day):
    return datetime(2026, 10, day, tzinfo=UTC)


NOW, BEFORE = market("now", euribor3m=2.31), BUNDLED_SNAPSHOT


def test_the_market_moved_when_its_figures_first_were_what_they_are():
    same_but_confidence = market("same", euribor3m=2.31, cons_conf=-30.0)
    recent = [(october(9), NOW), (october(7), same_but_confidence), (october(2), BEFORE)]

    assert moved_at(recent, NOW) == october(7)


@pytest.mark.parametrize(
    "recent", [[], [(october(9), NOW)], [(october(9), BEFORE)], [(october(9), BEFORE), (october(7), NOW)]]
)
def test_when_it_moved_is_not_said_where_it_is_not_known(recent):
    assert moved_at(recent, NOW) is None


def test_figures_that_moved_are_said_with_both_values():
    later = market("later", euribor3m=2.31, cpi_yoy=3.3004)

    assert moved_figures(BEFORE, later, numbers=NUMBER_FORMATS["de"]) == [
        "Euribor 3 months 2,64 % then, 2,31 % now",
        "Consumer prices, year on year 3,3000 % then, 3,3004 % now",
    ]
    assert moved_figures(BEFORE, market("other", cons_conf=-30.0)) == []


def test_the_level_in_another_market_is_the_one_a_new_ranking_would_have():
    rules, scorer = ScoringRules(base_rate=0.1, base_rate_market=(2.5, 3.7, 3.3), base_rate_source="you"), StubScorer()

    def level(snapshot):
        return snapshot_level(scorer.reference_margins(), rules=rules, snapshot=snapshot, scorer=scorer, whole=True)

    assert rate_in(NOW, level(BEFORE), rules, scorer) == pytest.approx(level(NOW).rate, abs=1e-12)
    assert level(NOW).rate == pytest.approx(0.0842, abs=1e-4)  # odds of 1 to 9, times exp(2.31 - 2.5)
