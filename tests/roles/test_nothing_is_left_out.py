"""The walk leaves nothing out: no right, use case, address, file, page or control, and no cell of the table."""

import ast
import importlib
import inspect
import pkgutil
import re

import pytest

from smartbank import server, services
from smartbank.api.app import create_api
from smartbank.cli.operating import operator
from smartbank.config import Settings
from smartbank.core.people import COMMAND_LINE, ROLE_RIGHTS, Right, Role
from tests.roles.addresses import FILES, NEEDED, OPEN
from tests.roles.controls import CONTROLS, control_of
from tests.roles.places import PLACES
from tests.roles.table import HEADER, ROOT, ROWS
from tests.roles.use_cases import OF_RIGHT
from tests.services import memory_services
from tests.use_cases_people import USE_CASES

RIGHT = re.compile(r"\bRight\.([A-Z_]+)")
WITHOUT_RIGHT = {"inbox.messages", "inbox.mark_read", "sessions.own_sessions", "passwords.change_own_password"}
"""Use cases on what is one's own, which need no right."""
PARTS = {
    "auditing.audited",
    "answered_once.answered_once",
    "objections.objected_in_call",
    "objections.lift_mistaken",
    "model_versions.decided",
}
"""Parts of use cases, which ask themselves."""
TO_ANYBODY = {"/healthz", "/auth/session", "/auth/sign-out"}
"""What the server of the screens answers without a right."""
PRESSED = {"button", "download_button", "link_button", "form_submit_button", "file_uploader"}
CALLED = {"button_key(kind, call)": "outcome_*"}
"""How keys are written that are made elsewhere."""


def source(folder):
    return {path: path.read_text(encoding="utf-8") for path in sorted((ROOT / folder).glob("*.py"))}


def test_the_table_in_the_handbook_is_the_table_in_force():
    rows = {right: dict(zip(HEADER[2:], cells, strict=True)) for right, _, *cells in ROWS}

    assert HEADER[:2] == ["right", "what it allows"]
    assert HEADER[2:] == list(Role)
    assert [right for right, *_ in ROWS] == list(rows)
    assert all(allows for _, allows, *_ in ROWS)
    assert rows == {right: {role: "yes" if right in ROLE_RIGHTS[role] else "no" for role in Role} for right in Right}


def test_every_right_has_a_way_to_it():
    assert [right for right in Right if not OF_RIGHT[right]] == []


def acting_functions():
    """Yield the name of every public function of the use cases that takes who acts."""
    for module in pkgutil.walk_packages(services.__path__, f"{services.__name__}."):
        found = importlib.import_module(module.name)
        for name, function in inspect.getmembers(found, inspect.isfunction):
            is_own = function.__module__ == found.__name__ and not name.startswith("_")
            if is_own and "by" in inspect.signature(function).parameters:
                yield f"{module.name.rpartition('.')[2]}.{name}"


def test_every_use_case_that_takes_who_acts_is_walked():
    assert set(acting_functions()) - PARTS == {use_case.name for use_case in USE_CASES} | WITHOUT_RIGHT


def test_every_address_of_the_api_and_of_the_server_is_walked():
    document = create_api(memory_services).openapi()["paths"].items()
    routes = {getattr(route, "path", "") for route in server.build_routes(memory_services, Settings())}

    assert {(method.upper(), path) for path, methods in document for method in methods} == set(NEEDED) | OPEN
    assert routes == set(FILES) | TO_ANYBODY | {"/api"}


def test_every_page_is_walked_and_asks_for_the_right_the_walk_expects():
    asked = {path.name: re.findall(r"require_user\(([^)]*)\)", text) for path, text in source("pages").items()}
    expected = {place.script: place.right for place in PLACES}

    assert {page: RIGHT.findall(calls[0]) for page, calls in asked.items()} == {
        page: [] if right is None else [right.name] for page, right in expected.items()
    }
    assert all(place.right is expected[place.script] for place in PLACES)


def test_the_navigation_shows_a_page_to_whoever_the_page_lets_in():
    rows = re.findall(r'^    \("(\w+)", "[^"]+", "\w+", (?:Right\.)?(\w+)\),$', (ROOT / "app.py").read_text(), re.M)
    asked = {place.script.removesuffix(".py"): place.right for place in PLACES}
    asked |= {"customer": None}  # every role has the right to see one

    assert all(Right.SEE_CUSTOMER in rights for rights in ROLE_RIGHTS.values())
    assert {page: None if name == "None" else Right[name] for page, name in rows} | {"overview": None} == asked


def written_keys(text):
    """Yield the key of everything a module lets somebody press, with "*" for what is put into it."""
    for call in (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)):
        if isinstance(call.func, ast.Attribute) and call.func.attr in PRESSED:
            (key,) = [each.value for each in call.keywords if each.arg == "key"] or [
                ast.Name("a control without a key")
            ]
            if isinstance(key, ast.JoinedStr):
                parts = (part.value if isinstance(part, ast.Constant) else "*" for part in key.values)
                yield re.sub(r"\*(_\*)*", "*", "".join(parts))
            else:
                yield key.value if isinstance(key, ast.Constant) else CALLED.get(ast.unparse(key), ast.unparse(key))


def test_every_control_of_the_screens_has_a_right_and_a_guard():
    texts = [*source("smartbank/ui").values(), *source("pages").values(), (ROOT / "app.py").read_text()]

    assert {key for text in texts for key in written_keys(text)} == {control.key for control in CONTROLS}


def test_every_control_on_a_page_of_the_walk_is_among_them():
    found = {(key, right): control_of(key, right) for place in PLACES for key, right in place.controls.items()}

    assert [name for name, control in found.items() if control is None] == []


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: f"{control.key}-{control.right}")
def test_what_stands_behind_a_control_is_walked_for_the_same_right(control):
    if callable(control.guard):
        screens = "".join([*source("smartbank/ui").values(), *source("pages").values()])
        assert control.guard in {use_case.function for use_case in OF_RIGHT[control.right]}
        assert re.search(rf"\b{control.guard.__name__}\(", screens)
    elif control.guard.endswith(".py"):
        assert control.right in {place.right for place in PLACES if place.script == control.guard}
    elif control.guard:
        assert FILES[control.guard][0] is control.right


def test_commands_act_as_whoever_may_run_them_and_as_no_role_of_a_user():
    for path, text in source("smartbank/cli").items():
        acting = set(re.findall(r"\bby=([\w.]+)", text)) - {"by"}
        assert acting <= {"operator"}, path.name
        assert "Actor(" not in text
        assert ".at(" not in text
    assert ROLE_RIGHTS[operator().role] == ROLE_RIGHTS[COMMAND_LINE.role] == set(Right)


def test_the_handbook_names_this_walk_beside_the_table():
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")

    assert "`python -m pytest tests/roles`" in text
