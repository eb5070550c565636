import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smartbank.adapters.bulk.leads import ParquetLeads
from smartbank.core.bulk.cleaning import clean_batch
from smartbank.core.bulk.job import Piece
from smartbank.core.columns import plan_columns
from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.tables import TableChunk
from smartbank.core.validation import NOTHING_SEEN, clean_chunk
from tests.bulk import shipped_scorer, written

ROWS = [
    # id, age, job, attempt, days, default, do not call, objected, consent
    ("C1", "30", "student", "1", "999", "no", "", "", ""),
    (" C2 ", "41,0", "Admin", "2", "6", "unknown", "no", "no", "yes"),
    ("C3", "abc", "retired", "1", "", "no", "", "", ""),
    ("C4", "200", "astronaut", "1.000", "", "", "", "", ""),
    ("C5", "1.000", "services", "1", "1.000", "yes", "", "", ""),
    ("", "55", "blue collar", "", "", "no", "", "", ""),
    ("Zoë", "55", "management", "", "", "no", "", "", ""),
    ("-C", "55", "management", "", "", "no", "", "", ""),
    ("x" * 70, "55", "management", "", "", "no", "", "", ""),
    ("", "", "", "", "", "", "", "", ""),
    ("C6", "", "", "", "", "", "maybe", "", ""),
    ("C7", "44", "unknown", "3", "", "", "", "x", ""),
    ("C8", "44", "null", "3", "", "", "x", "no", ""),
    ("C9", "44", "y" * 2_100, "3", "", "", "", "", "withdrawn"),
    ("C10", "44", "housemaid", "3", "", "", "", "", "withdrawn"),
    ("C11", "17.5", "housemaid", "3", "", "", "", "", ""),
]
COLUMNS = ["id", "age", "job", "campaign", "pdays", "default", "do_not_call", "objected", "consent"]


@pytest.fixture(scope="module")
def scorer():
    return shipped_scorer()


def cleaned(path, columns, scorer):
    """Return the rows of a Parquet file, cleaned a distinct value at a time."""
    plan = plan_columns(columns)
    [batch] = ParquetLeads().batches(Piece(0, str(path), (0,), 1, 0, "row-0"), plan.fields)
    how = {"id_prefix": "row-0", "first_row": 1, "with_market": False, "require_consent": False}
    return clean_batch(batch, plan, codes_of=scorer.codes_of, **how)


def both(folder, frame, scorer):
    """Return a file cleaned from columns of Parquet, and its rows cleaned as those of an upload."""
    [path] = written(folder, leads=frame).glob("*.parquet")
    texts = frame.astype("str").set_axis(range(1, len(frame) + 1))
    plan = plan_columns(list(frame.columns))
    slow = clean_chunk(TableChunk(texts), plan, prefix="row-0", seen=NOTHING_SEEN, region=None)
    return cleaned(path, list(frame.columns), scorer), slow


def test_the_same_rows_are_clean_with_the_same_codes_and_ids_as_in_an_upload(tmp_path, scorer):
    fast, slow = both(tmp_path, pd.DataFrame(ROWS, columns=COLUMNS), scorer)

    allowed = slow.leads[
        slow.leads["do_not_call"].ne("yes") & slow.leads["objected"].ne("yes") & slow.leads["consent"].ne("no")
    ]
    ids = [bytes(row).rstrip(b"\0").decode() for row in fast.ids]
    assert ids == allowed[CUSTOMER_ID].tolist() == ["C1", "C2", "row-0-000006"]
    assert np.array_equal(fast.codes, scorer.ranking.encoder.codes(allowed), equal_nan=True)
    assert fast.places.tolist() == [0, 1, 5]


def test_the_same_cells_are_set_aside_for_the_same_reasons(tmp_path, scorer):
    fast, slow = both(tmp_path, pd.DataFrame(ROWS, columns=COLUMNS), scorer)

    lines = [(row + 1, column, reason) for row, column, _, reason in fast.lines if column]
    assert lines == [(row, column, reason) for row, column, _, reason in slow.aside.itertuples(index=False)]
    assert [(row, reason) for row, column, _, reason in fast.lines if not column] == [
        (11, "Must not be called: objected to calls."),
        (12, "Must not be called: must not be called."),
        (14, "Must not be called: refused or withdrew consent."),
    ]
    assert (fast.counts.rows, fast.counts.aside, fast.blank) == (slow.counts.rows, slow.counts.aside, 1)
    assert fast.counts.unknown_rows == slow.counts.unknown_rows
    assert fast.counts.unknown_values == slow.counts.unknown_values
    assert fast.counts.out_of_range == slow.counts.out_of_range
    assert fast.counts.never_contacted == slow.counts.never_contacted


def test_values_nobody_knows_are_counted_together_where_they_are_shown_alike_and_the_row_of_the_template_is_none(
    tmp_path, scorer
):
    jobs = ["astronaut  in orbit", "astronaut in orbit", "z" * 60, "z" * 50, "student", "one of: admin., student"]
    ids = ["C1", "C2", "C3", "C4", "allowed value", " Allowed Values"]
    marks = ["", "", "", "", "", "yes, no"]
    frame = pd.DataFrame({"id": ids, "age": "30", "job": jobs, "do_not_call": marks})

    fast, slow = both(tmp_path, frame, scorer)

    counted = {("job", "astronaut in orbit"): 2, ("job", "z" * 50): 2}
    assert fast.counts.unknown_values == slow.counts.unknown_values == counted
    assert fast.counts.unknown_rows == slow.counts.unknown_rows == {"job": 4}
    assert (fast.counts.rows, fast.counts.clean, fast.blank, len(fast.marks)) == (5, 5, 1, 0)
    assert (slow.counts.rows, slow.counts.clean, len(slow.marks)) == (5, 5, 0)


@pytest.mark.parametrize(
    ("ages", "jobs"),
    [
        (pa.array([30, None, 41]), pa.array(["student", None, "retired"]).dictionary_encode()),
        (pa.array([30.0, float("nan"), 41.0]), pa.array(["student", None, "retired"], pa.large_string())),
        (pa.array(["30", "", "41"]), pa.array(["student", "", "retired"])),
        (pa.array([30, None, 41], pa.decimal128(5, 0)), pa.array(["student", None, "retired"])),
    ],
)
def test_numbers_and_texts_are_read_whatever_type_they_have(tmp_path, scorer, ages, jobs):
    table = pa.table({"customer_id": pa.array([7, 8, 9]), "age": ages, "job": jobs, "loan": pa.nulls(3)})
    pq.write_table(table, tmp_path / "leads.parquet")

    fast = cleaned(tmp_path / "leads.parquet", table.column_names, scorer)

    assert [bytes(row).rstrip(b"\0") for row in fast.ids] == [b"7", b"8", b"9"]
    assert fast.codes[:, 0].tolist()[::2] == [30.0, 41.0]
    assert np.isnan(fast.codes[1, :2]).all()
    assert fast.lines == []
