"""Tokens and keys of programs end to end, in memory and on the database: issued, used, ended."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from smartbank.adapters.tokens import JwtSigner
from smartbank.core.people import Actor, Right, Role, User
from smartbank.errors import SignInError, TooManyAttemptsError
from smartbank.services import programs as managing
from smartbank.services.tokens import actor_of_key, actor_of_token, token_for_password, token_for_program

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
BOSS = Actor("boss", Role.ADMIN, "192.0.2.9")
HERE = "192.0.2.1"


@pytest.fixture
def bank(build):
    """The repositories of a bank with one auditor, and what signs its tokens."""
    bank = SimpleNamespace(
        users=build("UserRepository"),
        programs=build("ProgramRepository"),
        audit=build("AuditLog"),
        signer=JwtSigner(build("TokenKeyRepository")),
    )
    bank.users.add(User("mara", Role.AUDITOR, "hash", NINE))
    return bank


@pytest.fixture
def manage(bank):
    def manage(use_case, *values, **more):
        return use_case(*values, by=BOSS, programs=bank.programs, audit=bank.audit, now=NINE, **more)

    return manage


@pytest.fixture
def exchange(bank):
    """Exchange a key of the program for a token."""

    def exchange(key, scope="", now=NINE):
        return token_for_program("crm", key, scope, HERE, **vars(bank), now=now).access_token

    return exchange


@pytest.fixture
def who(bank):
    """Who shows a token."""

    def who(token):
        return actor_of_token(token, HERE, users=bank.users, programs=bank.programs, signer=bank.signer, now=NINE)

    return who


@pytest.fixture
def key(manage):
    """The key in clear of a program that may see and export leads."""
    manage(managing.add_program, "crm", Role.MANAGER, frozenset({Right.SEE_LEADS, Right.EXPORT}), "shows leads")
    return manage(managing.add_key, "crm", days=90)[1]


def test_a_program_exchanges_its_key_acts_within_its_scope_and_is_out_once_disabled(bank, manage, exchange, who, key):
    token = exchange(key, "see_leads")

    by_token = who(token)
    by_key = actor_of_key(key, HERE, programs=bank.programs, users=bank.users, now=NINE)
    manage(managing.disable_program, "crm")

    assert by_token == Actor("program:crm", Role.MANAGER, HERE, frozenset({Right.SEE_LEADS}))
    assert by_key == replace(by_token, limited_to=frozenset({Right.SEE_LEADS, Right.EXPORT}))
    with pytest.raises(SignInError):
        who(token)
    with pytest.raises(SignInError):
        actor_of_key(key, HERE, programs=bank.programs, users=bank.users, now=NINE)
    said = [entry.event.action for entry in bank.audit.entries()]
    assert said == ["add_program", "add_program_key", "sign_in", "change_program"]


def test_a_revoked_key_takes_its_tokens_with_it_and_leaves_those_of_another(manage, exchange, who, key):
    other = manage(managing.add_key, "crm", days=None)[1]
    tokens = [exchange(each) for each in (key, other)]

    manage(managing.revoke_key, key.split("_")[1])

    with pytest.raises(SignInError):
        who(tokens[0])
    assert who(tokens[1]).username == "program:crm"


def test_a_user_is_out_with_the_next_request_after_being_disabled(bank, who):
    ports = {"users": bank.users, "signer": bank.signer, "audit": bank.audit, "verify_password": lambda *_: True}
    token = token_for_password("mara", "right", "see_admin", HERE, now=NINE, **ports).access_token
    assert who(token).may(Right.SEE_ADMIN)

    mara = bank.users.find("mara")
    bank.users.change(mara, replace(mara, disabled=True))

    with pytest.raises(SignInError, match="no longer good"):
        who(token)


def test_wrong_secrets_are_counted_and_the_wait_is_said(exchange, key):
    for _ in range(5):
        with pytest.raises(SignInError, match="not right"):
            exchange("wrong")

    with pytest.raises(TooManyAttemptsError) as refusal:
        exchange(key, now=NINE + timedelta(minutes=5))

    assert refusal.value.wait_s == 11 * 60
