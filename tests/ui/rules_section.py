"""The rules section of the admin page, for the tests that use it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from smartbank.adapters.memory import MemoryRuleBookRepository
from smartbank.core.call_rules import CallRule, RuleKind
from smartbank.core.people import Role
from tests.services import memory_services

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
STUDENTS = CallRule("segment-1", RuleKind.SEGMENT, "Students", segment_field="job", values=("student",))


@pytest.fixture
def services():
    """Services with the rules as they are by default."""
    return memory_services(rules=MemoryRuleBookRepository())


def section_of(open_page):
    """Return a function that opens the section as a role."""

    def open_rules(role=Role.ADMIN):
        page = open_page("admin.py", role=role, section="Rules")
        assert not page.exception
        return page

    return open_rules


def meanwhile(services, rule_id="cool_down", **values):
    """Have somebody else change a rule."""
    book = services.rules.current()
    services.rules.save(book.with_rule(replace(book.rule(rule_id), **values)), by="ben", at=NINE)


def number(page, name):
    return page.number_input(key=f"rule_{name}")


def captions(page):
    assert not page.exception
    return [caption.value for caption in page.caption]


def save(page):
    page.button(key="rules_save").click().run()
    assert not page.exception
