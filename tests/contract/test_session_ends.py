"""Whoever was put out is told why by the cookie that is left, for some hours; nobody else learns anything."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from smartbank.core.people import Role, SessionEnd, User, session_id
from tests.actors import put_user

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
TEN = NINE + timedelta(hours=1)
MARA = User("mara", Role.MANAGER, "$2b$hash", NINE)


@pytest.fixture
def users(build):
    users = build("UserRepository")
    put_user(users, MARA)
    users.start_session("token", MARA, now=NINE, expires_at=TEN)
    return users


def test_a_live_session_and_a_made_up_token_have_no_end(users):
    assert users.session_end("token", now=NINE) is None
    assert users.session_end("made up", now=NINE) is None


@pytest.mark.parametrize("why", SessionEnd)
def test_sessions_that_were_ended_say_why_and_are_dead(users, why):
    assert users.end_sessions_of("Mara", why=why) == 1

    assert users.session_end("token", now=NINE) is why
    assert users.session_user("token", now=NINE) is None
    assert users.sessions(now=NINE) == []
    assert not users.end_session("token")
    assert users.end_sessions_of("mara") == 0


def test_a_session_ended_by_name_says_why(users):
    assert users.end_named_session("mara", session_id("token"), why=SessionEnd.BY_USER)

    assert users.session_end("token", now=NINE) is SessionEnd.BY_USER
    assert not users.end_named_session("mara", session_id("token"))


@pytest.mark.parametrize(
    ("changed", "why"),
    [({"disabled": True}, SessionEnd.DISABLED), ({"password_hash": "$2b$other"}, SessionEnd.PASSWORD)],
)
def test_a_user_who_was_changed_is_the_reason_before_the_sessions_are_ended(users, changed, why):
    put_user(users, replace(MARA, **changed))

    assert users.session_end("token", now=NINE) is why


def test_an_expired_session_says_so_for_twelve_hours(users):
    assert users.session_end("token", now=TEN) is SessionEnd.EXPIRED
    assert users.session_end("token", now=TEN + timedelta(hours=12)) is SessionEnd.EXPIRED
    assert users.session_end("token", now=TEN + timedelta(hours=12, seconds=1)) is None


def test_an_expired_session_is_not_counted_among_those_that_are_ended(users):
    later = TEN + timedelta(hours=11)
    users.start_session("another", MARA, now=later, expires_at=later + timedelta(hours=1))

    assert users.end_sessions_of("mara") == 1

    assert users.session_end("token", now=later) is SessionEnd.EXPIRED


def test_a_session_signed_out_of_says_nothing(users):
    assert users.end_session("token")

    assert users.session_end("token", now=NINE) is None
