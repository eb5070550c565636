import pytest

from smartbank.core import tables
from smartbank.errors import LeadValidationError

ROWS = [["customer_id", "age", "job", "name"], ["C1", "45", "admin.", "Ana"], ["C2", "31", "student", "Rui"]]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_usual_separator_and_line_end_gives_the_same_leads(upload, separator, end):
    text = end.join(separator.join(row) for row in ROWS)

    uploaded = upload(text, "leads.txt")

    assert uploaded.leads["customer_id"].tolist() == ["C1", "C2"]
    assert uploaded.leads["age"].tolist() == [45, 31]
    assert uploaded.leads["name"].tolist() == ["Ana", "Rui"]


def test_a_separator_named_in_the_first_line_is_taken(upload):
    uploaded = upload('sep=;\r\nage;job;name\r\n45;admin.;"a,b,c,d,e"\r\n')

    assert uploaded.leads["name"].tolist() == ["a,b,c,d,e"]
    assert "above" not in uploaded.said


def test_titles_and_blank_rows_above_the_header_are_passed_over(upload):
    uploaded = upload("Customers of May,,\n,,\n\nage,job,name\n45,admin.,Ana\n16,admin.,Rui\n")

    assert uploaded.leads["name"].tolist() == ["Ana"]
    assert uploaded.reasons == [(6, "age", "Age must be from 17 to 120.")]
    assert "What stands above the column names was passed over." in uploaded.said


def test_na_and_none_are_words_not_missing_values(upload):
    uploaded = upload("age,job,name\n45,NA,None\n")

    assert uploaded.leads["name"].tolist() == ["None"]
    assert uploaded.report.unknown_categories == {"job": {"NA": 1}}


def test_a_row_with_too_many_or_too_few_cells_is_set_aside_alone(upload):
    uploaded = upload("age,job,name\n45,admin.,Ana,extra\n46,admin.\n47,admin.,Rui,,\n48,admin.,Eva\n")

    assert uploaded.leads["name"].tolist() == ["Rui", "Eva"]
    assert uploaded.reasons == [
        (2, "", "The row has 4 cells, but there are 3 columns."),
        (3, "", "The row has 2 cells, but there are 3 columns."),
    ]


@pytest.mark.parametrize("rest", ["47,admin.,Eva\n", '47,admin.,"Eva"\n', "47,admin.,Eva\n" * 100])
def test_a_quotation_mark_never_closed_costs_one_row(upload, rest):
    uploaded = upload('age,job,name\n45,admin.,"Ana\n46,admin.,Rui\n' + rest)

    assert uploaded.reasons == [(2, "", "A quotation mark is opened and never closed.")]
    assert uploaded.leads["name"].tolist()[:2] == ["Rui", "Eva"]
    assert uploaded.report.rows == 2 + rest.count("\n")


def test_quotes_separators_and_line_ends_inside_quotes_belong_to_the_cell(upload):
    uploaded = upload('age,job,name\n45,admin.,"Ana ""A"", Silva\nLisbon"\n46,admin.,Rui\n')

    assert uploaded.leads["name"].tolist() == ['Ana "A", Silva Lisbon', "Rui"]


def test_a_line_longer_than_any_customer_is_set_aside(upload):
    uploaded = upload("age,job,name\n45,admin.," + "x" * 1_000_001 + "\n46,admin.,Rui\n")

    assert uploaded.reasons == [(2, "", "The line has more than 1,000,000 characters.")]
    assert uploaded.leads["name"].tolist() == ["Rui"]


def test_a_cell_that_is_too_long_sets_its_row_aside(upload):
    uploaded = upload("age,job,name\n45,admin.," + "x" * 2_001 + "\n46,admin.," + "y" * 2_000 + "\n")

    assert uploaded.reasons == [(2, "name", "The cell has more than 2,000 characters.")]
    assert uploaded.aside["value"].str.len().tolist() == [200]
    assert uploaded.leads["name"].tolist() == ["y" * 120]


def test_a_repeated_column_name_is_said_and_the_first_column_is_used(upload):
    uploaded = upload("age,age,job\n45,99,admin.\n")

    assert uploaded.leads["age"].tolist() == [45]
    assert 'Column "age" occurs 2 times' in uploaded.said


def test_columns_without_a_name_are_listed_by_their_place(upload):
    uploaded = upload("age,,job,\n45,x,admin.,\n")

    assert uploaded.report.unmatched == ["(column 2)"]
    assert uploaded.report.clean == 1


def test_a_few_nul_characters_are_removed_and_said(upload):
    uploaded = upload("age,job,name\n" + "45,admin.,Ana\n" * 100 + "46,admin.,R\0ui\n")

    assert uploaded.leads["name"].iloc[-1] == "Rui"
    assert "1 NUL character was removed." in uploaded.said


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty"),
        (b"\n\n ,\n", "The file is empty"),
        (b"\xef\xbb\xbf", "The file is empty"),
        (",".join(f"c{n}" for n in range(10_000)).encode(), "10,000 columns; 200 is the limit"),
        (bytes(range(256)) * 10, "not a text table"),
        (b"%PDF-1.7 ...", '"leads.csv" is a PDF document'),
        (b"\x89PNG\r\n\x1a\n....", "is a picture"),
        (b"\x1f\x8b\x08....", "unpack it first"),
        (b"<!doctype html><p>age,job", "is a web page or XML"),
        (b'{"age": 45, "job": "admin."}', "is JSON"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100, "old Excel file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
    ],
)
def test_what_is_not_a_table_is_refused_with_what_it_is(upload, content, said):
    with pytest.raises(LeadValidationError, match=said):
        upload(content)


def test_a_file_over_the_limit_is_refused_before_it_is_kept(upload, monkeypatch):
    monkeypatch.setattr("smartbank.core.tables.MAX_FILE_BYTES", 2 * 2**20)

    with pytest.raises(LeadValidationError, match="larger than 2 MB"):
        upload(b"age,job\n" + b"45,admin.\n" * 220_000)


def test_a_file_with_only_a_header_is_not_ready(upload):
    uploaded = upload("age,job\n")

    assert (uploaded.report.verdict, uploaded.report.why) == ("not ready", "The file has a header, but no rows.")
    assert tables.MAX_FILE_BYTES == 200 * 2**20
