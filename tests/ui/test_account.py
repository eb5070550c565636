from datetime import UTC, datetime, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from smartbank.bootstrap import hash_password
from smartbank.core.people import Role, User, session_id
from smartbank.services.sign_in import token_hash
from smartbank.ui import session_cookie
from tests.actors import put_user

NOW = datetime.now(UTC)
PASSWORD = "correct horse battery"
HASH = hash_password(PASSWORD)
PAGE = """
from smartbank.ui.account import show_account
from smartbank.ui.auth import require_user

show_account(require_user())
"""
IN_DIALOG = """
from smartbank.ui.account import show_own_account
from smartbank.ui.auth import require_user

show_own_account(require_user())
"""


@pytest.fixture
def account(services, on_services, monkeypatch):
    """What the dialog with Ana's account holds, in one of her two browsers."""
    put_user(services.users, User("ana", Role.AGENT, HASH, created_at=NOW))
    put_user(services.users, User("rui", Role.AGENT, HASH, created_at=NOW))
    for token, name, browser in (("here", "ana", "Edge on Windows"), ("there", "ana", "Safari on iPhone")):
        until = NOW + timedelta(hours=1)
        services.users.start_session(
            token_hash(token), services.users.find(name), now=NOW, expires_at=until, address="10.0.0.7", browser=browser
        )
    services.users.start_session(
        token_hash("rui's"), services.users.find("rui"), now=NOW, expires_at=NOW + timedelta(hours=1)
    )
    monkeypatch.setattr(session_cookie, "session_token", lambda: "here")
    monkeypatch.setattr(session_cookie, "redeem_in_browser", lambda _ticket: pytest.fail("no new session is needed"))
    return AppTest.from_string(IN_DIALOG, default_timeout=20).run()


def is_live(services, token):
    return services.users.session_user(token_hash(token), now=NOW) is not None


def test_the_sidebar_opens_the_account(account):
    page = AppTest.from_string(PAGE, default_timeout=20).run()
    assert not page.text_input

    page.button(key="own_account").click().run()

    assert not page.exception
    assert page.text_input(key="own_old").label == "Password now"


def test_a_user_sees_their_other_sessions_and_nobody_elses(account):
    said = " ".join(text.value for text in account.markdown)

    assert not account.exception
    assert "Safari on iPhone, 10.0.0.7, since " in said
    assert "Edge on Windows" not in said
    assert [button.key for button in account.button if button.key.startswith("end_own")] == [
        f"end_own_{session_id(token_hash('there'))}"
    ]


def test_a_user_ends_a_session_of_their_own_elsewhere(account, services):
    account.button(key=f"end_own_{session_id(token_hash('there'))}").click().run()

    assert not is_live(services, "there")
    assert is_live(services, "here")
    assert services.audit.kept[-1].event.who == "ana"


def test_a_user_changes_their_own_password_and_stays_signed_in_here_only(account, services):
    account.text_input(key="own_old").input(PASSWORD)
    account.text_input(key="own_new").input("a password of my own")
    account.text_input(key="own_new_again").input("a password of my own")
    account.button(key="own_submit").click().run()

    assert not account.exception
    assert account.success[0].value == "Your password is changed; 1 session elsewhere ended."
    assert "own_old" not in account.session_state
    assert services.users.find("ana").password_hash != HASH
    assert is_live(services, "here")
    assert not is_live(services, "there")
    assert is_live(services, "rui's")


@pytest.mark.parametrize(
    ("old", "again", "said"),
    [("wrong", "a password of my own", "not the password you have now"), (PASSWORD, "another", "differ")],
)
def test_a_password_typed_wrong_changes_nothing(account, services, old, again, said):
    account.text_input(key="own_old").input(old)
    account.text_input(key="own_new").input("a password of my own")
    account.text_input(key="own_new_again").input(again)
    account.button(key="own_submit").click().run()

    assert said in account.error[0].value
    assert services.users.find("ana").password_hash == HASH
    assert is_live(services, "here")
