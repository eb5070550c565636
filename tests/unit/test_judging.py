import csv
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartbank.core.market.flags import market_flags
from smartbank.core.market.indicators import Indicator
from smartbank.core.market.judging import OVERLAP_TOLERANCE, judge_series, overlap_factor
from smartbank.core.market.observations import ObservationStatus, RawPoint, RawSeries, Source
from smartbank.core.market.periods import Period
from smartbank.core.market.scale import Standing
from smartbank.core.market.snapshot import BUNDLED_SNAPSHOT
from smartbank.ml.level_model import LevelModel
from smartbank.ml.months import training_market_of, training_months
from tests.markets import observed

TODAY = date(2026, 10, 8)
AT = datetime(2026, 10, 8, 9, tzinfo=UTC)
TRAINING = training_market_of(LevelModel((0, 0, 0), (3.6, 0.1, 1.7), (0.634, -3.4, -1.67), (5.045, 1.4, 3.35)))
INE_FILE = Path(__file__).parents[3] / "shared" / "data" / "macro" / "ine_cpi_base2025.csv"


def series(source, unit, values, flags=None):
    points = (RawPoint(Period.parse(period), value, (flags or {}).get(period, "")) for period, value in values.items())
    return RawSeries(source, "a series", unit, tuple(sorted(points, key=lambda point: point.period)), AT)


def months(first, values):
    start = Period.parse(first)
    return {start.later(step).text: value for step, value in enumerate(values)}


def ine(**instead):
    """Return the overlap with the training months, and August 2026 with the August before."""
    overlap = {month["period"]: month["ine_ipc_2025"] for month in training_months().to_dict("records")}
    return overlap | {"2025-08": 99.980, "2026-08": 103.276} | instead


def judge(raw, indicator=Indicator.CPI, *, known=(), is_proxy=False):
    return judge_series(raw, indicator=indicator, is_proxy=is_proxy, training=TRAINING, known=known, today=TODAY)


def test_the_price_index_fits_the_26_training_months_and_becomes_year_on_year():
    judged = judge(series(Source.INE, "index", ine()))

    assert (judged.problem, judged.newest.value, judged.newest.raw_value) == ("", 3.30, 103.276)
    assert judged.newest.transform.startswith("year on year of the index (1.23958")


def test_the_factor_is_the_one_that_was_verified():
    factor, misfit = overlap_factor({Period.parse(month): level for month, level in ine().items()}, TRAINING)

    assert factor == pytest.approx(1.239581, abs=1e-6)
    assert misfit < OVERLAP_TOLERANCE / 2


def test_every_year_on_year_figure_of_the_training_data_comes_out_of_the_index():
    if not INE_FILE.exists():
        pytest.skip("ine_cpi_base2025.csv is not beside the repository")
    with INE_FILE.open() as file:
        index = {row["period"]: float(row["ipc_2025"]) for row in csv.DictReader(file)}

    judged = judge(series(Source.INE, "index", index))

    made = {each.period.text: each.value for each in judged.observations}
    expected = {month.period.text: month.cpi_yoy for month in TRAINING.months}
    assert {month: made[month] for month in expected} == pytest.approx(expected, abs=0.006)
    assert made["2026-08"] == 3.30


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"2009-05": 74.939 * 1.0001}, "no longer that of the training data"),
        ({month.period.text: 0.0 for month in TRAINING.months}, "cannot be checked"),
    ],
)
def test_an_index_that_does_not_fit_the_training_months_is_refused(changed, said):
    judged = judge(series(Source.INE, "index", ine(**changed)))

    assert judged.newest is None
    assert said in judged.problem
    assert [each.status for each in judged.observations] == [ObservationStatus.REFUSED]


def test_an_index_without_the_training_months_is_refused():
    assert "cannot be checked" in judge(series(Source.INE, "index", {"2025-08": 99.98, "2026-08": 103.276})).problem


@given(st.floats(0.01, 100))
def test_another_base_changes_neither_prices_nor_employment_year_on_year(base):
    prices = series(Source.INE, "index", {month: base * level for month, level in ine().items()})
    persons = {"2024-Q3": 5_141.8, "2025-Q3": 5_332.1}
    employment = {quarter: base * count for quarter, count in persons.items()}

    assert judge(prices).newest.value == 3.30
    made = judge(series(Source.EUROSTAT, "thousand persons", employment), Indicator.EMPLOYMENT)
    assert made.newest.value == 3.7


def test_employment_is_never_compared_across_a_break():
    persons = {"2024-Q3": 5_141.8, "2024-Q4": 5_150.0, "2025-Q1": 5_200.0, "2025-Q3": 5_332.1}

    judged = judge(series(Source.EUROSTAT, "thousand persons", persons, {"2025-Q1": "b"}), Indicator.EMPLOYMENT)

    assert "break" in judged.problem
    assert judged.newest is None


def test_a_missing_month_leaves_out_only_what_needs_it():
    index = ine(**{"2025-07": 100.2, "2026-07": 103.242})
    del index["2025-08"]

    judged = judge(series(Source.INE, "index", index))

    assert judged.newest.period.text == "2026-07"


@pytest.mark.parametrize(
    ("values", "flags", "said"),
    [
        ({"2026-09": 8.5}, {}, "outside what is believable"),
        ({"2026-12": 2.5}, {}, "has not begun"),
        ({"2026-09": 2.5}, {"2026-09": "x"}, 'the mark "x"'),
        ({}, {}, "no values"),
    ],
)
def test_an_unbelievable_value_is_refused_with_its_reason(values, flags, said):
    judged = judge(series(Source.ECB, "percent", values, flags), Indicator.EURIBOR)

    assert said in judged.problem
    assert judged.newest is None


@pytest.mark.parametrize("flag", ["", "p", "ep", "A"])
def test_known_marks_are_believed(flag):
    assert judge(series(Source.ECB, "percent", {"2026-09": 2.6}, {"2026-09": flag}), Indicator.EURIBOR).newest


def test_a_jump_is_refused_and_the_value_before_it_stays_the_newest():
    quiet = months("2025-01", [2.5 + 0.01 * (step % 3) for step in range(20)])

    judged = judge(series(Source.ECB, "percent", {**quiet, "2026-09": 4.0}), Indicator.EURIBOR)

    assert "a jump of 1.49" in judged.problem
    assert judged.newest.period.text == "2026-08"


def test_a_jump_that_stays_is_believed_from_the_third_value_on():
    quiet = months("2025-01", [2.5 + 0.01 * (step % 3) for step in range(18)])
    known = [observed(Indicator.EURIBOR, 2.52, "2026-06", series="a series")]

    judged = judge(
        series(Source.ECB, "percent", {**quiet, **months("2026-07", [4.0, 4.1, 4.05])}), Indicator.EURIBOR, known=known
    )

    assert [each.status for each in judged.observations[-3:]] == [
        ObservationStatus.REFUSED,
        ObservationStatus.REFUSED,
        ObservationStatus.ACCEPTED,
    ]
    assert judged.problem == ""


def test_values_that_jump_about_are_not_believed_however_many():
    quiet = months("2025-01", [2.5 + 0.01 * (step % 3) for step in range(17)])
    known = [observed(Indicator.EURIBOR, 2.51, "2026-05", series="a series")]

    judged = judge(
        series(Source.ECB, "percent", {**quiet, **months("2026-06", [4.0, 6.0, 4.0, 6.0])}),
        Indicator.EURIBOR,
        known=known,
    )

    assert judged.newest.period.text == "2026-05"


def test_a_jump_long_ago_is_history_and_no_fault():
    stormy = months("2008-09", [5.02, 5.11, 4.24, 3.29, 2.46] + [2.4 - 0.01 * step for step in range(15)])

    assert judge(series(Source.ECB, "percent", stormy), Indicator.EURIBOR).problem == ""


def test_a_jump_before_what_is_known_is_not_judged_again():
    levels = months("2025-01", [2.5 + 0.01 * (step % 3) for step in range(20)]) | {"2026-09": 4.0}
    known = [observed(Indicator.EURIBOR, 4.0, "2026-09", series="a series")]

    assert judge(series(Source.ECB, "percent", levels), Indicator.EURIBOR, known=known).problem == ""


def test_a_revision_of_the_newest_value_is_judged_by_jumps_too():
    quiet = months("2025-01", [2.5 + 0.01 * (step % 3) for step in range(21)])
    known = [observed(Indicator.EURIBOR, value, month, series="a series") for month, value in quiet.items()]

    judged = judge(series(Source.ECB, "percent", {**quiet, "2026-09": 7.5}), Indicator.EURIBOR, known=known)

    assert "says 7.5 in September 2026" in judged.problem
    assert judge(series(Source.ECB, "percent", {**quiet, "2026-09": 2.6}), Indicator.EURIBOR, known=known).problem == ""


def test_a_unit_that_is_not_expected_is_refused():
    assert (
        "sent balance where percent" in judge(series(Source.ECB, "balance", {"2026-09": 2}), Indicator.EURIBOR).problem
    )


def test_todays_market_is_flagged_where_the_model_has_not_seen_it():
    flags = market_flags(BUNDLED_SNAPSHOT, TRAINING)

    assert [(flag.indicator, flag.standing) for flag in flags] == [
        (Indicator.EURIBOR, Standing.HOLE),
        (Indicator.EMPLOYMENT, Standing.OUTSIDE),
        (Indicator.CPI, Standing.EDGE),
        (None, None),
    ]
    assert flags[1].sentence == (
        "Employment, year on year: 3.7 % is outside what the model has seen; it is scored as 1.4 %, the highest seen."
    )


def test_a_market_of_the_training_data_has_no_warning():
    month = TRAINING.months[2]
    readings = tuple(
        replace(each, value=getattr(month, each.indicator, each.value)) for each in BUNDLED_SNAPSHOT.readings
    )

    flags = market_flags(replace(BUNDLED_SNAPSHOT, readings=readings), TRAINING)

    assert [flag.standing for flag in flags if flag.standing is not Standing.EDGE] == []
