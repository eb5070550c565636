"""What is kept of the market: every repository must pass these, in memory and on the database."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from smartbank.core.market.indicators import Indicator
from smartbank.core.market.observations import ObservationStatus, Source
from smartbank.core.market.overrides import Override
from smartbank.core.market.periods import Period
from smartbank.core.market.snapshot import BUNDLED_SNAPSHOT, Origin, Reading, named_snapshot
from tests.markets import observed

NINE = datetime(2026, 10, 8, 9, tzinfo=UTC)
TEN = NINE + timedelta(hours=1)
EURIBOR, CPI = Indicator.EURIBOR, Indicator.CPI


@pytest.fixture
def observations(build):
    return build("ObservationRepository")


@pytest.fixture
def snapshots(build):
    return build("SnapshotRepository")


@pytest.fixture
def overrides(build):
    return build("OverrideRepository")


def september(value=2.6, **instead):
    return observed(EURIBOR, value, "2026-09", **({"fetched_at": NINE} | instead))


def snapshot(value, at=NINE):
    reading = Reading(EURIBOR, value, Period.parse("2026-09"), "ECB", "a series", Origin.FIRST, at)
    return named_snapshot((reading, *BUNDLED_SNAPSHOT.readings[1:]))


def override(override_id="o1", at=NINE):
    return Override(override_id, CPI, 2.9, "the source is late", "ana", at, at + timedelta(days=10))


def test_an_observation_reads_back_as_it_was_said(observations):
    said = september(flag="p", is_proxy=True, transform="year on year", raw_value=103.276, raw_unit="index")

    assert observations.record_many([said]) == 1

    assert observations.history(EURIBOR) == [said]
    assert observations.newest(EURIBOR) == [said]


def test_what_says_the_same_again_is_not_kept_again(observations):
    observations.record_many([september()])

    assert observations.record_many([september(fetched_at=TEN)]) == 0

    assert [each.fetched_at for each in observations.newest(EURIBOR)] == [NINE]


def test_a_revision_is_another_observation_and_the_last_one_counts(observations):
    observations.record_many([september(2.6)])

    assert observations.record_many([september(2.7, fetched_at=TEN)]) == 1
    assert observations.record_many([september(2.6, fetched_at=TEN + timedelta(hours=1))]) == 1

    assert [each.value for each in observations.history(EURIBOR)] == [2.6]
    assert [each.value for each in observations.newest(EURIBOR)] == [2.6]


def test_refused_observations_are_kept_apart_newest_first(observations):
    refused = {"status": ObservationStatus.REFUSED, "reason": "a jump"}
    observations.record_many([september(9.9, **refused), september(9.8, fetched_at=TEN, **refused), september(2.6)])

    assert [each.value for each in observations.refused()] == [9.8, 9.9]
    assert [each.value for each in observations.refused(limit=1)] == [9.8]
    assert observations.refused()[0].reason == "a jump"
    assert [each.value for each in observations.history(EURIBOR)] == [2.6]


def test_of_a_period_that_was_revised_often_the_last_revision_is_found(observations):
    for hour in range(8):
        observations.record_many([september(2 + hour / 10, fetched_at=NINE + timedelta(hours=hour))])

    assert [each.value for each in observations.newest(EURIBOR)] == [2.7]


def test_a_refused_value_of_late_does_not_hide_what_was_accepted_long_ago(observations):
    long_ago = observed(EURIBOR, 2.0, "2019-09", fetched_at=NINE)
    observations.record_many([long_ago, september(9.9, status=ObservationStatus.REFUSED, reason="a jump")])

    assert observations.newest(EURIBOR) == [long_ago]


def test_values_of_long_ago_are_left_out_where_there_is_one_of_late_of_whatever_source(observations):
    long_ago = observed(EURIBOR, 2.0, "2019-09", fetched_at=NINE)
    late = observed(EURIBOR, 2.1, f"{datetime.now(UTC):%Y-%m}", source=Source.BPSTAT, fetched_at=NINE)
    observations.record_many([long_ago, late])

    assert observations.newest(EURIBOR) == [late]


def test_of_each_source_the_newest_periods_are_found(observations):
    months = [observed(EURIBOR, 2.0, f"2026-{month:02d}", fetched_at=NINE) for month in range(1, 10)]
    other = observed(EURIBOR, 2.1, "2026-01", source=Source.BPSTAT, series="another", fetched_at=NINE)
    observations.record_many([*months, other, observed(CPI, 3.3, "2026-08", fetched_at=NINE)])

    found = observations.newest(EURIBOR, per_source=2)

    assert sorted((each.source, each.period.text) for each in found) == [
        (Source.BPSTAT, "2026-01"),
        (Source.ECB, "2026-08"),
        (Source.ECB, "2026-09"),
    ]


def test_a_series_that_is_set_no_more_is_history_and_not_newest(build):
    observations = build("ObservationRepository", series={(EURIBOR, Source.BPSTAT): "new", (CPI, Source.BPSTAT): ""})
    old, new = (
        observed(EURIBOR, value, month, source=Source.BPSTAT, series=series, fetched_at=NINE)
        for series, value, month in (("old", 4.5, "2026-10"), ("new", 2.6, "2026-09"))
    )
    unset = observed(CPI, 3.0, "2026-09", source=Source.BPSTAT, series="old", fetched_at=NINE)
    other = observed(EURIBOR, 2.5, "2026-08", series="of another source", fetched_at=NINE)
    observations.record_many([old, new, unset, other])

    assert {each.series for each in observations.newest(EURIBOR, per_source=1)} == {"new", "of another source"}
    assert observations.newest(CPI) == []
    assert {each.series for each in observations.history(EURIBOR)} == {"old", "new", "of another source"}


def test_a_history_is_by_period_whatever_the_order_of_coming(observations):
    observations.record_many([september()])
    observations.record_many([observed(EURIBOR, 2.5, "2026-08", fetched_at=TEN)])

    assert [each.period.text for each in observations.history(EURIBOR)] == ["2026-08", "2026-09"]


def test_two_writers_at_once_keep_one_observation_and_one_of_them_kept_it(observations):
    with ThreadPoolExecutor(8) as pool:
        kept = list(pool.map(lambda _: observations.record_many([september()]), range(8)))

    assert sum(kept) == 1
    assert observations.newest(EURIBOR) == [september()]


def test_a_snapshot_reads_back_and_the_first_of_its_id_stays(snapshots):
    first, again = snapshot(2.6), snapshot(2.6, at=TEN)
    assert first.snapshot_id == again.snapshot_id

    assert snapshots.keep(first, now=NINE) == first
    assert snapshots.keep(again, now=TEN) == first

    assert snapshots.find(first.snapshot_id) == first
    assert snapshots.recent() == [(NINE, first)]
    assert snapshots.find("market-none") is None


def test_a_kept_snapshot_cannot_be_given_other_figures(snapshots):
    first = snapshot(2.6)
    snapshots.keep(first, now=NINE)

    forged = replace(snapshot(9.9), snapshot_id=first.snapshot_id)

    assert snapshots.keep(forged, now=TEN) == first
    assert snapshots.find(first.snapshot_id).euribor3m == 2.6


def test_two_writers_at_once_get_the_same_snapshot(snapshots):
    at = [NINE + timedelta(minutes=number) for number in range(8)]

    with ThreadPoolExecutor(8) as pool:
        kept = list(pool.map(lambda moment: snapshots.keep(snapshot(2.6, at=moment), now=moment), at))

    assert len({each.reading(EURIBOR).fetched_at for each in kept}) == 1
    assert len(snapshots.recent()) == 1


def test_snapshots_are_listed_newest_first(snapshots):
    for hours, value in enumerate((2.4, 2.5, 2.6)):
        snapshots.keep(snapshot(value), now=NINE + timedelta(hours=hours))

    assert [each.euribor3m for _, each in snapshots.recent(limit=2)] == [2.6, 2.5]


def test_an_override_reads_back_and_newer_ones_come_first(overrides):
    overrides.add(override("o1"))
    overrides.add(override("o2", at=TEN))

    assert overrides.recent() == [override("o2", at=TEN), replace(override("o1"), ended_at=TEN, ended_by="ana")]
    assert overrides.recent(limit=1) == [override("o2", at=TEN)]


def test_an_override_that_is_added_ends_every_open_one_of_its_indicator_and_no_other(overrides):
    other = replace(override("o2"), indicator=EURIBOR)
    ran_out = replace(override("o3"), indicator=EURIBOR, at=NINE - timedelta(days=9), expires_at=NINE)
    for each in (ran_out, override("o1"), other):
        overrides.add(each)

    overrides.add(replace(override("o4", at=TEN), by="rui"))

    said = {each.override_id: (each.ended_at, each.ended_by) for each in overrides.recent()}
    assert said == {"o1": (TEN, "rui"), "o2": (None, ""), "o3": (None, ""), "o4": (None, "")}


def test_an_override_is_kept_before_the_one_it_replaces_ends(overrides, monkeypatch):
    def killed(*_args, **_kwargs):
        raise KeyboardInterrupt

    overrides.add(override("o1"))
    monkeypatch.setattr(overrides, "end", killed)

    with pytest.raises(KeyboardInterrupt):
        overrides.add(override("o2", at=TEN))

    assert [each.override_id for each in overrides.in_force(TEN)] == ["o2", "o1"]


def test_an_override_added_by_a_clock_that_is_behind_takes_the_place_of_the_one_before_all_the_same(overrides):
    overrides.add(override("o2", at=TEN))

    overrides.add(override("o1", at=NINE))

    begins = TEN + timedelta(milliseconds=1)
    assert [(each.override_id, each.at) for each in overrides.in_force(begins)] == [("o1", begins)]


@pytest.mark.parametrize("_again", range(5))
def test_of_overrides_added_at_once_one_stays_open(overrides, _again):
    added = [override(f"o{number}", at=NINE + timedelta(seconds=number)) for number in range(8)]

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(overrides.add, added))

    assert len([each for each in overrides.recent() if each.ended_at is None]) == 1
    assert len(overrides.recent()) == 8


def test_an_override_in_force_is_found_however_many_of_another_figure_were_set_since(overrides):
    overrides.add(override("o1"))
    for number in range(51):
        overrides.add(replace(override(f"p{number:02}", at=NINE + timedelta(minutes=number)), indicator=EURIBOR))

    assert [each.override_id for each in overrides.in_force(TEN)] == ["p50", "o1"]
    assert "o1" not in {each.override_id for each in overrides.recent()}


def test_overrides_are_in_force_from_when_they_were_set_until_they_end(overrides):
    overrides.add(override("o1"))
    overrides.end("o1", by="rui", at=TEN)

    second = timedelta(seconds=1)
    found = [len(overrides.in_force(at)) for at in (NINE - second, NINE, TEN - second, TEN)]

    assert found == [0, 1, 1, 0]


def test_an_override_is_ended_once(overrides):
    overrides.add(override())

    assert overrides.end("o1", by="rui", at=TEN)
    assert not overrides.end("o1", by="ana", at=TEN + timedelta(hours=1))
    assert not overrides.end("o2", by="ana", at=TEN)

    (ended,) = overrides.recent()
    assert (ended.ended_by, ended.ended_at) == ("rui", TEN)


def test_two_who_end_an_override_at_once_are_told_who_did(overrides):
    overrides.add(override())

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda name: overrides.end("o1", by=name, at=TEN), "abcd"))

    assert sorted(done) == [False, False, False, True]
    assert overrides.recent()[0].ended_by == "abcd"[done.index(True)]
