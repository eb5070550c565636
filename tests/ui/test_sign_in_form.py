"""The sign-in form where the connection decides what it shows."""

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from smartbank.adapters.memory import MemoryUserRepository
from smartbank.config import Settings
from smartbank.ui import auth, session_cookie

FORM = """
from smartbank.ui.auth import require_user

require_user()
"""


class OnlyUsers:
    """Services that know users and nothing else."""

    users = MemoryUserRepository()
    configuration = Settings()


@pytest.fixture
def form(monkeypatch):
    monkeypatch.setattr(auth, "services", OnlyUsers)
    monkeypatch.setattr(session_cookie, "session_token", lambda: None)
    return AppTest.from_string(FORM, default_timeout=20)


@pytest.mark.parametrize(
    ("address", "is_asked"),
    [
        ("http://localhost:8501/", True),
        ("http://127.0.0.1:8501/leads", True),
        ("https://smartbank.bank.example/", True),
        (None, True),
        ("http://smartbank.bank.example/", False),
        ("http://10.0.0.5:8501/", False),
    ],
)
def test_nobody_is_asked_for_a_password_that_could_be_read_on_the_way(form, monkeypatch, address, is_asked):
    monkeypatch.setattr(type(st.context), "url", address)

    shown = form.run()

    assert [field.label for field in shown.text_input] == (["User name", "Password"] if is_asked else [])
    assert [error.value[:29] for error in shown.error] == ([] if is_asked else ["This address is not encrypted"])
