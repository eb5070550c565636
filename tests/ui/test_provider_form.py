from datetime import UTC, datetime, timedelta

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from smartbank.adapters.memory import MemoryProviderDirectory
from smartbank.core.people import COMMAND_LINE, Role, User
from smartbank.core.provider_refusals import ProviderRefusal
from smartbank.services.linking import emergency_code
from smartbank.services.refusal_notes import refusal_note
from smartbank.services.sign_in import open_session, token_hash
from smartbank.ui import session_cookie
from tests.actors import put_user
from tests.providers import with_provider
from tests.services import memory_services

PAGE = """
from smartbank.ui.account import show_own_account
from smartbank.ui.auth import require_user

show_own_account(require_user())
"""
SIGN_OUT_THERE = "https://id.bank.example/logout"


@pytest.fixture
def only():
    return False


@pytest.fixture
def services(only):
    return memory_services(
        configuration=with_provider(oidc_only=only), directory=MemoryProviderDirectory(SIGN_OUT_THERE)
    )


@pytest.fixture
def browser(on_services, monkeypatch):
    """What the page asked the browser to do, and what the browser holds."""
    done = {"tickets": [], "providers": [], "note": None, "token": None}
    monkeypatch.setattr(session_cookie, "session_token", lambda: done["token"])
    monkeypatch.setattr(session_cookie, "refusal_note", lambda: done["note"])
    monkeypatch.setattr(session_cookie, "redeem_in_browser", done["tickets"].append)
    monkeypatch.setattr(st, "login", done["providers"].append)
    return done


@pytest.fixture
def page(browser):
    return AppTest.from_string(PAGE, default_timeout=20)


def keys(page):
    return {element.key for kind in ("button", "text_input") for element in page.get(kind)}


def test_the_providers_button_stands_before_the_form_and_leads_there(page, browser):
    page.run()
    assert keys(page) == {"provider_sign_in", "sign_in_username", "sign_in_password", "sign_in_submit"}
    assert page.button(key="provider_sign_in").label == "Sign in with Test bank"

    page.button(key="provider_sign_in").click().run()

    assert not page.exception
    assert browser["providers"] == ["bank"]


def test_the_way_to_sign_out_at_the_provider_is_said(page):
    page.run()

    assert f"[sign out there]({SIGN_OUT_THERE})" in page.markdown[-1].value


def test_whoever_was_refused_reads_why(page, browser, services):
    now = datetime.now(UTC)
    browser["note"] = refusal_note(ProviderRefusal.NO_ROLE, signer=services.signer, now=now)

    page.run()

    assert "Ask your bank's identity team for one of these: bank-agents (agent)." in page.error[0].value


def test_a_made_up_note_says_nothing(page, browser):
    browser["note"] = "NO_ROLE.9999999999.x.y"

    page.run()

    assert not page.error


@pytest.mark.parametrize("only", [True])
def test_where_passwords_are_switched_off_there_is_no_form_but_a_place_for_a_code(page, browser, services):
    now = datetime.now(UTC)
    put_user(services.users, User("ana", Role.MANAGER, "no hash", created_at=now))
    code = emergency_code("ana", by=COMMAND_LINE, users=services.users, audit=services.audit, now=now)
    page.run()
    assert keys(page) == {"provider_sign_in", "emergency_code", "emergency_submit"}

    page.text_input(key="emergency_code").input(f" {code} ")
    page.button(key="emergency_submit").click().run()

    [ticket] = browser["tickets"]
    assert open_session(ticket, users=services.users, now=now)


def test_ones_own_account_offers_no_password_to_whoever_comes_by_the_provider(page, browser, services):
    now = datetime.now(UTC)
    put_user(services.users, User("eva", Role.AGENT, "!", created_at=now, subject="mark"))
    user = services.users.find("eva")
    services.users.start_session(token_hash("eva's"), user, now=now, expires_at=now + timedelta(hours=1))
    browser["token"] = "eva's"

    page.run()

    assert not page.text_input
    assert "your password and your role are changed there" in page.caption[0].value


def test_an_administrator_links_a_user_after_reading_what_ends(open_page, services):
    put_user(services.users, User("gil", Role.AGENT, "no hash", created_at=datetime.now(UTC)))
    page = open_page("admin.py", role=Role.ADMIN, section="Users", user="gil")
    assert any("The password here ends for good" in text.value for text in page.markdown)

    page.button(key="link_user").click().run()

    assert services.users.find("gil").by_provider
    assert "save_role" not in keys(page)
    assert "new_password_for" not in keys(page)
    assert "signs in with the bank's identity provider, which gives the role" in "".join(
        text.value for text in page.caption
    )


@pytest.mark.parametrize("role", [Role.AUDITOR])
def test_who_may_not_manage_users_is_offered_no_link(open_page, role):
    page = open_page("admin.py", role=role, section="Users")

    assert "link_user" not in keys(page)
