from datetime import UTC, datetime, timedelta

import pytest

from smartbank.adapters.memory.audit import MemoryAuditLog
from smartbank.adapters.memory.users import MemoryUserRepository
from smartbank.core.audit import AuditAction, AuditResult
from smartbank.core.people import Role, User
from smartbank.errors import SignInError
from smartbank.services.sign_in import (
    REFUSED,
    failure_key,
    open_session,
    session_id_of,
    session_user,
    sign_in,
    sign_out,
    token_hash,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
RIGHT = "secret"


class RecordingVerifier:
    """Takes the password backwards for its hash, and remembers what it was asked."""

    def __init__(self):
        self.hashes = []

    def __call__(self, password, password_hash):
        self.hashes.append(password_hash)
        return password[::-1] == password_hash


@pytest.fixture
def verify():
    return RecordingVerifier()


@pytest.fixture
def users():
    users = MemoryUserRepository()
    users.save(User("ana", Role.MANAGER, "terces", created_at=NOON))
    users.save(User("old", Role.AGENT, "terces", created_at=NOON, disabled=True))
    return users


@pytest.fixture
def audit():
    return MemoryAuditLog()


@pytest.fixture
def attempt(users, verify, audit):
    def attempt(username, password=RIGHT, *, address="10.0.0.1", minutes=0.0):
        now = NOON + timedelta(minutes=minutes)
        return sign_in(username, password, address, users=users, verify_password=verify, audit=audit, now=now)

    return attempt


def fail(attempt, times, username="ana", **where):
    for _ in range(times):
        with pytest.raises(SignInError, match="not right"):
            attempt(username, "wrong", **where)


def test_the_right_password_leads_to_a_session(users, attempt):
    ticket = attempt("ana")

    token = open_session(ticket, users=users, now=NOON)

    assert session_user(token, users=users, now=NOON).username == "ana"


def test_a_user_name_is_taken_in_any_case_and_with_spaces_around_it(users, attempt):
    ticket = attempt("  Ana ")

    token = open_session(ticket, users=users, now=NOON)

    assert session_user(token, users=users, now=NOON).username == "ana"


@pytest.mark.parametrize(
    ("username", "password"), [("ana", "wrong"), ("nobody", "secret"), ("old", "secret"), ("", ""), ("ana", "")]
)
def test_every_refusal_says_the_same_and_checks_one_hash(attempt, verify, username, password):
    with pytest.raises(SignInError) as refusal:
        attempt(username, password)

    assert str(refusal.value) == REFUSED
    assert len(verify.hashes) == 1


def test_a_sixth_attempt_is_refused_unchecked_even_with_the_right_password(attempt, verify):
    fail(attempt, 5)

    with pytest.raises(SignInError, match=r"Too many failed sign-ins\. Try again in 15 minutes\."):
        attempt("ana")

    assert len(verify.hashes) == 5


@pytest.mark.parametrize(("minutes", "wait"), [(3.5, "12 minutes"), (10.5, "5 minutes"), (14.5, "1 minute")])
def test_the_wait_gets_shorter(attempt, minutes, wait):
    fail(attempt, 5)

    with pytest.raises(SignInError, match=f"Try again in {wait}\\."):
        attempt("ana", minutes=minutes)


def test_waiting_as_long_as_was_said_is_enough(attempt):
    fail(attempt, 4)
    fail(attempt, 1, minutes=8)

    with pytest.raises(SignInError, match="Try again in 6 minutes"):
        attempt("ana", minutes=9.5)

    assert attempt("ana", minutes=15.5)


def test_an_unknown_user_name_is_limited_like_a_known_one(attempt):
    fail(attempt, 5, "nobody")

    with pytest.raises(SignInError, match="Too many"):
        attempt("nobody")


def test_another_user_may_still_sign_in_from_the_same_address(users, attempt):
    users.save(User("rui", Role.AGENT, "terces", created_at=NOON))

    fail(attempt, 5)

    assert attempt("rui")


def test_signing_in_clears_the_failures_of_that_user(attempt):
    fail(attempt, 4)

    attempt("ana")

    fail(attempt, 4)
    assert attempt("ana")


def test_thirty_failures_close_an_address_for_every_user_name(attempt):
    for number in range(30):
        fail(attempt, 1, f"name{number}")

    with pytest.raises(SignInError, match="Too many"):
        attempt("ana")

    assert attempt("ana", address="10.0.0.2")


def test_attempts_side_by_side_are_all_counted(users, audit):
    """The password check takes a while: each attempt counts before it, not after."""
    seen = []

    def slow_verify(_password, _password_hash):
        seen.append(None)
        if len(seen) < 10:
            sign_in("ana", "wrong", "10.0.0.1", users=users, verify_password=slow_verify, audit=audit, now=NOON)
        return False

    with pytest.raises(SignInError):
        sign_in("ana", "wrong", "10.0.0.1", users=users, verify_password=slow_verify, audit=audit, now=NOON)

    assert len(seen) == 5


def test_what_was_typed_is_not_kept(users, attempt):
    fail(attempt, 1, "my password in the wrong field")

    kept = str(vars(users))

    assert "wrong field" not in kept
    assert "10.0.0.1" not in kept


def test_a_ticket_works_once(users, attempt):
    ticket = attempt("ana")
    open_session(ticket, users=users, now=NOON)

    with pytest.raises(SignInError, match="expired"):
        open_session(ticket, users=users, now=NOON)


def test_a_ticket_lives_for_a_minute(users, attempt):
    ticket = attempt("ana")

    with pytest.raises(SignInError, match="expired"):
        open_session(ticket, users=users, now=NOON + timedelta(seconds=60))


@pytest.mark.parametrize("ticket", ["", "made up", "é", "\ud800"])
def test_a_made_up_ticket_is_refused(users, ticket):
    with pytest.raises(SignInError, match="expired"):
        open_session(ticket, users=users, now=NOON)


def test_a_session_ends_after_twelve_hours(users, attempt):
    token = open_session(attempt("ana"), users=users, now=NOON)

    almost = session_user(token, users=users, now=NOON + timedelta(hours=11, minutes=59))
    after = session_user(token, users=users, now=NOON + timedelta(hours=12))

    assert almost.username == "ana"
    assert after is None


def test_a_copied_cookie_is_dead_after_sign_out(users, attempt, audit):
    token = open_session(attempt("ana"), users=users, now=NOON)

    sign_out(token, "10.0.0.1", users=users, audit=audit, now=NOON)

    assert session_user(token, users=users, now=NOON) is None


def test_signing_out_on_one_computer_leaves_the_other_signed_in(users, attempt, audit):
    here = open_session(attempt("ana"), users=users, now=NOON)
    there = open_session(attempt("ana"), users=users, now=NOON)

    sign_out(here, "10.0.0.1", users=users, audit=audit, now=NOON)

    assert session_user(there, users=users, now=NOON).username == "ana"


@pytest.mark.parametrize("token", [None, "", "made up", "\ud800"])
def test_without_a_real_token_nobody_is_signed_in(users, token, audit):
    assert session_user(token, users=users, now=NOON) is None
    sign_out(token, "10.0.0.1", users=users, audit=audit, now=NOON)


def test_only_hashes_of_tickets_and_tokens_are_kept(users, attempt):
    ticket, other = attempt("ana"), attempt("ana")
    token = open_session(ticket, users=users, now=NOON)

    kept = str(vars(users))

    assert token_hash(token) in kept
    assert not any(secret in kept for secret in (ticket, other, token))


def said(audit):
    return [(entry.event.who, entry.event.result, entry.event.details.get("reason")) for entry in audit.kept]


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
    users.save(User("rui", Role.AGENT, "terces", created_at=NOON))

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
