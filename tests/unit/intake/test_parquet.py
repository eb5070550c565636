import datetime as dt
import decimal
import io
import struct

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smartbank.adapters.files import parquet_footer
from smartbank.adapters.files.parquet_footer import row_groups
from smartbank.errors import LeadValidationError


def parquet(columns, **options):
    target = io.BytesIO()
    pq.write_table(pa.table(columns), target, **options)
    return target.getvalue()


def test_any_type_of_column_is_read_as_what_it_shows(upload):
    content = parquet(
        {
            "customer_id": pa.array([1002.0, 351912345678.0]),
            "age": pa.array([45, None], pa.int8()),
            "job": pa.array(["admin.", None]).dictionary_encode(),
            "housing": pa.array([True, False]),
            "previous": pa.array([decimal.Decimal("1.00"), None]),
            "name": pa.array(["Ana", ""], pa.large_string()),
            "euribor3m": pa.array([4.857, float("nan")], pa.float32()),
            "cpi": pa.array([93.994, None]),
            "emp_var_rate": pa.array([-1.8, 1.1]),
            "seen": pa.array([dt.date(2026, 1, 1), None]),
        }
    )

    uploaded = upload(content, "leads.parquet")

    assert uploaded.leads["customer_id"].tolist() == ["1002", "351912345678"]
    assert uploaded.leads["age"].iloc[0] == 45
    assert uploaded.leads["housing"].tolist() == ["yes", "no"]
    assert uploaded.leads["previous"].iloc[0] == 1
    assert uploaded.leads["euribor3m"].iloc[0] == 4.857
    assert uploaded.leads[["age", "job", "previous", "name", "euribor3m", "cpi"]].iloc[1].isna().all()
    assert uploaded.report.unmatched == ["seen"]


@pytest.mark.parametrize("coded", [False, True])
def test_texts_within_other_columns_are_read_over_all_row_groups(upload, coded):
    ids = pa.array([f"C-{number}" for number in range(50)])
    customer = pa.StructArray.from_arrays([ids.dictionary_encode() if coded else ids], names=["id"])
    content = parquet({"customer": customer, "age": list(range(20, 70)), "job": ["admin."] * 50}, row_group_size=20)

    assert upload(content, "leads.parquet").leads["customer_id"].tolist() == ids.to_pylist()


def binary(texts, kind):
    return pa.array([text.encode() for text in texts], kind)


@pytest.mark.parametrize("kind", [pa.binary(), pa.large_binary()])
@pytest.mark.parametrize("coded", [False, True])
def test_bytes_are_text(upload, kind, coded):
    columns = {"customer_id": binary(["C-1", "C-2"], kind), "objected": binary(["yes", "no"], kind)}
    columns = {name: values.dictionary_encode() if coded else values for name, values in columns.items()}

    uploaded = upload(parquet({"age": [45, 46], "job": binary(["técnico", "admin"], kind), **columns}))

    assert uploaded.leads["customer_id"].tolist() == ["C-1", "C-2"]
    assert uploaded.leads["objected"].tolist() == ["yes", "no"]


def test_bytes_that_are_no_text_are_refused_where_they_are_read(upload):
    with pytest.raises(LeadValidationError, match="holds bytes that are no text in UTF-8"):
        upload(parquet({"age": [45], "job": ["admin"], "customer_id": pa.array([b"\xff\xfe"])}))


def test_nested_blocks_are_recognised_and_lists_and_pictures_are_passed_over(upload):
    content = parquet(
        {
            "personal_info": pa.array([{"age": 45, "job": "admin"}, None]),
            "notes": pa.array([["a"], []]),
            "picture": pa.array([b"\xff", None]),
        }
    )

    uploaded = upload(content)

    assert uploaded.report.matched == {"personal_info.age": "age", "personal_info.job": "job"}
    assert uploaded.leads["job"].iloc[0] == "admin."
    assert uploaded.report.rows == 1


def test_rows_are_numbered_as_in_a_sheet_with_a_header(upload):
    uploaded = upload(parquet({"age": [45, 16], "job": ["admin.", "admin."]}))

    assert uploaded.reasons == [(3, "age", "Age must be from 17 to 120.")]


def test_one_long_text_that_every_row_repeats_is_not_multiplied(upload):
    names = pa.DictionaryArray.from_arrays(pa.array([0] * 5000, pa.int32()), ["x" * 1_000_000])
    content = parquet({"age": [45] * 5000, "job": ["admin."] * 5000, "name": names}, store_schema=False)

    uploaded = upload(content)

    assert uploaded.report.aside == 5000
    assert uploaded.aside["reason"].unique().tolist() == ["The cell has more than 2,000 characters."]


def test_too_many_rows_or_columns_or_bytes_are_refused_from_the_footer(upload, monkeypatch):
    with pytest.raises(LeadValidationError, match="201 columns; 200 is the limit"):
        upload(parquet({f"c{n}": [1] for n in range(201)}))

    with pytest.raises(LeadValidationError, match="1,000,001 rows; 1,000,000 is the limit"):
        upload(parquet({"age": pa.nulls(1_000_001)}))

    monkeypatch.setattr("smartbank.adapters.files.parquet.MAX_UNPACKED", 10)
    with pytest.raises(LeadValidationError, match="too large when unpacked"):
        upload(parquet({"age": [45], "job": ["admin."]}))


def test_a_small_file_whose_one_text_fills_the_memory_is_refused_from_the_footer(upload):
    target = io.BytesIO()
    pq.write_table(pa.table({"age": [45], "note": ["x" * 20 * 2**20]}), target, compression="zstd")

    with pytest.raises(LeadValidationError, match="texts far longer than 2,000 characters"):
        upload(target.getvalue())

    assert len(target.getvalue()) < 10_000


def test_a_long_text_that_every_row_repeats_is_no_bomb(upload):
    repeated = pa.DictionaryArray.from_arrays(pa.array([0] * 3_000, pa.int32()), ["y" * 1_900])

    uploaded = upload(parquet({"age": [45] * 3_000, "job": ["admin."] * 3_000, "note": repeated}))

    assert len(uploaded.leads) == 3_000


def test_a_damaged_file_is_refused(upload):
    content = parquet({"age": [45] * 100, "job": ["admin."] * 100})

    for damaged in (content[: len(content) // 2], b"PAR1" + b"\0" * 50 + b"PAR1", content[:-20] + content[-8:]):
        with pytest.raises(LeadValidationError, match="Parquet file is damaged"):
            upload(damaged)


def test_two_columns_of_one_name_are_refused(upload):
    target = io.BytesIO()
    pq.write_table(pa.Table.from_arrays([pa.array([45]), pa.array([46])], names=["age", "age"]), target)

    with pytest.raises(LeadValidationError, match="have the same name"):
        upload(target.getvalue())


def test_a_column_without_a_name_does_not_hide_the_others(upload):
    uploaded = upload(parquet({"": ["x"], "age": [45], "job": ["admin."], " ": ["y"]}))

    assert uploaded.report.unmatched == ["(column 1)"]
    assert uploaded.report.clean == 1


def test_an_index_kept_by_pandas_is_one_more_column(upload):
    target = io.BytesIO()
    pd.DataFrame({"age": [45], "job": ["admin."]}, index=pd.Index([7], name="C")).to_parquet(target)

    uploaded = upload(target.getvalue())

    assert uploaded.report.unmatched == ["C"]


def test_a_footer_on_which_the_library_would_end_the_process_is_answered(upload):
    optional, required = b"\x25\x02\x18\x03job", b"\x25\x00\x18\x03job"  # and so what is counted of it does not fit
    content = parquet({"age": pa.array([45, None]), "job": ["admin.", "student"]})
    assert content.count(optional) == 1

    with pytest.raises(LeadValidationError, match="damaged"):
        upload(content.replace(optional, required))


@pytest.mark.parametrize(
    "options",
    [{}, {"row_group_size": 1}, {"compression": "zstd", "version": "1.0"}, {"write_statistics": False}],
    ids=str,
)
def test_the_sizes_in_the_footer_are_those_the_library_reads(options):
    content = parquet({"age": pa.array([45, None, 30]), "name": ["Ana", None, "x" * 3_000]}, **options)
    metadata = pq.ParquetFile(io.BytesIO(content)).metadata

    groups = row_groups(io.BytesIO(content))

    expected = [metadata.row_group(place) for place in range(metadata.num_row_groups)]
    assert [group.unpacked for group in groups] == [group.total_byte_size for group in expected]
    assert [[(part.values, part.unpacked) for part in group.columns] for group in groups] == [
        [(group.column(at).num_values, group.column(at).total_uncompressed_size) for at in range(group.num_columns)]
        for group in expected
    ]


@pytest.mark.parametrize("footer", [b"", b"\xff" * 20, b"\x19" * 400, b"\x1c" * 400, b"\x49\xfc\xff\xff\xff\x7f"])
def test_a_footer_that_is_none_is_a_value_error(footer):
    with pytest.raises(ValueError, match=r"footer|unpack"):
        row_groups(io.BytesIO(with_footer(b"PAR1", footer)))


def with_footer(before, footer):
    return before + footer + struct.pack("<I4s", len(footer), b"PAR1")


@pytest.mark.parametrize(
    "values",
    [b"\x19\xfc\xe9\x07" + bytes(1_001), b"\x11" * 1_001, b"\x19\x29" + (b"\xf1\xf5\x03" + bytes(501)) * 2],
    ids=["empty structures", "truth values", "lists in a list"],
)
def test_a_footer_of_more_values_than_any_has_is_refused_before_they_fill_the_memory(values, monkeypatch):
    monkeypatch.setattr(parquet_footer, "MAX_VALUES", 1_000)

    with pytest.raises(ValueError, match="more than 1,000 values"):
        row_groups(io.BytesIO(with_footer(b"PAR1", values + b"\0")))
