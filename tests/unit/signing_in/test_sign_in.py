from datetime import UTC, datetime, timedelta

import pytest

from smartbank.core.people import Actor, Role, User
from smartbank.errors import SignInError, TooManyAttemptsError
from smartbank.services.passwords import force_new_password
from smartbank.services.sign_in import (
    REFUSED,
    open_session,
    session_user,
    sign_in,
    sign_out,
    token_hash,
)
from tests.actors import put_user

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
RIGHT = "secret"


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

    with pytest.raises(TooManyAttemptsError, match=f"Try again in {wait}\\.") as refusal:
        attempt("ana", minutes=minutes)

    assert refusal.value.wait_s == 60 * int(wait.split()[0])


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
    put_user(users, User("rui", Role.AGENT, "terces", created_at=NOON))

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


def force(users, audit):
    boss = Actor("boss", Role.ADMIN, "10.0.0.9")
    force_new_password("ana", by=boss, users=users, hash_password=lambda typed: typed[::-1], audit=audit, now=NOON)


def test_a_password_forced_while_the_old_one_is_checked_leaves_no_way_in(users, audit):
    """The check takes a while: the ticket that follows it is for a password that is no more."""

    def forced_meanwhile(password, password_hash):
        force(users, audit)
        return password[::-1] == password_hash

    ticket = sign_in("ana", RIGHT, "10.0.0.1", users=users, verify_password=forced_meanwhile, audit=audit, now=NOON)

    with pytest.raises(SignInError, match="expired"):
        open_session(ticket, users=users, now=NOON)


def test_a_password_forced_while_a_ticket_is_redeemed_leaves_no_session(users, audit, attempt, monkeypatch):
    ticket, start = attempt("ana"), users.start_session

    def forced_meanwhile(*args, **kwargs):
        force(users, audit)
        start(*args, **kwargs)

    monkeypatch.setattr(users, "start_session", forced_meanwhile)
    token = open_session(ticket, users=users, now=NOON)

    assert session_user(token, users=users, now=NOON) is None
    assert users.sessions(now=NOON) == []


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
