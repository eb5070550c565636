"""Which rule books may be saved, and what the others are told."""

from dataclasses import replace

import pytest

from smartbank.core.call_rules import CallRule, RuleBook, RuleKind
from smartbank.core.calling_hours import CallingHours
from smartbank.core.fields import FIELD
from smartbank.core.rule_checks import MOST_SEGMENTS, SEGMENT_FIELDS, validate_rules
from smartbank.errors import SettingsError

STUDENTS = CallRule("segment-1", RuleKind.SEGMENT, "Students", segment_field="job", values=("student",))
YOUNG = CallRule("segment-2", RuleKind.SEGMENT, "Under 25", segment_field="age", low=17, high=24)


def changed(rule_id, **values):
    return RuleBook().with_rule(replace(RuleBook().rule(rule_id), **values))


def with_hours(**values):
    return RuleBook(hours=replace(CallingHours(), **values))


def segment(rule=STUDENTS, **values):
    return RuleBook().with_rule(replace(rule, **values))


def many(number):
    return RuleBook(rules=tuple(replace(YOUNG, rule_id=f"segment-{n}", name=f"Group {n}") for n in range(number)))


@pytest.mark.parametrize(
    "book",
    [
        RuleBook(),
        RuleBook(rules=()),
        changed("cool_down", days=1),
        changed("subscribed", days=3_650),
        changed("attempts", limit=100, days=1),
        segment(),
        segment(YOUNG, low=24),
        segment(YOUNG, low=17, high=120),
        segment(name="Ação «ü»"),
        with_hours(opens=0, closes=1440),
        with_hours(weekdays=(6,), opens=555, closes=570),
        many(MOST_SEGMENTS),
    ],
)
def test_what_is_allowed_comes_back_as_it_is(book):
    assert validate_rules(book) is book


@pytest.mark.parametrize(
    ("book", "said"),
    [
        (changed("cool_down", days=0), "The days of a rule must be 1 to 3,650."),
        (changed("subscribed", days=3_651), "The days of a rule must be 1 to 3,650."),
        (changed("attempts", days=-1), "The days of a rule must be 1 to 3,650."),
        (changed("attempts", limit=0), "A customer may be called 1 to 100 times."),
        (changed("attempts", limit=101), "A customer may be called 1 to 100 times."),
        (segment(name=" "), "A segment needs a name of up to 60 characters on one line."),
        (segment(name="x" * 61), "A segment needs a name of up to 60 characters on one line."),
        (segment(name="two\nlines"), "A segment needs a name of up to 60 characters on one line."),
        (segment(segment_field="phone"), "Students: choose what the segment looks at."),
        (segment(segment_field=""), "Students: choose what the segment looks at."),
        (segment(values=()), "Students: choose at least one of its values."),
        (segment(values=("student", "wizard")), "Students: choose at least one of its values."),
        (segment(YOUNG, low=25), "Under 25: the ages must be 17 to 120, the lower one first."),
        (segment(YOUNG, low=16), "Under 25: the ages must be 17 to 120, the lower one first."),
        (segment(YOUNG, high=121), "Under 25: the ages must be 17 to 120, the lower one first."),
        (many(MOST_SEGMENTS + 1), "There may be 50 segments at most: remove one first."),
        (
            segment().with_rule(replace(YOUNG, name="students")),
            "Two segments have the same name: give each one of its own.",
        ),
        (with_hours(weekdays=()), "Choose at least one day of the week to call."),
        (with_hours(weekdays=(0, 7)), "Choose at least one day of the week to call."),
        (with_hours(opens=1200), "Calls must begin before they end, on the same day."),
        (with_hours(opens=-15), "Calls must begin before they end, on the same day."),
        (with_hours(closes=1455), "Calls must begin before they end, on the same day."),
        (with_hours(opens=547), "Calls must begin and end at a whole quarter of an hour, such as 09:15."),
        (with_hours(closes=1199), "Calls must begin and end at a whole quarter of an hour, such as 09:15."),
    ],
)
def test_what_is_not_allowed_is_told_what_it_may_be(book, said):
    with pytest.raises(SettingsError) as refused:
        validate_rules(book)

    assert str(refused.value) == said


def test_every_fault_is_told_at_once():
    book = replace(changed("cool_down", days=0), hours=CallingHours(weekdays=()))

    with pytest.raises(SettingsError, match=r"The days of a rule .* Choose at least one day"):
        validate_rules(book)


def test_a_rule_that_is_off_is_checked_too_as_it_may_be_switched_on():
    with pytest.raises(SettingsError):
        validate_rules(changed("cool_down", days=0, on=False))


def test_a_segment_may_look_at_age_and_every_category_a_model_sees():
    assert SEGMENT_FIELDS == ("age", "job", "marital", "education", "default", "housing", "loan", "contact", "poutcome")
    assert all(FIELD[name].levels for name in SEGMENT_FIELDS[1:])
