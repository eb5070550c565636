import ast
from collections import Counter
from pathlib import Path

import pytest
from streamlit.elements.lib.shortcut_utils import normalize_shortcut
from streamlit.testing.v1 import AppTest

from smartbank.core.people import Actor, Role
from smartbank.ui.shortcuts import EVERYWHERE, SHORTCUTS, page_wide, shortcuts_of

ROOT = Path(__file__).parents[2]
TAKEN = {"alt+shift+i", "alt+shift+t", "alt+shift+b", "alt+shift+a"}
"""What Chromium and Edge do with Alt and Shift themselves."""


def used():
    """Return the names that screens ask for with `keys("…")`."""
    calls = [
        node
        for path in (ROOT / "smartbank" / "ui").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "keys"
    ]
    return {call.args[0].value for call in calls}


def test_no_two_actions_share_their_keys():
    keys = Counter(normalize_shortcut(shortcut.keys) for shortcut in SHORTCUTS.values())

    assert [key for key, times in keys.items() if times > 1] == []


@pytest.mark.parametrize("shortcut", SHORTCUTS.values(), ids=SHORTCUTS)
def test_keys_are_with_alt_and_shift_and_free_in_browsers(shortcut):
    normal = normalize_shortcut(shortcut.keys)

    assert normal.startswith("alt+shift+")
    assert normal not in TAKEN


def test_a_shortcut_of_the_list_is_a_button_s_or_works_in_the_page():
    clicked = {name for name, shortcut in SHORTCUTS.items() if shortcut.click}

    assert used() | clicked == set(SHORTCUTS)
    assert used() & clicked == set()


def test_the_browser_is_given_the_keys_of_the_table():
    codes = {shortcut["code"] for shortcut in page_wide(SHORTCUTS.values())}

    assert codes == {f"Key{shortcut.keys[-1]}" for shortcut in SHORTCUTS.values() if shortcut.click}
    assert all(shortcut.click for shortcut in SHORTCUTS.values() if shortcut.where == EVERYWHERE)


def listed(role):
    """Return what the list in the sidebar shows a role."""
    page = AppTest.from_string(
        "from smartbank.core.people import Actor, Role\nfrom smartbank.ui.shortcuts import show_shortcuts\n"
        f"show_shortcuts(Actor('ana', Role('{role}'), 'here'))"
    ).run()
    assert not page.exception
    shown = page.table[0].value
    return list(zip(shown.index, shown["What they do"], shown["Where"], strict=True))


def test_the_list_in_the_sidebar_is_the_table():
    every = [(shortcut.keys, shortcut.action, shortcut.where) for shortcut in SHORTCUTS.values()]

    assert listed(Role.ADMIN) == listed(Role.MANAGER) == every


def test_a_role_is_shown_only_what_it_may_do():
    assert [action for _, action, _ in listed(Role.AGENT)] == ["Go to Overview", "Search for a customer"]
    assert [action for _, action, _ in listed(Role.AUDITOR)] == [
        "Go to Overview",
        "Go to Leads",
        "Search for a customer",
        "Go to Market",
        "Go to Model",
        "Next page of a long table",
        "Previous page of a long table",
    ]


def test_the_browser_listens_to_nothing_a_role_may_not_do():
    agent = shortcuts_of(Actor("gil", Role.AGENT, "here"))

    assert [shortcut["code"] for shortcut in page_wide(agent)] == ["KeyO", "KeyU"]


def test_the_user_guide_has_the_same_table():
    guide = (ROOT / "docs" / "user-guide.md").read_text()

    rows = [f"| {shortcut.keys} | {shortcut.action} | {shortcut.where} |" for shortcut in SHORTCUTS.values()]

    assert "\n".join(rows) in guide
