import pytest

from smartbank.core.session_cookies import (
    SESSION_COOKIE,
    is_for_https_alone,
    session_token_in,
)

BOTH = {SESSION_COOKIE: "plain", "__Host-smartbank_session": "secure"}


@pytest.mark.parametrize(
    ("scheme", "host", "alone"),
    [
        ("http", "localhost:8501", False),
        ("http", "127.0.0.1", False),
        ("http", "[::1]:8501", False),
        ("ws", "localhost", False),
        ("https", "localhost", True),
        ("wss", "localhost", True),
        ("http", "10.0.0.5:8501", True),
        ("http", "bank.example", True),
        ("http", "", True),
        ("http", "localhost.bank.example", True),
    ],
)
def test_a_cookie_is_for_https_alone_but_over_plain_http_on_this_computer(scheme, host, alone):
    assert is_for_https_alone(scheme, host) is alone


@pytest.mark.parametrize(
    ("cookies", "host", "token"),
    [
        (BOTH, "localhost:8501", "secure"),
        ({SESSION_COOKIE: "plain"}, "localhost:8501", "plain"),
        (BOTH, "bank.example", "secure"),
        ({SESSION_COOKIE: "plain"}, "bank.example", None),
        ({SESSION_COOKIE: "plain"}, "", None),
        ({}, "localhost", None),
    ],
)
def test_the_plain_cookie_counts_on_this_computer_only(cookies, host, token):
    assert session_token_in(cookies, host=host) == token
