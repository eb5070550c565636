"""The table of rights, walked: every use case that asks for a right, as every role."""

import importlib
import inspect
import pkgutil
import re
from pathlib import Path

import pytest

from smartbank import services
from smartbank.core.people import ROLE_RIGHTS, Right, Role
from smartbank.errors import ForbiddenError
from tests.actors import EVERYBODY
from tests.use_cases import World
from tests.use_cases_people import USE_CASES

ROOT = Path(__file__).parents[2]
RIGHT = re.compile(r"\bRight\.([A-Z_]+)")
WITHOUT_USE_CASE: set[Right] = set()
"""Rights nothing asks for yet."""
WITHOUT_RIGHT = {"inbox.messages", "inbox.mark_read", "sessions.own_sessions", "passwords.change_own_password"}
"""Use cases on what is one's own, which need no right."""
PARTS = {
    "auditing.audited",
    "answered_once.answered_once",
    "objections.objected_in_call",
    "objections.lift_mistaken",
}
"""Parts of use cases, which ask themselves."""


@pytest.fixture(scope="module")
def untouched():
    """A world for those who are refused, who change nothing in it."""
    return World()


def acting_functions():
    """Yield the name of every public function of the use cases that takes who acts."""
    for module in pkgutil.iter_modules(services.__path__):
        found = importlib.import_module(f"{services.__name__}.{module.name}")
        for name, function in inspect.getmembers(found, inspect.isfunction):
            is_own = function.__module__ == found.__name__ and not name.startswith("_")
            if is_own and "by" in inspect.signature(function).parameters:
                yield f"{module.name}.{name}"


def test_every_right_has_a_use_case_or_is_really_asked_for_by_none():
    asked = {
        match for path in (ROOT / "smartbank" / "services").glob("*.py") for match in RIGHT.findall(path.read_text())
    }

    assert {use_case.right for use_case in USE_CASES} == set(Right) - WITHOUT_USE_CASE
    assert not asked & {right.name for right in WITHOUT_USE_CASE}


def test_every_use_case_that_takes_who_acts_is_walked():
    walked = {use_case.name for use_case in USE_CASES}

    assert set(acting_functions()) - PARTS == walked | WITHOUT_RIGHT


@pytest.mark.parametrize("use_case", USE_CASES, ids=lambda use_case: f"{use_case.name}-{use_case.right}")
def test_a_role_without_the_right_is_refused_and_the_refusal_is_on_record(use_case, untouched):
    audit = untouched.services.audit
    for role in (role for role in Role if use_case.right not in ROLE_RIGHTS[role]):
        before = len(audit.kept)

        with pytest.raises(ForbiddenError):
            use_case.call(untouched, EVERYBODY[role])

        written = [(entry.event.who, entry.event.result) for entry in audit.kept[before:]]
        assert written == ([(f"some_{role}", "refused")] if use_case.is_audited else [])


@pytest.mark.parametrize("use_case", USE_CASES, ids=lambda use_case: f"{use_case.name}-{use_case.right}")
def test_a_role_with_the_right_does_it_and_that_is_on_record(use_case):
    for role in (role for role in Role if use_case.right in ROLE_RIGHTS[role]):
        world = World()
        before = len(world.services.audit.kept)

        use_case.call(world, EVERYBODY[role])

        results = {entry.event.result for entry in world.services.audit.kept[before:]}
        assert results == ({"done"} if use_case.is_audited or results else set())


def test_the_table_in_the_handbook_is_the_table_in_force():
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    lines = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")
    ]
    header = next(cells for cells in lines if cells[0] == "right")
    rows = {cells[0]: dict(zip(header[2:], cells[2:], strict=True)) for cells in lines if cells[0] in list(Right)}

    assert header[2:] == list(Role)
    assert rows == {right: {role: "yes" if right in ROLE_RIGHTS[role] else "no" for role in Role} for right in Right}
