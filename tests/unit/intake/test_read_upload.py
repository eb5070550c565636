import json

import pandas as pd
import pytest

from smartbank.adapters.memory.frames import MemoryFrameStore
from smartbank.core.fields import CUSTOMER_COLUMNS, MARKET_COLUMNS
from smartbank.errors import LeadValidationError, WorkCancelledError
from smartbank.services import intake
from smartbank.services.uploads import Owners

UCI_HEADER = (
    '"age";"job";"marital";"education";"default";"housing";"loan";"contact";"month";"day_of_week";"duration";'
    '"campaign";"pdays";"previous";"poutcome";"emp.var.rate";"cons.price.idx";"cons.conf.idx";"euribor3m";'
    '"nr.employed";"y"\n'
)
UCI_ROW = (
    '56;"housemaid";"married";"basic.4y";"unknown";"no";"no";"telephone";"may";"mon";261;1;999;0;"nonexistent";'
    '1.1;93.994;-36.4;4.857;5191;"no"\n'
)


def test_the_uci_layout_becomes_a_lead_without_what_is_known_after_the_call(upload):
    uploaded = upload(UCI_HEADER + UCI_ROW, "bank.csv")

    lead = uploaded.leads.iloc[0]
    assert tuple(uploaded.leads.columns) == (*CUSTOMER_COLUMNS, *MARKET_COLUMNS)
    assert (lead["age"], lead["job"], lead["attempt"], lead["poutcome"]) == (56, "housemaid", 1, "nonexistent")
    assert (lead["euribor3m"], lead["cpi"], lead["emp_var_rate"]) == (4.857, 93.994, 1.1)
    assert pd.isna(lead["default"])
    assert pd.isna(lead["days_since_contact"])
    assert set(uploaded.report.ignored) == {"month", "day_of_week", "duration", "cons.conf.idx", "nr.employed", "y"}
    assert "999 days since contact, in 1 row, is read as never contacted." in uploaded.report.notices


def test_texts_are_str_and_numbers_are_float_even_without_a_row(upload):
    frame = upload("age,job\n45,admin.\n").leads

    assert {str(frame[name].dtype) for name in ("customer_id", "name", "phone", "job", "default", "contact")} == {"str"}
    assert {str(frame[name].dtype) for name in ("age", "attempt", "previous", "days_since_contact")} == {"float64"}


def test_the_same_file_twice_gives_the_same_ids_and_another_file_others(upload):
    text = "age,job\n45,admin.\n\n46,admin.\n"

    first, again = upload(text, "May list.csv"), upload(text, "ana-silva.csv")
    other = upload(text + "47,admin.\n", "May list.csv")

    ids = first.leads["customer_id"].tolist()
    assert ids == again.leads["customer_id"].tolist()
    assert [one[:4] + one[-7:] for one in ids] == ["row--000002", "row--000004"]
    assert ids[0] not in other.leads["customer_id"].tolist()


def test_of_a_repeated_id_the_first_row_stays_also_across_chunks(upload, monkeypatch):
    monkeypatch.setattr(intake, "CHUNK_ROWS", 2)

    uploaded = upload("id,age,job\nA,45,admin.\nB,16,admin.\nA,46,admin.\nB,47,admin.\n,48,admin.\nB,49,admin.\n")

    assert uploaded.leads["age"].tolist() == [45, 47, 48]
    assert [(row, reason) for row, _, reason in uploaded.reasons if "Duplicate" in reason] == [
        (4, "Duplicate customer id: the first row is used."),
        (7, "Duplicate customer id: the first row is used."),
    ]
    assert uploaded.report.duplicates == 2


def test_an_id_that_cannot_be_kept_sets_its_row_aside(upload):
    uploaded = upload("id,age,job\n=1+1,45,admin.\n" + "x" * 65 + ",46,admin.\nC-3,47,admin.\n")

    assert uploaded.leads["customer_id"].tolist() == ["C-3"]
    assert {reason.split(" has ")[0] for _, _, reason in uploaded.reasons} == {"A customer id"}


def test_every_problem_of_a_row_is_told_and_the_row_counts_once(upload):
    uploaded = upload("age,job,previous\n16,astronaut,many\n45,astronaut,1\n")

    assert uploaded.reasons == [
        (2, "age", "Age must be from 17 to 120."),
        (2, "previous", "Contacts in earlier campaigns is not a number."),
    ]
    assert uploaded.aside["value"].tolist() == ["16", "many"]
    assert (uploaded.report.rows, uploaded.report.clean, uploaded.report.aside) == (2, 1, 1)
    assert uploaded.report.out_of_range == {"age": 1}
    assert uploaded.report.unknown_categories == {"job": {"astronaut": 2}}
    assert uploaded.leads["job"].isna().all()


def test_a_formula_in_a_name_is_kept_as_text(upload):
    assert upload("age,job,name\n45,admin.,=1+1\n").leads["name"].tolist() == ["=1+1"]


def test_an_unreadable_phone_is_left_out_and_counted_and_the_row_stays(upload):
    text = "age,job,phone\n45,admin.,020 7946 0123\n46,admin.,+44 20 7946 0124\n"

    abroad, british = upload(text), upload(text, region="GB")

    assert abroad.leads["phone"].isna().tolist() == [True, False]
    assert "Phone numbers in 1 row could not be read" in abroad.said
    assert british.leads["phone"].tolist() == ["+442079460123", "+442079460124"]


def test_a_mapping_by_hand_makes_a_strange_file_readable(upload):
    text = "Jahre,Arbeit\n45,admin.\n"

    refused, mapped = upload(text), upload(text, mapping={"Jahre": "age", "Arbeit": "job"})

    assert refused.report.verdict == "not ready"
    assert refused.report.why.startswith("No column for Age and Job was found")
    assert refused.report.unmatched == ["Jahre", "Arbeit"]
    assert refused.leads.empty
    assert mapped.leads["age"].tolist() == [45]


def test_duration_is_refused_by_name_also_when_mapped_by_hand(upload):
    with pytest.raises(LeadValidationError, match='"duration" is known only after the call'):
        upload("age,job,duration\n45,admin.,200\n", mapping={"duration": "days_since_contact"})


def test_market_values_that_cannot_be_read_are_unknown(upload):
    uploaded = upload("age,job,euribor3m,cpi,emp.var.rate\n45,admin.,high,93.9,1.1\n")

    assert uploaded.report.clean == 1
    assert pd.isna(uploaded.leads["euribor3m"].iloc[0])
    assert "Market values cannot be read in 1 row." in uploaded.report.notices


def test_a_replay_is_offered_only_when_the_file_has_a_market(upload):
    with_market = upload(UCI_HEADER + UCI_ROW, market="file").report
    without = upload("age,job\n45,admin.\n", market="file").report

    assert (with_market.has_market, with_market.market) == (True, "file")
    assert (without.has_market, without.market) == (False, "snapshot")
    assert "The file does not bring its own market columns" in " ".join(without.notices)


def test_the_training_file_is_recognised_by_its_columns_and_rows(upload, monkeypatch):
    monkeypatch.setattr("smartbank.core.columns.UCI_ROWS", 3)

    assert upload(UCI_HEADER + UCI_ROW * 3).report.training_rows
    assert not upload(UCI_HEADER + UCI_ROW * 2).report.training_rows


def test_progress_is_told_after_each_chunk(upload, monkeypatch):
    monkeypatch.setattr(intake, "CHUNK_ROWS", 2)
    told = []

    upload("age,job\n" + "45,admin.\n" * 5, report=told.append)

    assert [(progress.done, progress.step) for progress in told] == [(n, "Checking rows") for n in (2, 4, 5)]
    assert all(progress.done <= progress.total for progress in told)


def test_a_cancelled_reading_leaves_nothing_behind(upload, monkeypatch):
    monkeypatch.setattr(intake, "CHUNK_ROWS", 2)
    frames = MemoryFrameStore()

    def cancel(progress):
        if progress.done > 2:
            raise WorkCancelledError("The upload was cancelled.")

    with pytest.raises(WorkCancelledError):
        upload("age,job\n" + "45,admin.\n16,admin.\n" * 5, frames=frames, report=cancel)

    assert frames.load(Owners("u1").rows).empty
    assert frames.load(Owners("u1").aside).empty


def test_reading_again_replaces_what_there_was(upload, monkeypatch):
    frames = MemoryFrameStore()
    upload("age,job\n" + "45,admin.\n16,admin.\n" * 5, frames=frames)

    again = upload("age,job\n46,admin.\n", frames=frames)

    assert again.leads["age"].tolist() == [46]
    assert again.aside.empty


def test_more_rows_than_the_limit_are_refused(upload, monkeypatch):
    monkeypatch.setattr(intake, "MAX_ROWS", 3)

    with pytest.raises(LeadValidationError, match="more than 3 rows"):
        upload("age,job\n" + "45,admin.\n" * 4)


def test_lines_about_cells_set_aside_are_kept_up_to_a_limit(upload, monkeypatch):
    monkeypatch.setattr(intake, "MAX_ASIDE", 3)

    uploaded = upload("age,job\n45,admin.\n" + "16,admin.\n" * 10)

    assert (uploaded.report.aside, uploaded.report.aside_kept, len(uploaded.aside)) == (10, 3, 3)


def test_the_report_is_plain_json_and_reads_back(upload):
    report = upload(UCI_HEADER + UCI_ROW).report

    assert type(report).from_json(json.loads(json.dumps(report.to_json()))) == report
    assert "name" not in report.preview[0]
    assert report.preview[0]["days_since_contact"] is None


@pytest.mark.parametrize(
    ("phones", "said"),
    [
        (["+351912345678"] * 5, []),
        (["+351912345678", "+351 912 345 678", *[""] * 9] * 3, ["One phone number, ending in 5678, stands in 6 rows."]),
        (
            ["+351912345678", "+351912345679", "+351912345679"] * 7,
            ["2 phone numbers stand in 6 rows or more each: those ending in 5679 (14 rows) and 5678 (7 rows)."],
        ),
    ],
)
def test_a_phone_number_of_many_customers_is_spoken_of_and_never_shown_whole(upload, monkeypatch, phones, said):
    monkeypatch.setattr(intake, "CHUNK_ROWS", 4)

    uploaded = upload("age,job,phone\n" + "".join(f"45,admin.,{phone}\n" for phone in phones))

    notices = [each for each in uploaded.report.notices if "stand" in each]
    assert [each.partition(" A stand-in")[0] for each in notices] == said
    assert "912" not in json.dumps(uploaded.report.to_json())


def test_what_the_file_does_not_say_of_customers_is_spoken_of(upload):
    some = upload("age,job,marital,education,loan\n45,admin.,single,,no\n").report.notices
    all_of_it = upload("age,job,marital,education,loan,housing,default\n45,admin.,single,,no,no,no\n").report.notices

    said = "The file has no column for Credit in default and Housing loan: unknown for everybody"
    assert [each.partition(", which")[0] for each in some if "no column" in each] == [said]
    assert not [each for each in all_of_it if "no column" in each]


def test_a_file_in_which_many_share_a_number_is_usable_with_limits(upload):
    header = (
        "age,job,marital,education,loan,housing,default,contact,attempt,previous,poutcome,days_since_contact,phone\n"
    )
    row = "45,admin.,single,high.school,no,no,no,cellular,1,1,success,6,"

    alone, shared = (
        upload(header + "".join(f"{row}{number}\n" for number in numbers)).report
        for numbers in (range(351912345670, 351912345676), ["+351912345678"] * 6)
    )

    assert alone.verdict == "ready"
    assert (shared.verdict, shared.why.partition(" A stand-in")[0]) == (
        "usable",
        "One phone number, ending in 5678, stands in 6 rows.",
    )
