"""The rule book: its defaults, what changes in it, how it is kept, and what two changes at once come to."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartbank.core.call_rules import (
    DEFAULT_RULES,
    CallRule,
    RuleBook,
    RuleChange,
    RuleKind,
    book_from,
    changed_rules,
    new_segment_id,
    rules_conflict,
)
from smartbank.core.calling_hours import CallingHours
from smartbank.core.rule_merge import merged_rules

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
STUDENTS = CallRule("segment-1", RuleKind.SEGMENT, "Students", segment_field="job", values=("student",))
YOUNG = CallRule("segment-2", RuleKind.SEGMENT, "Under 25", segment_field="age", low=17, high=24)
COOL_DOWN = RuleBook().rule("cool_down")

switches = st.lists(st.booleans(), min_size=5, max_size=5)
books = st.builds(
    lambda on, days, segments, opens: RuleBook(
        rules=(
            *(
                replace(rule, on=each, days=days if rule.days else 0)
                for rule, each in zip(DEFAULT_RULES, on, strict=True)
            ),
            *segments,
        ),
        hours=CallingHours(opens=opens),
    ),
    switches,
    st.integers(1, 90),
    st.lists(st.sampled_from([STUDENTS, YOUNG]), unique=True),
    st.sampled_from([480, 540]),
)


def with_days(days, *, book=None):
    book = book or RuleBook()
    return book.with_rule(replace(book.rule("cool_down"), days=days))


def test_the_defaults_are_said_in_numbers():
    numbers = {rule.rule_id: (rule.on, rule.days, rule.limit) for rule in RuleBook().rules}

    assert numbers == {
        "subscribed": (True, 365, 0),
        "wrong_number": (True, 0, 0),
        "call_back": (True, 0, 0),
        "cool_down": (True, 3, 0),
        "attempts": (True, 90, 10),
    }
    assert (RuleBook().hours.opens, RuleBook().hours.closes, RuleBook().hours.weekdays) == (540, 1200, (0, 1, 2, 3, 4))


def test_a_rule_that_is_off_is_there_and_not_in_force():
    book = RuleBook().with_rule(replace(COOL_DOWN, on=False))

    assert len(book.rules) == 5
    assert [rule.rule_id for rule in book.in_force] == ["subscribed", "wrong_number", "call_back", "attempts"]


def test_a_rule_is_changed_in_its_place_added_at_the_end_and_removed():
    book = with_days(5).with_rule(STUDENTS)

    assert [rule.rule_id for rule in book.rules] == [*(rule.rule_id for rule in DEFAULT_RULES), "segment-1"]
    assert book.rule("cool_down").days == 5
    assert book.without("segment-1") == with_days(5)
    assert RuleBook().rule("nothing") is None


def test_a_segment_added_is_one_higher_than_any_there_is():
    assert new_segment_id(RuleBook()) == "segment-1"
    assert new_segment_id(RuleBook().with_rule(YOUNG)) == "segment-3"


def test_changed_rules_name_what_was_changed_added_and_removed():
    before = RuleBook().with_rule(STUDENTS)
    after = replace(with_days(5).with_rule(YOUNG), hours=CallingHours(closes=1080))

    assert changed_rules(before, after) == ["cool_down", "segment-1", "segment-2", "hours"]
    assert changed_rules(before, replace(before, version=7)) == []


@given(books)
def test_a_rule_book_comes_back_from_plain_values_as_it_was(book):
    assert book_from(book.to_json()) == book


def test_what_an_earlier_version_did_not_know_is_as_by_default_and_what_a_later_one_knows_is_left_alone():
    kept = {
        "version": 3,
        "rules": [{"rule_id": "cool_down", "kind": "cool_down", "days": 5, "colour": "red"}],
        "hours": {"opens": 600},
    }

    book = book_from(kept)

    assert book == RuleBook(3, (CallRule("cool_down", RuleKind.COOL_DOWN, days=5),), CallingHours(opens=600))
    assert book_from({"version": 1, "rules": []}).hours == CallingHours()


def test_a_conflict_names_each_who_changed_the_rules_since_once():
    changes = [RuleChange(RuleBook(version), by, NINE) for version, by in ((4, "ben"), (3, "ada"), (2, "ben"))]

    assert str(rules_conflict(1, changes)).startswith("ben and ada changed the rules meanwhile. Nothing of yours")
    assert str(rules_conflict(3, changes)).startswith("ben changed")
    assert str(rules_conflict(3, [])).startswith("Somebody else changed")


def test_two_changes_at_once_are_both_kept():
    seen = RuleBook()
    mine = seen.with_rule(replace(COOL_DOWN, on=False))
    theirs = replace(with_days(7), version=1, hours=CallingHours(closes=1080))

    merged = merged_rules(seen, mine, theirs)

    assert merged.rule("cool_down") == replace(COOL_DOWN, on=False, days=7)
    assert (merged.version, merged.hours.closes) == (1, 1080)


def test_of_one_value_both_changed_ones_own_holds():
    merged = merged_rules(RuleBook(), with_days(5), replace(with_days(7), version=1))

    assert (merged.version, merged.rule("cool_down").days) == (1, 5)


def test_a_segment_both_added_is_two_segments():
    mine = RuleBook().with_rule(STUDENTS)
    theirs = replace(RuleBook().with_rule(replace(YOUNG, rule_id="segment-1")), version=1)

    merged = merged_rules(RuleBook(), mine, theirs)

    assert [(rule.rule_id, rule.name) for rule in merged.rules[5:]] == [
        ("segment-1", "Under 25"),
        ("segment-2", "Students"),
    ]


def test_a_segment_of_which_both_changed_whom_it_means_means_whom_ones_own_says():
    seen = RuleBook().with_rule(STUDENTS)
    mine = seen.with_rule(replace(STUDENTS, values=("retired",)))
    theirs = seen.with_rule(replace(STUDENTS, name="The young", segment_field="age", values=(), low=17, high=24))

    merged = merged_rules(seen, mine, theirs)

    assert merged.rule("segment-1") == replace(STUDENTS, name="The young", values=("retired",))


@pytest.mark.parametrize(("mine_changed", "kept"), [(True, True), (False, False)])
def test_a_segment_somebody_else_removed_comes_back_only_if_it_was_changed_here(mine_changed, kept):
    seen = RuleBook().with_rule(STUDENTS)
    mine = seen.with_rule(replace(STUDENTS, on=False)) if mine_changed else seen

    assert (merged_rules(seen, mine, RuleBook(1)).rule("segment-1") is not None) is kept


def test_a_segment_removed_here_stays_removed():
    seen = RuleBook().with_rule(STUDENTS)
    theirs = seen.with_rule(replace(STUDENTS, on=False))

    assert merged_rules(seen, RuleBook(), theirs) == RuleBook()


@given(books, books)
def test_whoever_changed_alone_gets_what_they_wanted(seen, other):
    assert changed_rules(merged_rules(seen, seen, other), other) == []
    assert changed_rules(merged_rules(seen, other, seen), other) == []
