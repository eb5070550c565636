import io
import zipfile

import pandas as pd
import pytest

from smartbank.adapters import uci_archive
from smartbank.adapters.uci import parse_uci, read_uci
from smartbank.core.training_data import BESIDE_COLUMNS, TRAINING_COLUMNS
from smartbank.errors import TrainingDataError

HEADER = (
    '"age";"job";"marital";"education";"default";"housing";"loan";"contact";"month";"day_of_week";"duration";"campaign"'
    ';"pdays";"previous";"poutcome";"emp.var.rate";"cons.price.idx";"cons.conf.idx";"euribor3m";"nr.employed";"y"\n'
)
FIRST = (
    '56;"housemaid";"married";"basic.4y";"no";"no";"no";"telephone";"may";"mon";261;1;999;0;"nonexistent"'
    ';1.1;93.994;-36.4;4.857;5191;"no"\n'
)
SECOND = (
    '30;"unknown";"single";"unknown";"unknown";"no";"no";"cellular";"mar";"mon";9;2;3;1;"success"'
    ';-1.8;92.843;-50;1.5;5099.1;"yes"\n'
)
CSV = (HEADER + FIRST + SECOND).encode()


def zipped(**members):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in members.items():
            opened.writestr(name.replace("__", "/"), content)
    return archive.getvalue()


INNER = zipped(**{"bank-additional__bank-additional-full.csv": CSV, "bank-additional__bank-additional.csv": b"x"})


def test_a_row_comes_out_with_our_names_and_missing_values():
    frame = parse_uci(CSV)

    assert tuple(frame.columns) == TRAINING_COLUMNS
    assert frame["attempt"].tolist() == [1.0, 2.0]
    assert frame["days_since_contact"].isna().tolist() == [True, False]
    assert frame.loc[1, ["job", "education", "default"]].isna().all()
    assert frame["y"].tolist() == [False, True]


def test_the_year_is_counted_from_the_wrap_arounds_of_the_month():
    frame = parse_uci(CSV)

    assert frame["period"].tolist() == ["2008-05", "2009-03"]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(CSV, id="the CSV"),
        pytest.param(INNER, id="bank-additional.zip"),
        pytest.param(zipped(**{"bank.zip": b"PK", "bank-additional.zip": INNER}), id="bank+marketing.zip"),
        pytest.param(
            zipped(**{"__MACOSX__bank-additional-full.csv": b"x", "a__bank-additional-full.csv": CSV}), id="macOS zip"
        ),
    ],
)
def test_the_csv_and_each_archive_around_it_give_the_same_rows(content, tmp_path):
    (tmp_path / "given").write_bytes(content)

    data = read_uci(tmp_path / "given")

    pd.testing.assert_frame_equal(data.frame, parse_uci(CSV))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(b"", "is empty", id="empty"),
        pytest.param(b"\xff\xfe\x00\x01", "not a CSV", id="binary"),
        pytest.param(HEADER.encode(), "no rows", id="header only"),
        pytest.param(b"a,b\n1,2\n", "missing: age", id="other columns"),
        pytest.param(CSV.replace(b"housemaid", b"astronaut"), "Line 2 .*'astronaut' is not a value of job", id="job"),
        pytest.param(CSV.replace(b"30;", b"thirty;"), "Line 3 .*'thirty' is not a value of age", id="age"),
        pytest.param(CSV.replace(b';"yes"', b';"maybe"'), "'maybe' is not a value of y", id="outcome"),
        pytest.param((HEADER + (SECOND + FIRST) * 4).encode(), "not in the order of the calls", id="shuffled"),
        pytest.param(zipped(other=b"x"), "does not hold bank-additional-full.csv", id="other archive"),
        pytest.param(INNER[:-30], "damaged archive", id="cut archive"),
        pytest.param(INNER[:60] + b"\xff" * 80 + INNER[140:], "damaged archive", id="damaged member"),
        pytest.param(zipped(**{"bank-additional.zip": b"PK\x03\x04junk"}), "damaged archive", id="damaged inner"),
    ],
)
def test_a_bad_file_is_refused_with_what_is_wrong(content, message, tmp_path):
    (tmp_path / "given").write_bytes(content)

    with pytest.raises(TrainingDataError, match=message):
        read_uci(tmp_path / "given")


def test_what_only_the_standard_models_see_lies_beside_the_rows(tmp_path):
    (tmp_path / "given").write_bytes(CSV)

    beside = read_uci(tmp_path / "given").beside

    assert tuple(beside.columns) == BESIDE_COLUMNS
    assert beside.to_numpy().tolist() == [[-36.4, 5191.0], [-50.0, 5099.1]]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (b'"mon"', b'"sun"', "'sun' is not a value of day_of_week"),
        (b"5191", b"many", "'many' is not a value of nr"),
        (b"5191", b"1e999", "'1e999' is not a value of nr"),
        (b"-36.4", b"-inf", "'-inf' is not a value of cons.conf.idx"),
    ],
)
def test_what_lies_beside_the_rows_is_checked_too(old, new, message, tmp_path):
    (tmp_path / "given").write_bytes(CSV.replace(old, new, 1))

    with pytest.raises(TrainingDataError, match=message):
        read_uci(tmp_path / "given")


def test_a_zip_bomb_is_cut_off(monkeypatch, tmp_path):
    monkeypatch.setattr(uci_archive, "MAX_CSV_BYTES", 10_000)
    (tmp_path / "given").write_bytes(zipped(**{"bank-additional-full.csv": b"0" * 1_000_000}))

    with pytest.raises(TrainingDataError, match="larger than"):
        read_uci(tmp_path / "given")


def test_a_missing_file_is_explained(tmp_path):
    with pytest.raises(TrainingDataError, match=r"absent\.csv cannot be read.*data fetch"):
        read_uci(tmp_path / "absent.csv")


def test_uci_s_own_file_has_its_41188_rows_in_26_months(uci_file):
    data = read_uci(uci_file)

    assert data.sha256 == "74adfc578bf77a7ff4bb1ba4a9f8709d9e3c6907342959c2c8416847e0afb4d8"
    assert (len(data.frame), int(data.frame["y"].sum()), data.frame["period"].nunique()) == (41_188, 4_640, 26)
    assert (data.frame["period"] == "2009-05").sum() == 5_794
