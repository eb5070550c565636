"""Changing the rules on calling: who may, what goes on record, and what is refused."""

from dataclasses import replace
from datetime import UTC, datetime

import pandas as pd
import pytest

from smartbank.adapters import memory
from smartbank.core.call_rules import CallRule, RuleBook, RuleKind
from smartbank.core.calling_hours import CallingHours
from smartbank.core.outcomes import Outcome, OutcomeKind
from smartbank.core.people import Role
from smartbank.errors import ConflictError, ForbiddenError, SettingsError
from smartbank.services.call_rules import change_rules, rules_history, rules_in_force
from smartbank.services.rule_counts import RuleCounts, count_left_out
from tests.actors import EVERYBODY
from tests.stubs import stub_leads

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
ADA, BEN = EVERYBODY[Role.ADMIN], EVERYBODY[Role.MANAGER]
STUDENTS = CallRule("segment-1", RuleKind.SEGMENT, "Students", segment_field="job", values=("student",))


@pytest.fixture
def rules():
    return memory.MemoryRuleBookRepository()


@pytest.fixture
def audit():
    return memory.MemoryAuditLog()


@pytest.fixture
def change(rules, audit):
    return lambda book, by=ADA: change_rules(book, by=by, rules=rules, audit=audit, now=NINE)


def with_days(days, book=None):
    book = book or RuleBook()
    return book.with_rule(replace(book.rule("cool_down"), days=days))


def test_a_change_is_the_next_version_and_on_record_with_before_and_after(change, rules, audit):
    saved = change(replace(with_days(5).with_rule(STUDENTS), hours=CallingHours(closes=1080)))

    (entry,) = audit.kept
    details = entry.event.details
    assert rules.current() == saved
    assert (entry.event.action, entry.event.object_id, entry.event.result) == ("change_rules", "1", "done")
    assert details["changed"] == ["cool_down", "segment-1", "hours"]
    assert [rule.get("days") for rule in details["before"]] == [3, None]
    assert [rule.get("days") for rule in details["after"]] == [5, 0, None]
    assert (details["before"][-1]["closes"], details["after"][-1]["closes"]) == (1200, 1080)


def test_a_segment_that_goes_is_on_record_as_it_was(change, audit):
    saved = change(RuleBook().with_rule(STUDENTS))

    change(saved.without("segment-1"))

    details = audit.kept[-1].event.details
    assert ([rule["name"] for rule in details["before"]], details["after"]) == (["Students"], [])


def test_what_is_in_force_already_is_not_saved_again(change, rules, audit):
    assert change(RuleBook()) == RuleBook()

    assert rules.history() == []
    assert (audit.kept[-1].event.object_id, audit.kept[-1].event.details["changed"]) == ("0", [])


def test_whoever_saves_second_is_told_who_was_first_and_saves_nothing(change, rules, audit):
    change(with_days(5))

    with pytest.raises(ConflictError, match="some_admin changed the rules meanwhile"):
        change(with_days(9))

    assert rules.current().rule("cool_down").days == 5
    assert audit.kept[-1].event.result == "failed"


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_only_who_may_change_settings_changes_rules(change, rules, audit, role):
    with pytest.raises(ForbiddenError):
        change(with_days(5), by=EVERYBODY[role])

    assert rules.history() == []
    assert audit.kept[-1].event.result == "refused"


def test_a_rule_that_is_not_allowed_is_not_saved(change, rules, audit):
    with pytest.raises(SettingsError, match="The days of a rule"):
        change(with_days(0))

    assert rules.history() == []
    assert audit.kept[-1].event.result == "failed"


def test_managers_see_what_holds_and_auditors_who_changed_it(change, rules):
    saved = change(with_days(5))

    assert rules_in_force(by=BEN, rules=rules) == saved
    assert [each.by for each in rules_history(5, by=EVERYBODY[Role.AUDITOR], rules=rules)] == ["some_admin"]
    with pytest.raises(ForbiddenError):
        rules_history(5, by=BEN, rules=rules)
    with pytest.raises(ForbiddenError):
        rules_in_force(by=EVERYBODY[Role.AGENT], rules=rules)


@pytest.fixture
def counted():
    """Count five stored customers: one objected, one gave consent and is a student, one was called an hour ago."""
    customers, outcomes = memory.MemoryCustomerRepository(), memory.MemoryOutcomeRepository()
    leads = stub_leads([30] * 5).assign(
        objected=pd.Series(["yes", None, None, None, None], dtype="str"),
        consent=pd.Series([None, "yes", None, None, None], dtype="str"),
        job=pd.Series([None, "student", None, None, None], dtype="str"),
    )
    customers.save_many(leads, source={"kind": "demo"}, saved_at=NINE)
    outcomes.record(Outcome("lead-2", NINE.replace(hour=8), OutcomeKind.NO_ANSWER, "run", 0.1, 0.1))

    def counted(book, *, require_consent=False):
        return count_left_out(
            book, by=ADA, require_consent=require_consent, customers=customers, outcomes=outcomes, now=NINE
        )

    return counted


def test_the_stored_customers_are_counted_under_rules_that_are_not_saved(counted):
    counts = counted(RuleBook().with_rule(STUDENTS))

    assert counts == RuleCounts(5, {"objected": 1}, {"cool_down": 1, "segment-1": 1})
    assert counts.left == 2


def test_who_must_not_be_called_is_counted_before_any_rule(counted):
    counts = counted(RuleBook(), require_consent=True)

    assert (counts.barred, counts.ruled_out, counts.left) == ({"objected": 1, "unknown": 3}, {}, 1)


def test_rules_that_are_not_allowed_are_not_counted(counted):
    with pytest.raises(SettingsError):
        counted(with_days(0))


def test_in_chunks_or_at_once_the_counts_are_the_same(counted, monkeypatch):
    at_once = counted(RuleBook())
    monkeypatch.setattr("smartbank.services.rule_counts._CHUNK_ROWS", 2)

    assert counted(RuleBook()) == at_once
