"""A market a request brings: the index level of consumer prices is put on the scale of the level model."""

from datetime import UTC, datetime

import pytest

from smartbank.core.market.given import ANCHOR_LEVEL, given_market, level_now
from smartbank.core.market.indicators import Indicator
from smartbank.core.market.observations import Observation, Source
from smartbank.core.market.periods import Period
from smartbank.core.market.snapshot import BUNDLED_SNAPSHOT, Origin, Reading, named_snapshot
from smartbank.errors import MarketGivenError

AT = datetime(2026, 11, 20, tzinfo=UTC)


def given(brought, snapshot=BUNDLED_SNAPSHOT, *, observations=(), trained_on=None):
    year_on_year = (trained_on or {}).get
    return given_market(brought, snapshot, year_on_year=year_on_year, observations=lambda: observations)


def observed(period, index, series="0014639"):
    return Observation(
        Indicator.CPI, Period.parse(period), 3.0, "percent", Source.INE, series, AT, index, "index", "year on year"
    )


def in_force(period, change, series="0014639"):
    reading = Reading(Indicator.CPI, change, Period.parse(period), "INE", series, Origin.FIRST, AT)
    others = [each for each in BUNDLED_SNAPSHOT.readings if each.indicator is not Indicator.CPI]
    return named_snapshot((*others, reading))


def test_what_a_request_leaves_out_is_as_in_force():
    assert given({"euribor3m": 1.2}) == (1.2, 3.7, 3.30)


def test_an_index_level_of_a_training_month_is_that_month():
    assert given({"cpi": 93.2}, trained_on={93.2: -1.5}) == (2.6350455, 3.7, -1.5)


def test_the_level_of_the_month_in_force_is_the_change_in_force():
    euribor, employment, change = given({"cpi": ANCHOR_LEVEL})

    assert (euribor, employment) == (2.6350455, 3.7)
    assert change == pytest.approx(3.30)


def test_one_percent_more_than_in_force_is_about_one_point_more():
    assert given({"cpi": 1.01 * ANCHOR_LEVEL})[2] == pytest.approx(1.01 * 103.30 - 100)


def test_a_later_month_is_known_by_the_publishers_index_on_its_own_base():
    observations = [observed("2026-08", 100.0), observed("2026-10", 110.0), observed("2026-10", 50.0, "other")]

    level = level_now(in_force("2026-10", 4.0).reading(Indicator.CPI), observations)

    assert level == pytest.approx(1.1 * ANCHOR_LEVEL)
    assert given({"cpi": level}, in_force("2026-10", 4.0), observations=observations)[2] == pytest.approx(4.0)


def test_without_an_index_the_level_cannot_be_compared():
    with pytest.raises(MarketGivenError, match="Leave it out") as caught:
        given({"cpi": 130.0}, in_force("2026-10", 4.0))

    assert caught.value.name == "cpi"


@pytest.mark.parametrize("level", [51.0, 100.0, 160.0])
def test_a_level_of_neither_then_nor_now_is_refused_with_what_it_is_now(level):
    with pytest.raises(MarketGivenError, match=r"In August 2026 it stood at 128\.0\."):
        given({"cpi": level})
