from datetime import UTC, datetime

import pytest

from smartbank.core.audit import AuditAction, AuditResult
from smartbank.core.people import Role, User
from smartbank.errors import SignInError
from smartbank.services.attempts import failure_key
from smartbank.services.sign_in import (
    open_session,
    session_id_of,
    sign_out,
    token_hash,
)
from tests.actors import put_user

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
RIGHT = "secret"


def said(audit):
    return [(entry.event.who, entry.event.result, entry.event.details.get("reason")) for entry in audit.kept]


def fail(attempt, times, username="ana", **where):
    for _ in range(times):
        with pytest.raises(SignInError, match="not right"):
            attempt(username, "wrong", **where)


def test_every_sign_in_is_on_record_with_where_it_came_from(attempt, audit):
    attempt("Ana", address="10.0.0.7")

    [entry] = audit.kept
    event = entry.event
    assert (event.who, event.object_id, event.place, event.at) == ("ana", "ana", "10.0.0.7", NOON)
    assert (event.action, event.result, dict(event.details)) == (AuditAction.SIGN_IN, AuditResult.DONE, {})


@pytest.mark.parametrize(
    ("username", "who", "reason"),
    [("ana", "ana", "wrong password"), ("old", "old", "disabled"), ("my password", "unknown", "unknown")],
)
def test_a_refusal_is_on_record_with_its_reason(attempt, audit, username, who, reason):
    with pytest.raises(SignInError):
        attempt(username, "wrong")

    assert said(audit) == [(who, AuditResult.REFUSED, reason)]


def test_a_name_nobody_has_is_on_record_as_a_hash_only(attempt, audit):
    fail(attempt, 1, "my password in the wrong field")

    [entry] = audit.kept
    assert entry.event.object_id == failure_key("user", "my password in the wrong field")
    assert "wrong field" not in str(entry)


def test_too_many_attempts_are_on_record_once_a_window(attempt, audit):
    fail(attempt, 5)

    for _ in range(3):
        with pytest.raises(SignInError, match="Too many"):
            attempt("ana")

    assert said(audit)[5:] == [("ana", AuditResult.REFUSED, "too many failures")]


def test_another_user_locked_out_from_the_same_address_is_on_record_too(users, attempt, audit):
    put_user(users, User("rui", Role.AGENT, "terces", created_at=NOON))

    for name in ("ana", "rui"):
        fail(attempt, 5, name)
        with pytest.raises(SignInError, match="Too many"):
            attempt(name)

    assert [who for who, _, reason in said(audit) if reason == "too many failures"] == ["ana", "rui"]


def test_a_session_says_where_and_in_what_it_is_held(users, attempt):
    open_session(attempt("ana"), users=users, now=NOON, address="10.0.0.7", browser="Firefox on Linux")

    [session] = users.sessions(now=NOON)

    assert (session.username, session.address, session.browser) == ("ana", "10.0.0.7", "Firefox on Linux")


def test_the_short_name_of_a_session_tells_nothing_of_token_or_hash(users, attempt):
    token = open_session(attempt("ana"), users=users, now=NOON)

    [session] = users.sessions(now=NOON)

    assert session.session_id == session_id_of(token)
    assert len(session.session_id) == 10
    assert session.session_id not in token_hash(token) + token


def test_a_sign_out_is_on_record_once_with_the_session_it_ended(users, attempt, audit):
    token = open_session(attempt("ana"), users=users, now=NOON)

    for _ in range(2):
        sign_out(token, "10.0.0.1", users=users, audit=audit, now=NOON)

    [entry] = audit.kept[1:]
    assert (entry.event.action, entry.event.object_id) == (AuditAction.SIGN_OUT, session_id_of(token))


def test_a_ticket_is_dead_once_the_password_behind_it_was_replaced(users, attempt):
    ticket = attempt("ana")

    users.end_sessions_of("ana")

    with pytest.raises(SignInError, match="expired"):
        open_session(ticket, users=users, now=NOON)
