from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartbank.core.call_times import moment_of, says_month_first
from smartbank.core.outcome_rows import outcome_columns, outcome_of_word, read_rows
from smartbank.core.outcomes import OutcomeKind
from smartbank.errors import LeadValidationError

LISBON = ZoneInfo("Europe/Lisbon")


@pytest.mark.parametrize(
    ("columns", "fields"),
    [
        (["Customer ID", "Disposition", "Time of Call"], ["customer_id", "outcome", "at"]),
        (["kundennummer", "ERGEBNIS", "Zeitpunkt"], ["customer_id", "outcome", "at"]),
        (["id_cliente", "resultado", "Data-Hora"], ["customer_id", "outcome", "at"]),
        (["List id", "Rank", "outcome", "called at"], ["list_id", "rank", "outcome", "at"]),
    ],
)
def test_columns_are_known_in_any_case_with_any_separator(columns, fields):
    assert outcome_columns(columns) == dict(zip(fields, columns, strict=True))


def test_of_two_columns_for_one_field_the_first_is_taken_and_others_are_left():
    assert outcome_columns(["id", "outcome", "result", "at", "note"]) == {
        "customer_id": "id", "outcome": "outcome", "at": "at",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (["outcome", "at"], "customer id"),
        (["id", "at"], "outcome"),
        (["id", "outcome"], "time of call"),
        ([], "Columns in it: none"),
    ],
)
def test_a_column_that_is_missing_is_named(columns, said):
    with pytest.raises(LeadValidationError, match=said):
        outcome_columns(columns)


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (["sale", "YES", "Sold", "subscribed", "sim", "ja"], OutcomeKind.SUBSCRIBED),
        (["no", "Not-Interested", "not_interested", "DECLINED", "não"], OutcomeKind.DECLINED),
        (["busy", "Voice Mail", "no_answer", "No Answer", "besetzt"], OutcomeKind.NO_ANSWER),
        (["callback", "call-back", "CALL BACK", "Rückruf"], OutcomeKind.CALLBACK),
        (["dnc", "DNC", "do not call", "opt-out", "oposição"], OutcomeKind.OBJECTED),
        (["wrong number", "WRONG_NUMBER", "invalid-number"], OutcomeKind.WRONG_NUMBER),
        (["", "maybe", "1", "0", "-"], None),
    ],
)
def test_outcomes_are_known_in_several_spellings(words, kind):
    assert [outcome_of_word(word) for word in words] == [kind] * len(words)


NINE = datetime(2026, 11, 3, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-03 09:30", "2026-11-03T09:30:00Z", "2026-11-03T10:30:00+01:00", "2026-11-03 09:30:00.000000Z",
        "03/11/2026 09:30", "3.11.2026 9:30:00", "03-11-2026, 09:30", "03/11/2026 9:30 AM", "46329.395833333336",
    ],
)  # fmt: skip
def test_a_time_is_read_as_files_write_it(text):
    assert moment_of(text, zone=LISBON, month_first=False) == NINE


def test_a_time_without_a_zone_is_the_banks_own():
    assert moment_of("2026-07-03 10:30", zone=LISBON, month_first=False) == datetime(2026, 7, 3, 9, 30, tzinfo=UTC)
    assert moment_of("11/03/2026 9:30 pm", zone=ZoneInfo("UTC"), month_first=True).hour == 21


@pytest.mark.parametrize("text", ["", "2026-11-03", "46329", "yesterday", "32/13/2026 10:00", "9999-12-31 23:59-23:59"])
def test_what_is_no_date_with_a_time_is_none(text):
    assert moment_of(text, zone=LISBON, month_first=False) is None


def test_a_date_that_can_be_read_one_way_says_how_the_column_is_read():
    assert not says_month_first(["03/04/2026 10:00", "13/04/2026 10:00"], otherwise=True)
    assert says_month_first(["03/04/2026 10:00", "04/13/2026 10:00"], otherwise=False)
    assert says_month_first(["03/04/2026 10:00", "13.04.2026 10:00"], otherwise=True)


@given(text=st.text(max_size=60), month_first=st.booleans())
def test_any_text_is_a_moment_or_none(text, month_first):
    found = moment_of(text, zone=LISBON, month_first=month_first)

    assert found is None or found.tzinfo is UTC


@given(
    cells=st.lists(
        st.lists(
            st.text(max_size=30) | st.sampled_from(["sale", "2026-11-03 09:30", "1", "C-1"]), min_size=4, max_size=4
        ),
        max_size=5,
    )
)
def test_any_row_is_read_or_says_why_not(cells):
    columns = ["id", "outcome", "at", "attempt"]
    frame = pd.DataFrame(cells, columns=columns, dtype="str").set_axis(range(2, len(cells) + 2))

    rows = read_rows(frame, outcome_columns(columns), zone=LISBON, us_dates=False)

    assert [row.row for row in rows] == list(frame.index)
    assert all(row.problem or (row.kind and row.at and row.customer_id) for row in rows)
