import numpy as np
import pytest

from smartbank.core.fields import LEAD_COLUMNS
from smartbank.core.reasons import FEW, ReasonWriter, percentage_points
from tests.stubs import StubScorer, stub_leads


@pytest.fixture
def writer():
    return ReasonWriter(StubScorer().rate, 0.11)


def contributions(**values):
    return np.array([values.get(name, 0.0) for name in LEAD_COLUMNS])


def test_a_reason_is_a_sentence_with_the_rate_of_such_customers(writer):
    lead = stub_leads([45]).iloc[0].copy()
    lead["poutcome"] = "success"

    (reason,) = writer.reasons(lead, contributions(poutcome=1.8))

    assert reason.sentence == "Customers who bought in the last campaign: 65 % bought; all: 11 %"
    assert (reason.field, reason.contribution, reason.label) == ("poutcome", 1.8, "Outcome of the last campaign")


def test_reasons_come_strongest_first_and_negligible_ones_are_left_out(writer):
    lead = stub_leads([45]).iloc[0]

    found = writer.reasons(lead, contributions(age=-0.5, job=0.9, loan=0.001))

    assert [reason.field for reason in found] == ["job", "age"]


def test_a_rate_that_points_the_other_way_is_said_to_count_beside_the_other_fields(writer):
    sentence = writer.sentence("age", 45.0, speaks_for=True)

    assert sentence == (
        "Customers aged 40 to 49: 8 % bought; all: 11 %; among otherwise similar customers it speaks for a call"
    )


def test_a_group_without_training_rows_says_so(writer):
    assert writer.sentence("job", None, speaks_for=False) == "Job not known: no such customers in training"


def test_of_few_customers_in_training_no_percentage_is_said():
    rows = {"admin.": FEW, "student": FEW - 1}
    writer = ReasonWriter(lambda _field, value: (f"people who are {value}", 0.58, rows[value]), 0.11)
    told = [stub_leads([45]).assign(job=job).iloc[0] for job in rows]

    assert writer.sentence("job", "admin.", speaks_for=True) == "People who are admin.: 58 % bought; all: 11 %"
    assert (
        writer.sentence("job", "student", speaks_for=True) == "People who are student: few such customers in training"
    )
    assert [len(writer.background(each, contributions(job=0.5), limit=3)) for each in told] == [1, 0]


def test_the_top_sentences_speak_for_a_call_only(writer):
    leads = stub_leads([45, 30]).assign(job="student")
    parts = np.stack([contributions(age=-1.0, job=0.5), contributions(age=0.3, job=0.5)])

    sentences = writer.top_sentences(leads, parts, limit=2)

    assert sentences.columns.tolist() == ["reason_1", "reason_2"]
    assert sentences["reason_1"].str.startswith("Job").tolist() == [True, True]
    assert sentences["reason_2"].tolist()[0] == ""
    assert sentences["reason_2"].tolist()[1].startswith("Customers aged")


def test_what_is_not_known_is_no_reason_to_call(writer):
    leads = stub_leads([45])

    sentences = writer.top_sentences(leads, contributions(age=0.1, job=2.0)[np.newaxis], limit=2)

    assert sentences.iloc[0].tolist()[0].startswith("Customers aged 40 to 49")
    assert sentences.iloc[0].tolist()[1] == ""


def test_percentage_points_sum_to_the_whole_move():
    points = percentage_points(0.0, [np.log(3), -np.log(3)])

    assert points == pytest.approx([25.0, -25.0])
