"""Whom each rule leaves out, by eye, and what holds for all of them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartbank.core.call_rules import DEFAULT_RULES, CallRule, RuleBook, RuleKind
from smartbank.core.exclusion import contacts_since, excluded, excluded_sentence, rule_words
from smartbank.core.outcomes import CONTACT_COLUMNS, OutcomeKind, contact_frame
from tests.stubs import stub_leads

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=400)
STUDENTS = CallRule("segment-1", RuleKind.SEGMENT, "Students", segment_field="job", values=("student",))
YOUNG = CallRule("segment-2", RuleKind.SEGMENT, "Under 25", segment_field="age", low=17, high=24)
KINDS_BY_DAYS = ("subscribed", "cool_down", "attempts")


def leads(n=1, *, known=LONG_AGO, **values):
    frame = stub_leads([30] * n).assign(**values)
    return frame.assign(updated_at=pd.Series([known] * n, index=frame.index, dtype="datetime64[ms, UTC]"))


def call(customer, days, outcome="no_answer"):
    return {"customer_id": f"lead-{customer}", "at": NOW - timedelta(days=days), "outcome": outcome, "by": "gil"}


def calls(*made):
    return contact_frame(sorted(made, key=lambda each: each["at"]))


def only(rule_id, **values):
    """Return the rules with one of them on."""
    rules = (replace(rule, on=rule.rule_id == rule_id) for rule in DEFAULT_RULES)
    book = RuleBook(rules=tuple(rules))
    return book.with_rule(replace(book.rule(rule_id), **values)) if values else book


def out(frame, contacts=None, book=None):
    contacts = calls() if contacts is None else contacts
    return excluded(frame, contacts, book=book or RuleBook(), now=NOW).tolist()


def test_nobody_who_was_never_called_and_of_whom_nothing_is_known_is_left_out():
    assert out(leads(2)) == ["", ""]


def test_who_bought_lately_is_left_out_until_the_days_are_over():
    made = calls(call(0, 364, "subscribed"), call(1, 365, "subscribed"), call(2, 10, "declined"))

    assert out(leads(3), made) == ["subscribed", "", ""]


def test_a_sale_counts_also_where_later_calls_came_to_nothing():
    assert out(leads(), calls(call(0, 200, "subscribed"), call(0, 100, "declined"))) == ["subscribed"]


def test_who_was_called_lately_is_left_out_to_the_hour():
    assert out(leads(2), calls(call(0, 2.9), call(1, 3))) == ["cool_down", ""]


def test_a_call_the_data_knows_of_counts_from_when_that_was_known():
    two_days_ago = NOW - timedelta(days=2)

    found = out(leads(3, known=two_days_ago, days_since_contact=[0.0, 1.0, float("nan")]))

    assert found == ["cool_down", "", ""]


def test_of_data_and_own_calls_the_later_call_counts():
    made = calls(call(0, 10), call(1, 1))

    found = out(leads(2, known=NOW, days_since_contact=[1.0, 50.0]), made)

    assert found == ["cool_down", "cool_down"]


def test_who_was_called_often_is_left_out_by_data_or_by_own_calls():
    often = [call(1, 4 + day) for day in range(10)]

    found = out(leads(4, attempt=[11.0, 1.0, 10.0, float("nan")]), calls(*often))

    assert found == ["attempts", "attempts", "", ""]


def test_the_larger_of_data_and_own_calls_counts_not_their_sum():
    six = [call(0, 4 + day) for day in range(6)]

    assert out(leads(attempt=[7.0]), calls(*six)) == [""]


def test_only_calls_within_the_days_count_as_often():
    spread = [call(0, 4 + 10 * number) for number in range(10)]

    assert out(leads(), calls(*spread)) == [""]
    assert out(leads(), calls(*spread), only("attempts", days=95)) == ["attempts"]


def test_of_a_run_of_before_a_wrong_number_holds_until_the_customer_is_brought_anew():
    made = calls(call(0, 30, "wrong_number"))

    assert out(leads(known=NOW - timedelta(days=31)), made) == ["wrong_number"]
    assert out(leads(known=NOW - timedelta(days=29)), made) == [""]


def test_only_another_number_rights_a_wrong_one():
    made = calls(call(0, 30, "wrong_number"))

    assert out(leads(known=NOW).assign(phone_since=NOW - timedelta(days=31)), made) == ["wrong_number"]
    assert out(leads(known=NOW).assign(phone_since=NOW - timedelta(days=29)), made) == [""]


def test_a_call_back_nobody_made_ends_two_weeks_after_the_time_agreed():
    agreed = call(0, 30, "callback") | {"call_again_at": NOW - timedelta(days=13)}

    assert out(leads(), calls(agreed)) == ["call_back"]
    assert out(leads(), calls(agreed | {"call_again_at": NOW - timedelta(days=14)})) == [""]
    assert out(leads(), calls(call(0, 13, "callback"))) == ["call_back"]
    assert out(leads(), calls(call(0, 14, "callback"))) == [""]


def test_a_file_brought_in_while_a_run_goes_on_is_no_day_in_the_future():
    frame = leads(2, known=NOW + timedelta(seconds=2)).assign(days_since_contact=[3.0, 2.0])

    assert out(frame) == ["", "cool_down"]


def test_an_open_call_back_is_one_nobody_made():
    asked = call(0, 10, "callback")

    assert out(leads(), calls(asked)) == ["call_back"]
    assert out(leads(), calls(asked, call(0, 5, "no_answer"))) == [""]


def test_a_segment_by_age_has_both_its_ends_and_nobody_of_unknown_age():
    frame = leads(5).assign(age=[16.0, 17.0, 24.0, 25.0, float("nan")])

    assert out(frame, book=RuleBook().with_rule(YOUNG)) == ["", "segment-2", "segment-2", "", ""]


def test_a_segment_by_category_has_its_values_and_nobody_of_whom_they_are_unknown():
    frame = leads(3).assign(job=pd.Series(["student", "retired", None], dtype="str"))

    assert out(frame, book=RuleBook().with_rule(STUDENTS)) == ["segment-1", "", ""]


def test_of_several_rules_the_first_one_counts():
    made = calls(call(0, 1, "subscribed"), call(1, 1, "callback"))
    frame = leads(3).assign(job=pd.Series(["student"] * 3, dtype="str"))

    assert out(frame, made, RuleBook().with_rule(STUDENTS)) == ["subscribed", "call_back", "segment-1"]


def test_a_rule_that_is_off_leaves_nobody_out():
    off = RuleBook().with_rule(replace(RuleBook().rule("cool_down"), on=False))

    assert out(leads(), calls(call(0, 1)), off) == [""]


def test_calls_of_others_change_nothing():
    assert out(leads(), calls(call(7, 1, "wrong_number"))) == [""]


@pytest.mark.parametrize("n", [0, 2])
@pytest.mark.parametrize("made", [[], [call(0, 1)]])
def test_the_answer_is_text_under_the_index_of_the_leads(n, made):
    frame = leads(n)
    frame.index = frame.index + 40

    found = excluded(frame, calls(*made), book=RuleBook().with_rule(STUDENTS), now=NOW)

    assert found.dtype == "str"
    assert found.index.tolist() == frame.index.tolist()
    assert found.tolist() == (["cool_down", ""] if made else ["", ""])[:n]


def test_nothing_given_is_changed():
    frame, made = leads(2, attempt=[11.0, 1.0]), calls(call(0, 1))
    before = frame.copy(), made.copy()

    out(frame, made)

    pd.testing.assert_frame_equal(frame, before[0])
    pd.testing.assert_frame_equal(made, before[1])
    assert list(made.columns) == list(CONTACT_COLUMNS)


def test_calls_are_looked_at_as_far_back_as_a_rule_in_force_asks():
    assert NOW - contacts_since(RuleBook(), NOW) == timedelta(days=3_650)
    assert NOW - contacts_since(only("cool_down"), NOW) == timedelta(days=3)
    assert contacts_since(RuleBook(rules=()), NOW) == NOW


def test_the_sentence_names_each_rule_with_its_number_and_agrees_with_it():
    counts = {"cool_down": 1_112, "attempts": 1, "wrong_number": 1, "segment-1": 2, "segment-9": 1}
    book = RuleBook().with_rule(replace(RuleBook().rule("attempts"), limit=1)).with_rule(STUDENTS)

    assert excluded_sentence(counts, book) == (
        "1 with a wrong number → 1,112 called within the last 3 days → 1 called 1 time already → "
        "2 in “Students” → 1 under a rule of before"
    )
    assert excluded_sentence({}, book) == ""
    assert [rule_words(rule) for rule in DEFAULT_RULES] == [
        "bought within the last 365 days",
        "with a wrong number",
        "waiting for a call-back",
        "called within the last 3 days",
        "called 10 times already",
    ]


people = st.integers(0, 4)
unknown = st.just(float("nan"))
made_calls = st.lists(
    st.builds(call, people, st.integers(0, 500).map(lambda tenths: tenths / 10), st.sampled_from(list(OutcomeKind))),
    max_size=30,
)
known_leads = st.builds(
    lambda days, attempts, known: leads(5, known=known, days_since_contact=days, attempt=attempts),
    st.lists(st.integers(0, 60).map(float) | unknown, min_size=5, max_size=5),
    st.lists(st.integers(1, 30).map(float) | unknown, min_size=5, max_size=5),
    st.integers(0, 60).map(lambda days: NOW - timedelta(days=days)),
)


@given(known_leads, made_calls)
def test_with_every_rule_off_nobody_is_left_out(frame, made):
    off = RuleBook(rules=tuple(replace(rule, on=False) for rule in (*DEFAULT_RULES, STUDENTS, YOUNG)))

    assert set(out(frame, calls(*made), off)) == {""}


@given(known_leads, made_calls, st.sampled_from(KINDS_BY_DAYS), st.integers(1, 60), st.integers(0, 60))
def test_more_days_never_let_more_in(frame, made, rule_id, days, more):
    fewer = out(frame, calls(*made), only(rule_id, days=days))
    longer = out(frame, calls(*made), only(rule_id, days=days + more))

    assert all(after == rule_id for before, after in zip(fewer, longer, strict=True) if before)


@given(known_leads, made_calls, st.sampled_from([rule.rule_id for rule in DEFAULT_RULES]))
def test_one_more_rule_never_lets_more_in(frame, made, rule_id):
    without = RuleBook().with_rule(replace(RuleBook().rule(rule_id), on=False))

    before, after = (out(frame, calls(*made), book) for book in (without, RuleBook()))

    assert all(after[place] for place, rule in enumerate(before) if rule)


@given(known_leads, made_calls)
def test_of_whom_only_own_calls_are_known_is_judged_by_them_alone(frame, made):
    nothing = frame.assign(days_since_contact=float("nan"), attempt=float("nan"))
    called = {each["customer_id"] for each in made}

    found = out(nothing, calls(*made))

    assert all(rule == "" for rule, who in zip(found, frame["customer_id"], strict=True) if who not in called)
