import csv
import datetime as dt
import io
import tempfile

import openpyxl
import pandas as pd
import pytest

from smartbank.adapters import spreadsheets
from smartbank.adapters.spreadsheets import write_xlsx
from smartbank.core.exports import EXPORT_COLUMNS, csv_chunks, harmless
from smartbank.errors import LeadValidationError, StorageError

HEADERS = [column.header for column in EXPORT_COLUMNS]


def leads(rank=1, **changes):
    lead = {
        "rank": rank,
        "customer_id": "C-1",
        "name": "José Silva",
        "phone": "+442079460123",
        "propensity": 0.34567,
        "band": "A",
        "reason_1": 'Said "yes" last time',
        "reason_2": None,
        "reason_3": float("nan"),
        "model_version": "v1",
        "market_date": "2010-10-31",
        "run_id": "run-1",
    }
    return pd.DataFrame([lead | changes])


def read_csv(frames, **options):
    content = b"".join(csv_chunks(iter(frames), **options))
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=options.get("separator", ",")))


def read_xlsx(frames):
    target = io.BytesIO()
    write_xlsx(frames, target)
    return openpyxl.load_workbook(target).active


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "  =1+1",
        "\u00a0=1",
        "\u200b=1",
        "＝1+1",
        "＋1",
        "－1",
        "＠x",
        "\ufeff=1",
    ],
)
def test_text_a_spreadsheet_would_run_gets_an_apostrophe(text):
    assert harmless(text).startswith("'")


@pytest.mark.parametrize("text", ["", "Ana", "a=b", "1-2", "+351912345678", "José", "'quoted'"])
def test_other_text_and_phone_numbers_stay_as_they_are(text):
    assert harmless(text) == text


@pytest.mark.parametrize("text", ["+351912345678x", "+1", "+12345678901234567", "+351 912 345 678"])
def test_what_only_looks_like_a_phone_number_does_not_stay(text):
    assert harmless(text) == "'" + text


def test_text_is_one_line_without_control_characters():
    assert harmless("Ana\r\nSilva\x00") == "Ana  Silva "


def test_a_csv_reads_back_as_it_was():
    header, row = read_csv([leads()])

    assert header == HEADERS
    assert row == [
        "1", "C-1", "José Silva", "+442079460123", "0.3457", "A", 'Said "yes" last time', "", "", "v1", "2010-10-31",
        "run-1",
    ]  # fmt: skip


def test_decimal_mark_and_separator_follow_the_bank():
    assert read_csv([leads()], decimal=",", separator=";")[1][4] == "0,3457"
    assert read_csv([leads()], decimal=",", separator=",")[1][4] == "0,3457"


def test_numbers_are_numbers_and_text_is_quoted():
    _, line = b"".join(csv_chunks(iter([leads()]))).decode().splitlines()

    assert line.startswith('1,"C-1","José Silva","+442079460123",0.3457,"A"')


def test_a_csv_comes_in_a_chunk_a_frame():
    frames = iter([leads(1), leads(2).iloc[:0], leads(3)])

    chunks = list(csv_chunks(frames))

    assert [chunk[:2] for chunk in chunks[1:]] == [b"1,", b"3,"]
    assert chunks[0].decode("utf-8-sig").startswith('"Rank","Customer id"')


def test_an_export_of_nobody_has_a_header():
    assert read_csv([]) == [HEADERS]
    assert [cell.value for cell in read_xlsx([])[1]] == HEADERS


def test_a_workbook_has_typed_cells_a_frozen_header_and_a_filter():
    sheet = read_xlsx([leads(1), leads(2)])

    row = dict(zip(HEADERS, sheet[3], strict=True))
    assert row["Rank"].value == 2
    assert (row["Propensity"].value, row["Propensity"].number_format) == (0.34567, "0.0%")
    assert (row["Phone"].value, row["Phone"].data_type) == ("+442079460123", "s")
    assert row["Market date"].value == dt.datetime(2010, 10, 31)
    assert row["Reason 2"].value is None
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:L3")
    assert sheet.column_dimensions["G"].width > 40


def test_formulas_and_links_stay_text_in_a_workbook():
    sheet = read_xlsx([leads(name="=1+1", reason_1="https://example.org")])

    assert (sheet["C2"].value, sheet["C2"].data_type) == ("'=1+1", "s")
    assert sheet["G2"].hyperlink is None


def test_more_leads_than_a_sheet_has_rows_are_refused(monkeypatch):
    monkeypatch.setattr(spreadsheets, "MAX_SHEET_ROWS", 2)

    with pytest.raises(LeadValidationError, match="Choose fewer"):
        write_xlsx([leads(1), leads(2), leads(3)], io.BytesIO())


def test_a_workbook_that_cannot_be_written_is_a_storage_error(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "absent"))

    with pytest.raises(StorageError, match="could not be written"):
        write_xlsx([leads()], io.BytesIO())


def test_a_workbook_is_written_to_a_file_and_says_how_many_leads_it_holds():
    target = io.BytesIO()

    assert write_xlsx([leads(1), leads(2)], target) == 2
    assert target.getvalue().startswith(b"PK")
