"""Every repository of the rules on calling must pass these, whatever it is built on."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from smartbank.adapters.memory import MemoryRuleBookRepository
from smartbank.adapters.mongo import MongoRuleBookRepository, MongoSettingsRepository
from smartbank.core.bank_settings import BankSettings
from smartbank.core.call_rules import CallRule, RuleBook, RuleChange, RuleKind
from smartbank.core.calling_hours import CallingHours
from smartbank.errors import ConflictError

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
TEN = datetime(2026, 1, 5, 10, tzinfo=UTC)
STUDENTS = CallRule(
    "segment-1", RuleKind.SEGMENT, "Students", on=False, segment_field="job", values=("student", "admin.")
)
YOUNG = CallRule("segment-2", RuleKind.SEGMENT, "Under 25", segment_field="age", low=17, high=24)


@pytest.fixture
def rules(build):
    return build("RuleBookRepository")


def with_days(book, days):
    return book.with_rule(replace(book.rule("cool_down"), days=days))


def test_the_defaults_hold_until_rules_are_saved(rules):
    assert rules.current() == RuleBook()
    assert rules.history() == []


def test_saved_rules_are_the_next_version_and_hold_in_every_value(rules):
    hours = CallingHours((1, 5), 615, 1440, on_holidays=True)
    wanted = replace(with_days(RuleBook(), 7).with_rule(STUDENTS).with_rule(YOUNG), hours=hours)

    saved = rules.save(wanted, by="ada", at=NINE)

    assert saved == replace(wanted, version=1)
    assert rules.current() == saved


def test_every_version_is_kept_newest_first_with_who_and_when(rules):
    first = rules.save(with_days(RuleBook(), 5), by="ada", at=NINE)
    second = rules.save(with_days(first, 7), by="ben", at=TEN)

    history = rules.history()

    assert history == [RuleChange(second, "ben", TEN), RuleChange(first, "ada", NINE)]
    assert rules.history(1) == history[:1]


def test_a_moment_is_kept_to_the_millisecond(rules):
    rules.save(RuleBook(), by="ada", at=NINE.replace(microsecond=123_456))

    assert rules.history()[0].at == NINE.replace(microsecond=123_000)


def test_rules_someone_changed_meanwhile_are_refused_with_who(rules):
    seen = rules.current()
    first = rules.save(with_days(seen, 5), by="ada", at=NINE)
    rules.save(with_days(first, 6), by="ben", at=TEN)

    with pytest.raises(ConflictError) as refused:
        rules.save(with_days(seen, 9), by="cleo", at=TEN)

    assert str(refused.value).startswith("ben and ada changed the rules meanwhile. Nothing of yours was saved.")
    assert rules.current().rule("cool_down").days == 6
    assert len(rules.history()) == 2


def test_rules_of_a_version_there_is_not_yet_are_refused(rules):
    with pytest.raises(ConflictError, match="Somebody else"):
        rules.save(RuleBook(version=4), by="ada", at=NINE)

    assert rules.history() == []


def test_of_two_who_save_at_once_the_second_is_refused(database, monkeypatch):
    rules = MongoRuleBookRepository(database)
    rules.save(with_days(RuleBook(), 5), by="ada", at=NINE)
    monkeypatch.setattr(MongoRuleBookRepository, "current", lambda _self: RuleBook())

    with pytest.raises(ConflictError, match="ada changed the rules"):
        rules.save(with_days(RuleBook(), 6), by="ben", at=TEN)


def test_rules_and_settings_lie_side_by_side_and_leave_each_other_alone(database):
    rules, settings = MongoRuleBookRepository(database), MongoSettingsRepository(database)
    rules.save(rules.save(with_days(RuleBook(), 5), by="ada", at=NINE), by="ada", at=TEN)
    settings.save(replace(BankSettings(), base_rate=0.03), by="ben", at=NINE)

    assert (rules.current().version, settings.current().version) == (2, 1)
    assert [change.by for change in rules.history()] == ["ada", "ada"]
    assert [change.by for change in settings.history()] == ["ben"]


def test_in_memory_others_than_the_defaults_may_hold_first():
    rules = MemoryRuleBookRepository(with_days(RuleBook(), 5))

    saved = rules.save(with_days(rules.current(), 6), by="ada", at=NINE)

    assert (saved.version, len(rules.history())) == (1, 1)
