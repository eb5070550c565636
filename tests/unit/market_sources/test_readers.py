import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartbank.adapters.market.bpstat import read_metadata, unit_of
from smartbank.adapters.market.bundesbank import read_bundesbank_csv
from smartbank.adapters.market.ecb import EURIBOR_KEY, read_ecb_csv
from smartbank.adapters.market.ine import IneRefusedError, read_ine_json
from smartbank.adapters.market.json_stat import read_json_stat
from smartbank.core.market.indicators import Indicator
from smartbank.errors import MarketSourceError

ECB = f"KEY,FREQ,TIME_PERIOD,OBS_VALUE\n{EURIBOR_KEY},M,2026-08,2.5\n{EURIBOR_KEY},M,2026-09,2.6350455\n"
INE = {
    "IndicadorCod": "0014639",
    "UltimoPref": "Agosto de 2026",
    "Dados": {
        "Agosto de 2026": [{"geocod": "PT", "dim_3": "T", "ind_string": "103,276", "valor": "103.276"}],
        "Março de 2026": [{"geocod": "PT", "dim_3": "T", "ind_string": "102,094", "valor": "102.094"}],
    },
    "Sucesso": {"Verdadeiro": [{"Msg": "OK"}]},
}
STAT = {
    "version": "2.0",
    "class": "dataset",
    "value": {"0": -4.9, "1": -6.3},
    "status": {"1": "p"},
    "id": ["freq", "geo", "time"],
    "size": [1, 1, 3],
    "dimension": {"time": {"category": {"index": {"2022-01": 0, "2022-02": 1, "2022-03": 2}}}},
}


def said(points):
    return [(point.period.text, point.value, point.flag) for point in points]


def ine(**instead):
    return read_ine_json(json.dumps([INE | instead]).encode(), code="0014639")


def stat(**instead):
    return read_json_stat(json.dumps(STAT | instead).encode(), who="Eurostat")


def test_the_ecbs_csv_is_read_by_the_names_of_its_columns():
    turned = f"\ufeffOBS_VALUE,NEW,TIME_PERIOD,KEY\r\n2.6350455,x,2026-09,{EURIBOR_KEY}\r\n"

    assert said(read_ecb_csv(ECB.encode(), key=EURIBOR_KEY)) == [("2026-08", 2.5, ""), ("2026-09", 2.6350455, "")]
    assert said(read_ecb_csv(turned.encode(), key=EURIBOR_KEY)) == [("2026-09", 2.6350455, "")]


def test_an_empty_value_of_the_ecb_is_no_point():
    points = read_ecb_csv(f"{ECB}{EURIBOR_KEY},M,2026-10,\n{EURIBOR_KEY},M,2026-11,NaN\n".encode(), key=EURIBOR_KEY)

    assert [point.period.text for point in points] == ["2026-08", "2026-09"]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (ECB + f"{EURIBOR_KEY},M,2026-09,2.7\n", "two values of one period"),
        (ECB + f"{EURIBOR_KEY},Q,2026-Q3,2.7\n", "mixed"),
        (ECB + "FM.ANOTHER,M,2026-10,2.7\n", "another series"),
        (ECB + f"{EURIBOR_KEY},M,2026-10\n", "without the columns"),
        (ECB + f"{EURIBOR_KEY},M,2026-13,2.7\n", '"2026-13" where a month'),
        (ECB + f"{EURIBOR_KEY},M,2026-10,two\n", '"two" where a number'),
        (ECB + f"{EURIBOR_KEY},M,2026-10,1e999\n", "where a number"),
        ("KEY,TIME,VALUE\na,b,c\n", "without the columns"),
        ("<html>Maintenance</html>", "a web page"),
    ],
)
def test_anything_else_of_the_ecb_is_refused(body, why):
    with pytest.raises(MarketSourceError, match=why) as refused:
        read_ecb_csv(body.encode(), key=EURIBOR_KEY)

    assert str(refused.value).startswith("ECB ")


def test_the_bundesbanks_days_begin_below_lines_on_the_series():
    lines = ['"",BBIG1.X,BBIG1.X_FLAGS', "unit,% p.a.,", "2026-05-27,2.23,", "2026-05-28,2.231,"]
    closed = "2026-05-29,.,No value available"

    points = read_bundesbank_csv("\n".join([*lines, closed, ""]).encode())

    assert said(points) == [("2026-05-27", 2.23, ""), ("2026-05-28", 2.231, "")]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("unit,%\n", "without a value"),
        ("2026-05-29,.,No value available\n", "without a value"),
        ("2026-05-28,2.2,\nend of table\n", "without a day and a value"),
        ("2026-05-28\n", "without a day and a value"),
        ("2026-02-30,2.2,\n", "where a month, quarter or day"),
        ("2026-05-28,2,\n2026-05-28,3,\n", "two values of one period"),
    ],
)
def test_anything_else_of_the_bundesbank_is_refused(body, why):
    with pytest.raises(MarketSourceError, match=why):
        read_bundesbank_csv(body.encode())


def test_ines_months_are_read_in_portuguese():
    assert said(ine()) == [("2026-03", 102.094, ""), ("2026-08", 103.276, "")]


def test_a_cell_of_ine_that_says_why_it_is_empty_is_no_point():
    empty = {"Setembro de 2026": [{"geocod": "PT", "ind_string": "x", "sinal_conv": "x"}]}

    assert said(ine(Dados=empty)) == []


def test_ine_that_did_not_accept_the_question_is_told_apart():
    with pytest.raises(IneRefusedError, match="INE did not accept the question"):
        ine(Sucesso={"Falso": [{"Msg": "O código não existe"}]})


@pytest.mark.parametrize(
    ("instead", "why"),
    [
        ({"IndicadorCod": "0014663"}, "another series"),
        ({"Dados": None}, "another shape"),
        ({"Sucesso": {}}, "another shape"),
        ({"Dados": {"Agosto de 2026": [{"valor": "1"}, {"valor": "2"}]}}, "several values of one month"),
        ({"Dados": {"Agosto de 2026": [{"valor": "103,276"}]}}, "where a number"),
        ({"Dados": {"Agosto de 2026": [{}]}}, "where a number"),
        ({"Dados": {"August 2026": [{"valor": "1"}]}}, "where a month"),
    ],
)
def test_anything_else_of_ine_is_refused(instead, why):
    with pytest.raises(MarketSourceError, match=why):
        ine(**instead)


def test_json_stat_is_read_with_values_as_a_dictionary_and_as_an_array():
    as_array = {"value": [-4.9, -6.3, None], "status": ["", "p", ""]}

    assert said(stat()) == [("2022-01", -4.9, ""), ("2022-02", -6.3, "p")]
    assert said(stat(**as_array)) == said(stat())


def test_a_mark_nobody_knows_is_kept():
    assert said(stat(status={"0": "z"}))[0] == ("2022-01", -4.9, "z")


def test_the_time_dimension_is_the_one_whose_role_it_is():
    renamed = {
        "id": ["freq", "geo", "period"],
        "role": {"time": ["period"]},
        "dimension": {"period": {"category": {"index": ["2022-01", "2022-02", "2022-03"]}}},
    }

    assert said(stat(**renamed)) == said(stat())


@pytest.mark.parametrize(
    ("instead", "why"),
    [
        ({"value": {}}, "without a value"),
        ({"value": [None, None, None]}, "without a value"),
        ({"size": [1, 2, 3]}, 'the dimension "geo" is not pinned'),
        ({"size": [1, 0, 3]}, "not pinned"),
        ({"size": [1, 1, 2]}, "another shape"),
        ({"size": [1, 1, True]}, "another shape"),
        ({"id": ["freq", "freq", "time"]}, "another shape"),
        ({"value": {"3": 1.0}}, 'a "value" of another shape'),
        ({"value": {"-1": 1.0}}, 'a "value" of another shape'),
        ({"value": {"0": True}}, "where a number"),
        ({"value": {"0": float("nan")}}, "cannot be read"),
        ({"value": {"0": 10**400}}, "where a number"),
        ({"status": {"1": 5}}, "marks a value"),
        ({"status": "p"}, 'a "status" of another shape'),
    ],
)
def test_anything_else_in_json_stat_is_refused(instead, why):
    with pytest.raises(MarketSourceError, match=why):
        stat(**instead)


@pytest.mark.parametrize("body", [b"[" * 200_000, b"1" * 10_000, b"\xff\xfe", b"", b"null", b"[]"])
def test_no_json_that_breaks_a_reader_breaks_ours(body):
    for read in READERS:
        with pytest.raises(MarketSourceError):
            read(body)


READERS = [
    lambda body: read_json_stat(body, who="BPstat", period_text=lambda day: day[:7]),
    lambda body: read_ine_json(body, code="0014639"),
    lambda body: read_metadata(body, series_id=1),
]
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*STAT, *INE, "category", "index", "time", "role", "0", "1"]), inner)
    ),
    max_leaves=12,
)


def points_or_refusal(read, body):
    with contextlib.suppress(MarketSourceError):
        read(body)


@given(body=st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_whatever_comes_is_points_or_a_refusal(body):
    for read in [*READERS, read_bundesbank_csv, lambda each: read_ecb_csv(each, key=EURIBOR_KEY)]:
        points_or_refusal(read, body)


@given(name=st.sampled_from(list(STAT)), given_instead=ANY_JSON)
def test_json_stat_with_anything_in_one_place_is_points_or_a_refusal(name, given_instead):
    points_or_refusal(READERS[0], json.dumps(STAT | {name: given_instead}).encode())


@given(name=st.sampled_from(list(INE)), given_instead=ANY_JSON, month=st.text(max_size=20), cells=ANY_JSON)
def test_ines_json_with_anything_in_one_place_is_points_or_a_refusal(name, given_instead, month, cells):
    points_or_refusal(READERS[1], json.dumps([INE | {name: given_instead}]).encode())
    points_or_refusal(READERS[1], json.dumps([INE | {"Dados": {month: cells}}]).encode())


@given(line=st.text(max_size=60), at=st.integers(0, len(ECB)))
def test_csv_with_anything_in_between_is_points_or_a_refusal(line, at):
    body = (ECB[:at] + line + ECB[at:]).encode()
    points_or_refusal(lambda each: read_ecb_csv(each, key=EURIBOR_KEY), body)
    points_or_refusal(read_bundesbank_csv, f"2026-05-28,2.2,\n{line}\n".encode())


@pytest.mark.parametrize(
    ("indicator", "label", "unit"),
    [
        (Indicator.EURIBOR, "Euribor 3 months - Monthly average", "percent"),
        (Indicator.EURIBOR, "Interest rate: Euribor, 3-month", "percent"),
        (Indicator.CPI, "Consumer price index - Year-on-year rate of change", "percent"),
        (Indicator.CPI, "Consumer price index, total - Index 2012=100", "index"),
        (Indicator.EMPLOYMENT, "Employed population - Year-on-year change", "percent"),
        (Indicator.EMPLOYMENT, "Employed population - Thousands", "thousand persons"),
        (Indicator.CONFIDENCE, "Consumer confidence indicator", "balance"),
    ],
)
def test_a_label_tells_what_a_number_of_bpstat_is(indicator, label, unit):
    assert unit_of(label, indicator, series_id=7) == unit


@pytest.mark.parametrize(
    ("indicator", "label"),
    [
        (Indicator.EURIBOR, "Euribor 12 months - Monthly average"),
        (Indicator.EURIBOR, "Loans for house purchase, 3 months"),
        (Indicator.EURIBOR, "Euribor 3 months - End of month"),
        (Indicator.CPI, "Harmonised index of consumer prices"),
        (Indicator.CPI, "Consumer price index - Month-on-month rate of change"),
        (Indicator.CPI, "Consumer price index - 12-month average rate of change over a year"),
        (Indicator.EMPLOYMENT, "Employment rate"),
        (Indicator.EMPLOYMENT, "Unemployment, year-on-year change"),
        (Indicator.CONFIDENCE, "Confidence indicator - Industry"),
    ],
)
def test_a_number_that_is_something_else_altogether_is_refused(indicator, label):
    with pytest.raises(MarketSourceError, match="which is not what is looked for") as refused:
        unit_of(label, indicator, series_id=7)

    assert label in str(refused.value)
