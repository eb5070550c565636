"""Whatever a file of results holds, it is reported on or refused in words, and never recorded twice."""

from hypothesis import given, settings
from hypothesis import strategies as st

from smartbank.errors import SmartBankError
from tests.call_lists import ListBank
from tests.unit.test_outcome_upload import look, minute, record, table

BANK = ListBank()
LIST = BANK.release()
CELLS = st.text(max_size=20) | st.sampled_from(
    [
        *BANK.called(LIST),
        *BANK.control(LIST),
        "lead-0",
        "sale",
        "dnc",
        "no",
        "busy",
        minute(1),
        minute(2),
        "1",
        "2",
        "0",
    ]
)
NAMES = st.sampled_from(
    ["customer id", "outcome", "time of call", "attempt", "rank", "list id", "call back at", "agent"]
)


@settings(max_examples=200, deadline=None)
@given(
    columns=st.lists(NAMES | st.text(max_size=12), min_size=1, max_size=8),
    rows=st.lists(st.lists(CELLS, max_size=9), max_size=6),
    separator=st.sampled_from([",", ";", "\t"]),
)
def test_a_fuzzed_table_is_reported_on_or_refused_in_words(columns, rows, separator):
    frame = [columns, *rows]
    data = "\n".join(separator.join(f'"{cell}"' for cell in row) for row in frame).encode("utf-8", "replace")
    look_or_refuse(data)


@settings(max_examples=100, deadline=None)
@given(data=st.binary(max_size=300))
def test_fuzzed_bytes_are_reported_on_or_refused_in_words(data):
    look_or_refuse(data)


@settings(max_examples=100, deadline=None)
@given(rows=st.lists(st.tuples(CELLS, CELLS, CELLS, CELLS), min_size=1, max_size=8))
def test_whatever_is_recorded_is_not_recorded_twice(rows):
    data = table(
        *[[f'"{cell.replace(chr(34), "")}"' for cell in row] for row in rows],
        columns="customer id,outcome,time of call,attempt",
    )
    bank_before = len(BANK.outcomes(LIST))

    try:
        first = record(BANK, LIST, data)
        again = record(BANK, LIST, data)
    except SmartBankError:
        return

    assert again.recorded == 0
    assert len(BANK.outcomes(LIST)) == bank_before + first.recorded


def look_or_refuse(data):
    try:
        report = look(BANK, LIST, data)
    except SmartBankError:
        return
    assert report.right + report.again + len(report.refused) == report.rows
