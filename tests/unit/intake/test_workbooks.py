import io
import zipfile

import openpyxl
import pytest
import xlsxwriter

from smartbank.errors import LeadValidationError

HEADER = ["customer_id", "age", "job", "name", "phone"]


def workbook(*sheets, hidden=()):
    """Sheets are (name, rows); a row that is None stays blank."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row or [], start=1):
                sheet.cell(number, column, value)
        if name in hidden:
            sheet.sheet_state = "hidden"
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def rewritten(content, change):
    """The same archive with each part passed through `change(name, data)`; None leaves it out."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = change(name, old.read(name))
            if data is not None:
                new.writestr(name, data)
    return target.getvalue()


SMALL = workbook(("Leads", [HEADER, ["C1", 45, "admin.", "Ana", 442079460123]]))


def shared_workbook():
    """A workbook whose texts are shared, as Excel writes them."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["age", "job", "name"])
    sheet.write_row(1, 0, [45, "admin.", "Ana <&> Silva"])
    book.close()
    return target.getvalue()


def test_shared_texts_are_read(upload):
    assert upload(shared_workbook()).leads["name"].tolist() == ["Ana <&> Silva"]


def test_a_workbook_gives_the_same_leads_as_text(upload):
    rows = [HEADER, ["C1", 45, "admin.", "Ana", "+442079460123"], [1002, 31.0, "student", "  Rui  ", None]]

    uploaded = upload(workbook(("Leads", rows)), "leads.xlsx")

    assert uploaded.leads["customer_id"].tolist() == ["C1", "1002"]
    assert uploaded.leads["age"].tolist() == [45, 31]
    assert uploaded.leads["name"].tolist() == ["Ana", "Rui"]
    assert uploaded.leads["phone"].tolist()[0] == "+442079460123"


def test_the_content_decides_not_the_name(upload):
    assert upload(SMALL, "leads.csv").report.clean == 1
    assert upload("age,job\n45,admin.\n", "leads.xlsx").report.clean == 1


def test_the_first_visible_sheet_with_data_is_read_and_said(upload):
    rows = [["age", "job"], [45, "admin."]]

    uploaded = upload(workbook(("Old", rows), ("Blank", []), ("May", rows), ("June", rows), hidden=("Old",)))

    assert 'The workbook has 3 sheets; "May" (number 2) was read.' in uploaded.said


def test_blank_and_merged_rows_above_the_header_are_passed_over(upload):
    uploaded = upload(workbook(("Leads", [["Customers of May"], None, None, ["age", "job"], None, [12, "admin."]])))

    assert uploaded.reasons == [(6, "age", "Age must be from 17 to 120.")]
    assert "above the column names" in uploaded.said


def test_booleans_formulas_errors_and_rich_text_are_read_as_shown(upload):
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["age", "job", "housing", "name"])
    sheet.write_formula(1, 0, "=40+5", value=45)
    sheet.write_formula(1, 1, '="admin."', value="admin.")
    sheet.write_boolean(1, 2, True)
    sheet.write_rich_string(1, 3, "Ana ", book.add_format({"bold": True}), "Silva")
    sheet.write_formula(2, 0, "=1/0", value="#DIV/0!")
    book.close()

    uploaded = upload(target.getvalue())

    lead = uploaded.leads.iloc[0]
    assert (lead["age"], lead["job"], lead["housing"], lead["name"]) == (45, "admin.", "yes", "Ana Silva")
    assert uploaded.reasons == [(3, "age", "Age is not a number.")]


def test_a_stray_cell_in_the_last_corner_costs_no_memory(upload):
    book = openpyxl.Workbook()
    for place, value in {"A1": "age", "B1": "job", "A2": 45, "B2": "admin.", "XFD1048576": "x"}.items():
        book.active[place] = value
    target = io.BytesIO()
    book.save(target)

    uploaded = upload(target.getvalue())

    assert uploaded.report.clean == 1
    assert uploaded.reasons == [(1048576, "", "The row has 800 cells or more, but there are 2 columns.")]


def test_cells_and_rows_without_a_place_follow_each_other(upload):
    def change(name, data):
        if name != "xl/worksheets/sheet1.xml":
            return data
        cells = '<c t="inlineStr"><is><t>{}</t><rPh sb="0" eb="1"><t>x</t></rPh></is></c><c t="str"><v>{}</v></c>'
        rows = "".join(f"<row>{cells.format(*row)}</row>" for row in (("age", "job"), ("45", "admin.")))
        return f'<x:worksheet xmlns:x="m"><sheetData>\n{rows}\n</sheetData></x:worksheet>'.encode()

    uploaded = upload(rewritten(SMALL, change))

    assert uploaded.leads[["age", "job"]].to_numpy().tolist() == [[45.0, "admin."]]


def test_an_empty_workbook_is_refused(upload):
    with pytest.raises(LeadValidationError, match="workbook is empty"):
        upload(workbook(("Leads", []), ("Other", [])))


def test_a_zip_bomb_is_refused_before_it_is_unpacked(upload):
    spaces = b" " * 50 * 2**20
    bomb = rewritten(shared_workbook(), lambda name, data: spaces if name == "xl/sharedStrings.xml" else data)

    with pytest.raises(LeadValidationError, match="unpacks to far more"):
        upload(bomb)


def test_a_sheet_that_packs_a_thousand_to_one_is_refused_before_it_is_unpacked(upload):
    rows = b'<row r="2"><c r="A2"><v>1</v></c></row>' * 300_000
    sheet = b"<worksheet><sheetData>" + rows + b"</sheetData></worksheet>"
    bomb = rewritten(SMALL, lambda name, data: sheet if name == "xl/worksheets/sheet1.xml" else data)

    with pytest.raises(LeadValidationError, match="unpacks to far more"):
        upload(bomb)

    assert len(sheet) > 200 * len(bomb)


@pytest.mark.parametrize("cells", [b'<c r="XFD2"><v>1</v></c>', b"<c><v>1</v></c>" * 5_000])
def test_a_cell_at_the_far_end_breaks_its_row_without_filling_the_memory(upload, cells):
    sheet = (
        b'<worksheet><sheetData><row r="1"><c t="str"><v>age</v></c><c t="str"><v>job</v></c></row>'
        b'<row r="2">' + cells + b'</row><row r="3"><c r="A3"><v>45</v></c><c r="B3" t="str"><v>student</v></c></row>'
        b"</sheetData></worksheet>"
    )

    uploaded = upload(rewritten(SMALL, lambda name, data: sheet if name == "xl/worksheets/sheet1.xml" else data))

    assert uploaded.leads["age"].tolist() == [45.0]
    assert uploaded.reasons == [(2, "", "The row has 800 cells or more, but there are 2 columns.")]


def test_an_archive_of_very_many_parts_is_refused(upload, monkeypatch):
    monkeypatch.setattr("smartbank.adapters.files.archive.MAX_ENTRIES", 3)

    with pytest.raises(LeadValidationError, match="unpacks to far more"):
        upload(SMALL)


def test_shared_texts_too_large_to_hold_are_refused(upload, monkeypatch):
    monkeypatch.setattr("smartbank.adapters.files.sheets.MAX_SHARED", 10)

    with pytest.raises(LeadValidationError, match="damaged"):
        upload(shared_workbook())


def test_entities_that_multiply_are_refused(upload):
    laughs = (
        b'<!DOCTYPE w [<!ENTITY a "ha">]><worksheet><sheetData><row><c><v>&a;</v></c></row></sheetData></worksheet>'
    )

    with pytest.raises(LeadValidationError, match="damaged"):
        upload(rewritten(SMALL, lambda name, data: laughs if name == "xl/worksheets/sheet1.xml" else data))


@pytest.mark.parametrize(
    "sheet",
    [
        b"<worksheet><sheetData><row",
        b"",
        b'<worksheet><row r="0"><c r="A0"><v>1</v></c></row></worksheet>',
        b'<worksheet><row r="1"><c r="AAAA1"><v>1</v></c></row></worksheet>',
        b'<worksheet><row r="1"><c r="ZZZ1"><v>1</v></c></row></worksheet>',
        b'<worksheet><row r="1"><c r="A1" t="s"><v>99999</v></c></row></worksheet>',
        b'<worksheet><row r="1"><c r="A1"><v>one</v></c></row></worksheet>',
    ],
)
def test_a_damaged_sheet_is_refused(upload, sheet):
    with pytest.raises(LeadValidationError, match="damaged"):
        upload(rewritten(SMALL, lambda name, data: sheet if name == "xl/worksheets/sheet1.xml" else data))


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        (["leads.csv"], "ZIP archive. Unpack it first"),
        (["xl/workbook.bin"], "binary Excel file"),
        (["mimetype", "content.xml"], "OpenDocument"),
        (["[Content_Types].xml", "word/document.xml"], "Office document, but not a workbook"),
    ],
)
def test_another_archive_is_refused_with_what_it_is(upload, parts, said):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in parts:
            archive.writestr(name, "age,job\n45,admin.\n")

    with pytest.raises(LeadValidationError, match=said):
        upload(target.getvalue())


@pytest.mark.parametrize("keep", [0.1, 0.5, 0.9])
def test_half_a_workbook_is_refused(upload, keep):
    with pytest.raises(LeadValidationError, match="damaged"):
        upload(SMALL[: int(len(SMALL) * keep)])
