"""What a process knows of the rules on calling is some seconds old at most."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from smartbank.adapters.memory import MemoryRuleBookRepository
from smartbank.core.call_rules import RuleBook
from smartbank.errors import StorageError
from smartbank.services.rules_in_force import MAX_AGE_S, RulesInForce
from tests.clocks import Clock

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


class Away:
    """Rules nobody can read."""

    def current(self):
        raise StorageError("The database does not answer.")


def test_changed_rules_hold_after_some_seconds():
    kept, clock = MemoryRuleBookRepository(), Clock()
    rules = RulesInForce(kept, clock=clock)
    before = rules.current()
    after = kept.save(replace(before, rules=()), by="ana", at=NOW)

    clock.now += MAX_AGE_S - 0.1
    assert rules.current() == before
    clock.now += 0.2

    assert rules.current() == after != RuleBook()


def test_rules_that_cannot_be_read_are_not_guessed():
    clock = Clock()
    rules = RulesInForce(MemoryRuleBookRepository(), clock=clock)
    rules.current()
    rules._rules = Away()

    assert rules.current() == RuleBook()
    clock.now += MAX_AGE_S

    with pytest.raises(StorageError):
        rules.current()
