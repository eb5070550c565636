"""Whatever is uploaded, the answer is clean leads with a report, or a refusal for the reader of the screen."""

import csv
import io
import json
import struct
import zipfile
from datetime import UTC, datetime

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smartbank.adapters.files import parquet_footer
from smartbank.adapters.files.reader import open_table
from smartbank.adapters.memory import MemoryAuditLog, MemoryCustomerRepository, MemoryMappingRepository
from smartbank.adapters.memory.files import MemoryFileStore
from smartbank.adapters.memory.frames import MemoryFrameStore
from smartbank.core.fields import CUSTOMER_COLUMNS, CUSTOMER_ID, FIELD, LEAD_FIELDS, MARKET_COLUMNS, UNKNOWN
from smartbank.core.identity import is_valid_id
from smartbank.core.work import Work, WorkKind
from smartbank.errors import LeadValidationError
from smartbank.services import intake
from smartbank.services.uploads import Owners
from tests.stubs import NothingTrainedOn

settings.register_profile(
    "intake", deadline=None, max_examples=100, derandomize=True, suppress_health_check=list(HealthCheck)
)
PROFILE = settings.get_profile("intake")

ROWS = [
    ["customer_id", "age", "job", "name", "phone", "housing", "pdays", "euribor3m", "cpi", "emp.var.rate"],
    ["C1", "45", "admin.", "José", "+442079460123", "yes", "999", "4,857", "93.9", "1.1"],
    ["C2", "31", "student", "Rui", "", "no", "6", "1.2", "93,9", "-1.8"],
    ["C1", "12", "astronaut", "=1+1", "?", "maybe", "x", "", "", ""],
]
HEADERS = [*FIELD, CUSTOMER_ID, "duration", "y", "pdays", "month", "personal_info.age", "", "x", "Idade"]
CELLS = st.one_of(
    st.text(max_size=12),
    st.integers(-10, 2000).map(str),
    st.floats(width=32).map(str),
    st.sampled_from(
        ["45", "admin.", "yes", "", "unknown", "1.000", "1,5", "999", '"', "a\nb", "\0", "=1+1", "C1", "+442079460123"]
    ),
)


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch):
    monkeypatch.setattr(intake, "CHUNK_ROWS", 3)


def answer(content, filename="leads", mapping=None):
    """Upload and check what comes back; a refusal is an answer, any other error is not."""
    files, frames = MemoryFileStore(), MemoryFrameStore()
    files.save("u", [content])
    request = {"file_id": "u", "filename": filename, "mapping": mapping or {}}
    work = Work("u", WorkKind.UPLOAD, "ana", datetime(2026, 1, 1, tzinfo=UTC), request)
    try:
        stores = {"files": files, "frames": frames, "customers": MemoryCustomerRepository()}
        stores["training_rows"] = NothingTrainedOn()
        stores["mappings"], stores["audit"] = MemoryMappingRepository(), MemoryAuditLog()
        result = intake.read_upload(work, **stores, read_table=open_table, report=lambda _: None)
    except LeadValidationError:
        assert frames.load(Owners("u").rows).empty
        return
    assert json.loads(json.dumps(result)) == result
    assert result["rows"] == result["clean"] + result["listed"] + result["aside"]
    leads, aside = frames.load(Owners("u").rows), frames.load(Owners("u").aside)
    assert (len(leads), len(aside)) == (result["clean"], result["aside_kept"])
    if len(leads):
        assert_clean(leads)
    if len(aside):
        assert (aside["reason"] != "").all()


def assert_clean(leads):
    assert tuple(leads.columns) in (CUSTOMER_COLUMNS, (*CUSTOMER_COLUMNS, *MARKET_COLUMNS))
    assert leads[CUSTOMER_ID].is_unique
    assert leads[CUSTOMER_ID].map(is_valid_id).all()
    assert (leads["name"].dropna().str.len() <= 120).all()
    assert leads["phone"].dropna().str.fullmatch(r"\+[0-9]{7,15}").all()
    for field in LEAD_FIELDS:
        values = leads[field.name].dropna()
        if field.kind == "category":
            assert str(leads[field.name].dtype) == "str"
            assert values.isin(field.levels).all()
            assert UNKNOWN not in set(values)
        else:
            assert str(leads[field.name].dtype) == "float64"
            assert values.between(field.low, field.high).all()
            assert (values == values.round()).all()


def as_csv(rows, separator=",", encoding="utf-8"):
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows(rows)
    return text.getvalue().encode(encoding, errors="replace")


def as_xlsx(rows):
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target)
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    return target.getvalue()


def as_parquet(rows):
    target = io.BytesIO()
    columns = zip(*rows[1:], strict=True)
    pq.write_table(pa.table({name: list(column) for name, column in zip(rows[0], columns, strict=True)}), target)
    return target.getvalue()


VALID = {"csv": as_csv(ROWS), "utf-16": as_csv(ROWS, ";", "utf-16"), "xlsx": as_xlsx(ROWS), "parquet": as_parquet(ROWS)}


@pytest.mark.parametrize("content", VALID.values(), ids=VALID)
def test_the_files_that_are_damaged_below_are_fine_as_they_are(upload, content):
    assert upload(content).report.clean == 2


@settings(PROFILE)
@given(
    start=st.sampled_from(
        [b"", b"PK\x03\x04", b"PAR1", b"\xff\xfe", b"\xef\xbb\xbf", b"age,job\n", b"sep=;\n", b"\xd0\xcf\x11\xe0"]
    ),
    rest=st.binary(max_size=400),
)
def test_any_bytes_are_answered(start, rest):
    answer(start + rest)


@settings(PROFILE)
@given(
    header=st.lists(st.one_of(st.sampled_from(HEADERS), st.text(max_size=8)), min_size=1, max_size=8),
    rows=st.lists(st.lists(CELLS, max_size=10), max_size=8),
    separator=st.sampled_from([",", ";", "\t", "|"]),
    encoding=st.sampled_from(["utf-8", "utf-16", "cp1252"]),
    filename=st.text(max_size=20),
)
def test_any_table_of_text_is_answered(header, rows, separator, encoding, filename):
    table = [["age", "job", *header], *rows]
    lines = "\n".join(separator.join(row) for row in table)

    answer(as_csv(table, separator, encoding), filename)
    answer(lines.encode(encoding, errors="replace"), filename)


@settings(PROFILE)
@given(
    kind=st.sampled_from(sorted(VALID)),
    changes=st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=3), st.integers(0, 3)), min_size=1, max_size=8),
)
def test_any_damage_to_a_good_file_is_answered(kind, changes):
    content = bytearray(VALID[kind])
    for place, data, removed in changes:
        start = int(place * len(content))
        content[start : start + removed] = data

    answer(bytes(content))


@settings(PROFILE)
@given(
    part=st.sampled_from(
        ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"]
    ),
    changes=st.lists(
        st.tuples(
            st.floats(0, 1),
            st.sampled_from([b"", b"<", b'"', b"9", b"A", b"<row>", b"</c>", b"\xff"]),
            st.integers(0, 5),
        ),
        min_size=1,
        max_size=4,
    ),
)
def test_any_damage_inside_a_workbook_is_answered(part, changes):
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(VALID["xlsx"])) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            data = bytearray(old.read(name))
            for place, inserted, removed in changes if name == part else []:
                start = int(place * len(data))
                data[start : start + removed] = inserted
            new.writestr(name, bytes(data))

    answer(target.getvalue())


@settings(PROFILE)
@given(
    columns=st.dictionaries(
        st.sampled_from(HEADERS),
        st.one_of(
            st.lists(st.one_of(st.none(), st.integers(-(2**62), 2**62)), min_size=3, max_size=3),
            st.lists(st.one_of(st.none(), st.floats()), min_size=3, max_size=3),
            st.lists(st.one_of(st.none(), CELLS), min_size=3, max_size=3),
            st.lists(st.booleans(), min_size=3, max_size=3),
            st.lists(st.datetimes(), min_size=3, max_size=3),
            st.lists(st.binary(max_size=3), min_size=3, max_size=3),
        ),
        max_size=8,
    )
)
def test_any_parquet_columns_are_answered(columns):
    target = io.BytesIO()
    pq.write_table(pa.table({"job": ["admin.", "x", None]} | columns), target)

    answer(target.getvalue(), mapping={})


def with_empty_structures(number):
    """Return the good Parquet file with a list of so many structures in its footer that hold nothing."""
    content = VALID["parquet"]
    size = struct.unpack("<I", content[-8:-4])[0]
    length = bytes([number & 127 | 128, number >> 7])
    footer = content[-8 - size : -9] + b"\x19\xfc" + length + bytes(number) + b"\0"
    return content[: -8 - size] + footer + struct.pack("<I4s", len(footer), b"PAR1")


def test_a_footer_full_of_values_that_say_nothing_is_refused(upload, monkeypatch):
    monkeypatch.setattr(parquet_footer, "MAX_VALUES", 2_000)

    assert upload(with_empty_structures(200)).report.clean == 2
    with pytest.raises(LeadValidationError, match="damaged"):
        upload(with_empty_structures(2_001))


@settings(PROFILE)
@given(
    mapping=st.dictionaries(
        st.sampled_from(ROWS[0]), st.sampled_from([*FIELD, CUSTOMER_ID, "", "duration", "no field"])
    )
)
def test_any_mapping_by_hand_is_answered(mapping):
    answer(VALID["csv"], mapping=mapping)


def test_the_check_itself_sees_a_level_that_is_none():
    leads = pd.DataFrame({name: pd.Series(["x"], dtype="str") for name in CUSTOMER_COLUMNS})

    with pytest.raises(AssertionError):
        assert_clean(leads)
