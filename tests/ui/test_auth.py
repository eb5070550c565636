from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from smartbank.adapters.memory.audit import MemoryAuditLog
from smartbank.adapters.memory.users import MemoryUserRepository
from smartbank.bootstrap import hash_password
from smartbank.config import Settings
from smartbank.core.people import ROLE_RIGHTS, Right, Role, User
from smartbank.errors import StorageError
from smartbank.services.sign_in import open_session, token_hash
from smartbank.ui import account, auth, session_cookie, visitor
from tests.actors import put_user

ROOT = Path(__file__).parents[2]
PASSWORD = "correct horse battery"
HASH = hash_password(PASSWORD)


class Browser:
    """Holds the cookie a browser would, and what the page asked it to do."""

    def __init__(self):
        self.token = None
        self.tickets = []
        self.cleared = 0


class OnlyUsers:
    """Services that know users and nothing else."""

    def __init__(self, users):
        self.users = users
        self.audit = MemoryAuditLog()
        self.configuration = Settings()


@pytest.fixture
def users():
    users = MemoryUserRepository()
    now = datetime.now(UTC)
    put_user(users, User("ana", Role.MANAGER, HASH, created_at=now))
    put_user(users, User("gil", Role.AGENT, HASH, created_at=now))
    put_user(users, User("new", Role.MANAGER, HASH, created_at=now, must_change_password=True))
    return users


@pytest.fixture
def browser(users, monkeypatch):
    browser, known = Browser(), OnlyUsers(users)
    for module in (auth, account, visitor):
        monkeypatch.setattr(module, "services", lambda: known)
    monkeypatch.setattr(session_cookie, "session_token", lambda: browser.token)
    monkeypatch.setattr(session_cookie, "client_address", lambda: "10.0.0.1")
    monkeypatch.setattr(session_cookie, "redeem_in_browser", browser.tickets.append)
    monkeypatch.setattr(session_cookie, "clear_in_browser", lambda: setattr(browser, "cleared", browser.cleared + 1))
    return browser


PAGE = """
import streamlit as st
from smartbank.core.people import ROLE_RIGHTS, Right
from smartbank.ui.account import show_account
from smartbank.ui.auth import require_user

user = require_user(Right.SEE_LEADS)
show_account(user)
st.title("The leads")
st.text_input("Note", key="note")
"""
PAGE_WITH_TWO_RIGHTS = """
from smartbank.core.people import ROLE_RIGHTS, Right
from smartbank.ui.auth import require_user

require_user(Right.SEE_CUSTOMER, Right.EXPORT)
"""


@pytest.fixture
def page(browser):
    return AppTest.from_string(PAGE, default_timeout=20)


def sign_in_as(username, browser, users):
    now = datetime.now(UTC)
    user = users.find(username)
    users.start_session(token_hash(f"token of {username}"), user, now=now, expires_at=now + timedelta(hours=1))
    browser.token = f"token of {username}"


def titles(page):
    return [title.value for title in page.title]


def submit(page, username, password):
    page.text_input(key="sign_in_username").input(username)
    page.text_input(key="sign_in_password").input(password)
    return page.button(key="sign_in_submit").click().run()


def test_a_visitor_sees_only_the_sign_in_form(page):
    page.run()

    assert titles(page) == ["SmartBank"]
    assert [field.label for field in page.text_input] == ["User name", "Password"]


@pytest.mark.parametrize("script", sorted(path.name for path in (ROOT / "pages").glob("*.py")))
def test_a_page_script_run_on_its_own_shows_only_the_sign_in_form(browser, script):
    page = AppTest.from_file(ROOT / "pages" / script, default_timeout=20).run()

    assert not page.exception
    assert titles(page) == ["SmartBank"]
    assert [field.label for field in page.text_input] == ["User name", "Password"]


def test_the_right_password_hands_the_browser_a_ticket_for_a_session(page, browser, users):
    submit(page.run(), "ana", PASSWORD)

    token = open_session(browser.tickets[0], users=users, now=datetime.now(UTC))
    browser.token = token
    page.run()
    assert titles(page) == ["The leads"]


def test_a_wrong_password_is_refused_in_place(page, browser):
    submit(page.run(), "ana", "wrong")

    assert "not right" in page.error[0].value
    assert browser.tickets == []
    assert page.text_input(key="sign_in_username").value == "ana"


def test_the_form_says_how_long_to_wait_after_five_failures(page, browser):
    page.run()
    for _ in range(5):
        submit(page, "ana", "wrong")

    submit(page, "ana", PASSWORD)

    assert page.error[0].value == "Too many failed sign-ins. Try again in 15 minutes."
    assert browser.tickets == []


def test_a_made_up_cookie_signs_nobody_in(page, browser):
    browser.token = "made up"

    page.run()

    assert titles(page) == ["SmartBank"]


def test_the_session_is_looked_up_in_every_run(page, browser, users):
    sign_in_as("ana", browser, users)
    page.run()

    users.end_sessions_of("ana")
    page.run()

    assert titles(page) == ["SmartBank"]


def test_whoever_was_put_out_reads_why_above_the_form_and_nobody_else_does(page, browser, users):
    sign_in_as("ana", browser, users)
    page.run()
    for why, said in auth.PUT_OUT.items():
        users.end_sessions_of("ana", why=why)
        page.run()
        assert [info.value for info in page.info] == [said]
        sign_in_as("ana", browser, users)
        users._ends.clear()

    browser.token = "made up"
    page.run()

    assert titles(page) == ["SmartBank"]
    assert not page.info


def test_a_user_without_the_right_reads_a_sentence_and_not_the_page(page, browser, users):
    sign_in_as("gil", browser, users)

    page.run()

    assert titles(page) == []
    assert page.warning[0].value.startswith("Your role (agent) does not include this page.")


def test_signing_out_ends_the_session_on_the_server_and_clears_the_cookie(page, browser, users):
    sign_in_as("ana", browser, users)
    page.run()

    page.button(key="sign_out").click().run()

    assert users.session_user(token_hash("token of ana"), now=datetime.now(UTC)) is None
    assert browser.cleared == 1


def test_a_password_somebody_else_chose_has_to_be_changed_first(page, browser, users):
    sign_in_as("new", browser, users)
    page.run()
    assert titles(page) == ["Choose your password"]

    page.text_input(key="new_password").input("a password of my own")
    page.text_input(key="new_password_again").input("a password of my own")
    page.button(key="new_password_submit").click().run()

    assert not users.find("new").must_change_password
    assert titles(page) == ["The leads"]
    assert browser.tickets == []


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("a password of my own", "another"), "differ"),
        (("short", "short"), "at least 12"),
        ((PASSWORD, PASSWORD), "the password you have now"),
    ],
)
def test_a_new_password_that_will_not_do_is_refused_in_place(page, browser, users, typed, said):
    sign_in_as("new", browser, users)
    page.run()

    page.text_input(key="new_password").input(typed[0])
    page.text_input(key="new_password_again").input(typed[1])
    page.button(key="new_password_submit").click().run()

    assert said in page.error[0].value
    assert users.find("new").must_change_password
    assert browser.tickets == []


def test_another_user_in_the_same_tab_finds_nothing_of_the_one_before(page, browser, users):
    put_user(users, User("rui", Role.MANAGER, HASH, created_at=datetime.now(UTC)))
    sign_in_as("ana", browser, users)
    page.run().text_input(key="note").input("Ana's note").run()

    sign_in_as("rui", browser, users)
    page.run()

    assert page.text_input(key="note").value != "Ana's note"


def test_a_database_that_does_not_answer_shows_why_and_no_page(page, browser, users, monkeypatch):
    def unreachable(*_args, **_kwargs):
        raise StorageError("The database does not answer. Try again in a minute.")

    sign_in_as("ana", browser, users)
    monkeypatch.setattr(users, "session_user", unreachable)

    page.run()

    assert page.error[0].value == "The database does not answer. Try again in a minute."
    assert titles(page) == []
    assert not page.text_input


def test_every_right_a_page_asks_for_is_needed(browser, users):
    assert users.find("gil").at("local").may(Right.SEE_CUSTOMER)
    sign_in_as("gil", browser, users)

    page = AppTest.from_string(PAGE_WITH_TWO_RIGHTS, default_timeout=20).run()

    assert page.warning[0].value.startswith("Your role (agent)")


def test_the_navigation_is_drawn_by_the_rights_of_whoever_looks(browser, users):
    assert visitor.look_up_visitor().rights == frozenset()

    sign_in_as("gil", browser, users)
    assert visitor.look_up_visitor().rights == ROLE_RIGHTS[Role.AGENT]

    sign_in_as("ana", browser, users)
    assert Right.SEE_LEADS in visitor.look_up_visitor().rights


def test_before_the_first_password_is_changed_the_navigation_is_empty(browser, users):
    sign_in_as("new", browser, users)

    assert visitor.look_up_visitor().rights == frozenset()


def test_the_frame_of_the_pages_runs_to_its_end_where_nobody_is_signed_in(browser):
    script = """
import streamlit as st
from smartbank.ui.auth import signed_in

if signed_in() is None:
    st.caption("the run came to its end")
"""

    page = AppTest.from_string(script).run()

    assert page.text_input(key="sign_in_username")
    assert page.caption[-1].value == "the run came to its end"
