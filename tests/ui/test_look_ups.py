"""How often a page asks the store who looks at it, and whether somebody was erased: once a run, and in every run."""

from datetime import UTC, datetime, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from smartbank.core.people import Role, User
from smartbank.errors import StorageError
from smartbank.services.sign_in import token_hash
from smartbank.ui import session_cookie
from tests.actors import put_user
from tests.ui.conftest import ROOT


@pytest.fixture
def look_ups(services, monkeypatch):
    """Every look-up of a session so far."""
    asked = []

    def session_user(token_hash, *, now, ask=services.users.session_user):
        asked.append(token_hash)
        return ask(token_hash, now=now)

    monkeypatch.setattr(services.users, "session_user", session_user)
    return asked


@pytest.fixture
def asked_for_erasures(services, monkeypatch):
    """Every look whether an erasure has ended so far."""
    asked = []

    def ended(ask=services.erased.ended):
        asked.append(ask())
        return asked[-1]

    monkeypatch.setattr(services.erased, "ended", ended)
    return asked


@pytest.fixture
def app(services, on_services, monkeypatch):
    """The whole application, with the overview open for Ana."""
    now = datetime.now(UTC)
    put_user(services.users, User("ana", Role.MANAGER, "no hash", created_at=now))
    services.users.start_session(
        token_hash("ana's"), services.users.find("ana"), now=now, expires_at=now + timedelta(hours=1)
    )
    monkeypatch.setattr(session_cookie, "session_token", lambda: "ana's")
    return AppTest.from_file(ROOT / "app.py", default_timeout=30)


def test_a_run_of_the_application_with_its_page_asks_once(app, look_ups):
    app.run()

    assert not app.exception
    assert app.title[0].value.startswith("Nothing is here yet")
    assert len(look_ups) == 1


def test_every_run_asks_again(app, look_ups, asked_for_erasures):
    app.run()
    app.run()
    app.switch_page("pages/customer.py").run()

    assert (len(look_ups), len(asked_for_erasures)) == (3, 3)


def test_what_a_run_looked_up_is_not_known_in_the_next_one(app, services):
    app.run()

    services.users.end_sessions_of("ana")
    app.run()

    assert [title.value for title in app.title] == ["SmartBank"]


def test_a_page_that_runs_by_itself_asks_for_itself(open_page, look_ups, asked_for_erasures):
    open_page("overview.py")

    assert (len(look_ups), len(asked_for_erasures)) == (1, 1)


def test_before_somebody_is_signed_in_nothing_is_asked_of_erasures(app, services, asked_for_erasures):
    services.users.end_sessions_of("ana")

    app.run()

    assert asked_for_erasures == []


def test_another_role_holds_from_the_next_run_on(app, services):
    app.run()

    put_user(services.users, User("ana", Role.AGENT, "no hash", created_at=datetime.now(UTC)))
    app.switch_page("pages/leads.py").run()

    assert app.warning[0].value.startswith("Your role (agent) does not include this page.")


def test_a_database_that_does_not_answer_is_asked_once_and_said_once(app, services, monkeypatch):
    asked = []

    def unreachable(*_arguments, **_more):
        asked.append(1)
        raise StorageError("The database does not answer.")

    monkeypatch.setattr(services.users, "session_user", unreachable)
    app.run()

    assert not app.exception
    assert [error.value for error in app.error] == ["The database does not answer."]
    assert len(asked) == 1


def test_a_visitor_without_a_cookie_costs_no_look_up(app, look_ups, monkeypatch):
    monkeypatch.setattr(session_cookie, "session_token", lambda: None)

    app.run()

    assert [title.value for title in app.title] == ["SmartBank"]
    assert look_ups == []


PART = """
import streamlit as st
from smartbank.core.people import Actor, Role
from smartbank.ui.visitor import require_still

st.title("Run {n}".format(n=st.session_state.setdefault("n", 0)))
st.session_state["n"] += 1
if st.session_state["n"] == 1:
    require_still(Actor("ana", Role(st.query_params["role"]), "local"))
    st.markdown("still Ana")
"""


@pytest.mark.parametrize(
    ("role", "ended", "runs_again"), [("manager", False, False), ("agent", False, True), ("manager", True, True)]
)
def test_a_part_that_refreshes_itself_has_the_page_run_again_once_somebody_is_out(
    app, services, role, ended, runs_again
):
    if ended:
        services.users.end_sessions_of("ana")
    part = AppTest.from_string(PART)
    part.query_params["role"] = role

    part.run()

    assert part.title[0].value == ("Run 1" if runs_again else "Run 0")
    assert not part.exception
