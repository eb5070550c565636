"""The limits a market figure is judged by, each just inside and just outside."""

from datetime import UTC, date, datetime, timedelta

import pytest

from smartbank.core.market.choice import snapshot_in_force
from smartbank.core.market.indicators import FACTS, Indicator
from smartbank.core.market.observations import SOURCE_NAMES, Source
from smartbank.core.market.periods import Period
from smartbank.core.market.scale import Standing, joint_place, place
from smartbank.core.market.snapshot import BUNDLED_SNAPSHOT, Origin
from smartbank.core.market.training import TrainingMarket, TrainingMonth
from tests.markets import observed
from tests.unit.test_judging import TRAINING, ine, judge, series

OCTOBER = datetime(2026, 10, 20, 9, tzinfo=UTC)
BANDS = [
    (Indicator.EURIBOR, "percent", -1, 8),
    (Indicator.CPI, "percent", -5, 15),
    (Indicator.EMPLOYMENT, "percent", -10, 10),
    (Indicator.CONFIDENCE, "balance", -80, 30),
]


@pytest.mark.parametrize(
    ("indicator", "period", "counted_from", "days"),
    [
        (Indicator.EURIBOR, "2026-09", date(2026, 9, 30), 45),
        (Indicator.EURIBOR, "2026-10-07", date(2026, 10, 7), 7),
        (Indicator.CPI, "2026-08", date(2026, 8, 1), 75),
        (Indicator.EMPLOYMENT, "2025-Q3", date(2025, 9, 30), 230),
        (Indicator.CONFIDENCE, "2026-09", date(2026, 9, 1), 65),
    ],
)
def test_a_figure_is_old_the_day_after_its_limit(indicator, period, counted_from, days):
    limit = counted_from + timedelta(days=days)

    assert not FACTS[indicator].is_stale(Period.parse(period), today=limit)
    assert FACTS[indicator].stale_from(Period.parse(period)) == limit + timedelta(days=1)


@pytest.mark.parametrize(("indicator", "unit", "lowest", "highest"), BANDS)
def test_a_value_is_believed_up_to_both_ends_of_its_hard_band_and_not_beyond(indicator, unit, lowest, highest):
    period = "2026-Q2" if indicator is Indicator.EMPLOYMENT else "2026-09"

    def is_believed(value):
        return judge(series(Source.EUROSTAT, unit, {period: value}), indicator).newest is not None

    assert [is_believed(value) for value in (lowest, highest)] == [True, True]
    assert [is_believed(value) for value in (lowest - 0.001, highest + 0.001)] == [False, False]


@pytest.mark.parametrize(("misfit", "is_believed"), [(1.9e-5, True), (2.1e-5, False)])
def test_an_index_may_deviate_from_the_training_data_by_less_than_two_in_a_hundred_thousand(misfit, is_believed):
    levels = {month.period.text: month.cpi for month in TRAINING.months}
    levels["2009-05"] /= 1 + misfit * 26 / 25  # the factor, a mean of 26, takes one part of it

    judged = judge(series(Source.INE, "index", {**levels, "2025-08": 120.0, "2026-08": 124.0}))

    assert (judged.newest is not None) is is_believed
    assert ("its base or the series changed" in judged.problem) is not is_believed


def test_an_index_that_lacks_one_of_the_26_training_months_is_refused():
    index = ine()
    del index["2009-05"]

    assert len(TRAINING.months) == 26
    assert "cannot be checked" in judge(series(Source.INE, "index", index)).problem


def test_consumer_prices_are_taken_from_four_sources_in_their_order_and_the_last_two_are_proxies():
    order = [Source.INE, Source.BPSTAT, Source.EUROSTAT, Source.ECB]
    proxies = (Source.EUROSTAT, Source.ECB)
    kept = [observed(Indicator.CPI, 3.0, "2026-09", source=each, is_proxy=each in proxies) for each in order]

    markets = [
        snapshot_in_force(kept[first:], (), bundled=BUNDLED_SNAPSHOT, now=OCTOBER).reading(Indicator.CPI)
        for first in range(5)
    ]

    assert [each.source for each in markets[:4]] == [SOURCE_NAMES[source] for source in order]
    origins = [Origin.FIRST, Origin.SECOND, Origin.PROXY, Origin.PROXY, Origin.BUNDLED]
    assert [each.origin for each in markets] == origins


@pytest.mark.parametrize(("value", "is_far"), [(4.99, False), (5.01, True)])
def test_a_market_is_far_from_all_months_beyond_the_most_any_month_is_from_its_nearest(value, is_far):
    months = tuple(month(text, at) for text, at in (("2008-06", 0.0), ("2009-06", 1.0), ("2010-06", 3.0)))
    ends = dict.fromkeys(("euribor3m", "emp_var_rate", "cpi_yoy"), 0.0)

    found = joint_place(dict.fromkeys(ends, value), TrainingMarket(months, ends, ends, ends))

    assert (found.nearest, found.is_far) == (months[2], is_far)  # from 3 on, the most is the 2 between 1 and 3


def month(text, value):
    return TrainingMonth(Period.parse(text), 100, 93.0, value, value, value, value, value)


@pytest.mark.parametrize(
    ("value", "standing"),
    [(3.11, Standing.EDGE), (3.09, Standing.INSIDE), (-1.43, Standing.EDGE), (-1.41, Standing.INSIDE)],
)
def test_the_edge_is_the_outermost_twentieth_of_the_training_range_at_either_end(value, standing):
    low, high = TRAINING.low[Indicator.CPI], TRAINING.high[Indicator.CPI]

    assert (low, high) == (-1.67, 3.35)  # 5.02 wide, a twentieth is 0.251
    assert place(value, Indicator.CPI, TRAINING).standing is standing
