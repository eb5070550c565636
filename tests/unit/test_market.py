from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from smartbank.core.market.choice import snapshot_in_force
from smartbank.core.market.indicators import MARKET_FEATURES, Indicator
from smartbank.core.market.observations import ObservationStatus, Source
from smartbank.core.market.overrides import Override
from smartbank.core.market.periods import Period
from smartbank.core.market.scale import Standing, joint_place, place
from smartbank.core.market.snapshot import BUNDLED_SNAPSHOT, Origin, snapshot_from
from smartbank.ml.level_model import LevelModel
from smartbank.ml.months import training_market_of
from tests.markets import observed

TRAINING = training_market_of(LevelModel((0, 0, 0), (3.6, 0.1, 1.7), (0.634, -3.4, -1.67), (5.045, 1.4, 3.35)))
OCTOBER = datetime(2026, 10, 8, 9, tzinfo=UTC)


def in_force(*observations, overrides=(), now=OCTOBER, daily_euribor=False):
    return snapshot_in_force(observations, overrides, bundled=BUNDLED_SNAPSHOT, now=now, daily_euribor=daily_euribor)


@pytest.mark.parametrize(
    ("text", "start", "end", "before", "words"),
    [
        ("2026-09", date(2026, 9, 1), date(2026, 9, 30), "2025-09", "September 2026"),
        ("2025Q4", date(2025, 10, 1), date(2025, 12, 31), "2024-Q4", "fourth quarter of 2025"),
    ],
)
def test_a_period_knows_its_days_and_the_year_before(text, start, end, before, words):
    period = Period.parse(text)

    assert (period.start, period.end, period.year_before().text, period.words) == (start, end, before, words)


@pytest.mark.parametrize("text", ["2026-13", "2026", "2026-Q5", "", "2026-02-30", "Agosto de 2026"])
def test_what_is_no_period_is_refused(text):
    with pytest.raises(ValueError, match=r"is no month|out of range|must be in"):
        Period.parse(text)


def test_periods_step_over_the_turn_of_the_year():
    assert Period.parse("2026-11").later(2).text == "2027-01"
    assert Period.parse("2026-Q1").later(-1).text == "2025-Q4"
    assert Period.parse("2026-12-31").later(1).text == "2027-01-01"


def test_without_observations_the_bundled_market_is_in_force():
    assert in_force() is BUNDLED_SNAPSHOT


def test_a_fresh_observation_goes_before_the_bundled_value():
    snapshot = in_force(observed(Indicator.EURIBOR, 2.7, "2026-09"))

    reading = snapshot.reading(Indicator.EURIBOR)
    assert (reading.value, reading.origin, snapshot.cpi_yoy) == (2.7, Origin.FIRST, BUNDLED_SNAPSHOT.cpi_yoy)


def test_an_observation_older_than_the_bundled_value_does_not():
    assert in_force(observed(Indicator.EURIBOR, 2.0, "2026-08")) is BUNDLED_SNAPSHOT


def test_a_fresh_second_source_goes_before_a_first_that_stands_still():
    frozen = observed(Indicator.CPI, 2.0, "2025-12")
    second = observed(Indicator.CPI, 3.1, "2026-09", source=Source.BPSTAT)

    reading = in_force(frozen, second).reading(Indicator.CPI)

    assert (reading.value, reading.origin) == (3.1, Origin.SECOND)


def test_a_proxy_is_used_only_where_no_own_series_is_fresh_and_is_called_one():
    proxy = observed(Indicator.CPI, 2.9, "2026-09", source=Source.EUROSTAT, is_proxy=True)
    second = observed(Indicator.CPI, 3.1, "2026-09", source=Source.BPSTAT)

    assert in_force(proxy, second).reading(Indicator.CPI).value == 3.1
    assert in_force(proxy).reading(Indicator.CPI).origin is Origin.PROXY


def test_refused_observations_are_never_chosen_and_revisions_are():
    first = observed(Indicator.CPI, 3.2, "2026-09", fetched_at=datetime(2026, 10, 7, tzinfo=UTC))
    refused = observed(Indicator.CPI, 14.0, "2026-10", status=ObservationStatus.REFUSED)
    revised = observed(Indicator.CPI, 3.25, "2026-09", fetched_at=OCTOBER)

    assert in_force(revised, refused, first).reading(Indicator.CPI).value == 3.25


def test_a_value_set_by_hand_goes_before_everything_until_it_expires():
    override = Override("o1", Indicator.EURIBOR, 2.9, "ECB is late", "ana", OCTOBER, datetime(2026, 10, 9, tzinfo=UTC))
    known = observed(Indicator.EURIBOR, 2.7, "2026-09")

    assert in_force(known, overrides=[override]).reading(Indicator.EURIBOR).origin is Origin.OVERRIDE
    assert in_force(known, overrides=[override], now=override.expires_at).euribor3m == 2.7
    assert in_force(known, overrides=[replace(override, ended_at=OCTOBER)]).euribor3m == 2.7


def test_daily_euribor_counts_only_where_it_is_wanted():
    daily = observed(Indicator.EURIBOR, 2.231, "2026-10-07", source=Source.BUNDESBANK)
    monthly = observed(Indicator.EURIBOR, 2.635, "2026-09")

    assert in_force(daily, monthly).euribor3m == 2.635
    assert in_force(daily, monthly, daily_euribor=True).euribor3m == 2.231


def test_a_daily_euribor_that_stopped_a_week_ago_gives_way_to_the_month():
    daily = observed(Indicator.EURIBOR, 2.231, "2026-10-01", source=Source.BUNDESBANK)
    monthly = observed(Indicator.EURIBOR, 2.635, "2026-09")

    on_the_eighth = in_force(daily, monthly, daily_euribor=True)
    on_the_ninth = in_force(daily, monthly, daily_euribor=True, now=OCTOBER + timedelta(days=1))

    assert (on_the_eighth.euribor3m, on_the_ninth.euribor3m) == (2.231, 2.635)


def test_the_same_market_has_the_same_name_whenever_it_was_fetched():
    once = in_force(observed(Indicator.EURIBOR, 2.7, "2026-09"))
    again = in_force(observed(Indicator.EURIBOR, 2.7, "2026-09", fetched_at=OCTOBER))

    assert once.snapshot_id == again.snapshot_id
    assert once.snapshot_id != in_force(observed(Indicator.EURIBOR, 2.8, "2026-09")).snapshot_id


def test_a_snapshot_reads_back_as_it_was_written_and_so_does_an_earlier_one():
    earlier = {"snapshot_id": "bundled-2010-10", "as_of": "2010-10-31", "euribor3m": 0.998, "emp_var_rate": -1.1}
    earlier |= {"cpi_yoy": 2.35, "source": "bundled"}

    assert snapshot_from(BUNDLED_SNAPSHOT.to_json()) == BUNDLED_SNAPSHOT
    assert (snapshot_from(earlier).euribor3m, snapshot_from(earlier).as_of) == (0.998, date(2010, 10, 31))


@pytest.mark.parametrize(
    ("indicator", "value", "standing", "used"),
    [
        (Indicator.EURIBOR, 2.6350455, Standing.HOLE, 2.6350455),
        (Indicator.EURIBOR, 1.3, Standing.INSIDE, 1.3),
        (Indicator.CPI, 3.30, Standing.EDGE, 3.30),
        (Indicator.EMPLOYMENT, 3.7, Standing.OUTSIDE, 1.4),
        (Indicator.EURIBOR, -0.5, Standing.OUTSIDE, 0.634),
    ],
)
def test_a_value_is_placed_in_what_the_model_has_seen(indicator, value, standing, used):
    found = place(value, indicator, TRAINING)

    assert (found.standing, found.used) == (standing, used)


def test_the_hole_of_euribor_is_the_one_no_training_row_lies_in():
    assert TRAINING.holes(Indicator.EURIBOR) == [(1.811, 3.053)]


def test_a_training_month_is_nearest_to_itself_and_todays_market_far_from_all():
    june = next(month for month in TRAINING.months if month.period.text == "2008-06")
    itself = joint_place({name: getattr(june, name) for name in MARKET_FEATURES}, TRAINING)
    today = joint_place({name: getattr(BUNDLED_SNAPSHOT, name) for name in MARKET_FEATURES}, TRAINING)

    assert (itself.distance, itself.nearest.period.text, itself.is_far) == (0, "2008-06", False)
    assert today.is_far
