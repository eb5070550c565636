"""A bank with a manager whose password is the hash read backwards, and a program with one key."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from smartbank.core.people import Right, Role, User
from smartbank.core.programs import Program, make_key
from smartbank.services import tokens
from tests.actors import put_user
from tests.services import memory_services

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
RIGHT_PASSWORD = "secret"
HERE = "10.0.0.1"
ANA = User("ana", Role.MANAGER, "terces", created_at=NOON)
CRM = Program("crm", Role.MANAGER, frozenset({Right.SEE_LEADS, Right.SEE_CUSTOMER}), "shows leads", NOON, "boss")


def at(minutes):
    return NOON + timedelta(minutes=minutes)


@pytest.fixture
def services():
    services = memory_services()
    put_user(services.users, ANA)
    services.programs.add(CRM)
    return services


@pytest.fixture
def crm_key(services):
    """The key of the program in clear."""
    key, clear = make_key("crm", by="boss", now=NOON)
    services.programs.add_key(key)
    return clear


@pytest.fixture
def by_password(services):
    def by_password(username="ana", password=RIGHT_PASSWORD, scope="", *, address=HERE, minutes=0.0):
        return tokens.token_for_password(
            username,
            password,
            scope,
            address,
            users=services.users,
            verify_password=lambda typed, hashed: typed[::-1] == hashed,
            signer=services.tokens,
            audit=services.audit,
            now=at(minutes),
        )

    return by_password


@pytest.fixture
def by_key(services, crm_key):
    def by_key(client_id="crm", client_secret=crm_key, scope="", *, address=HERE, minutes=0.0):
        return tokens.token_for_program(
            client_id,
            client_secret,
            scope,
            address,
            programs=services.programs,
            users=services.users,
            signer=services.tokens,
            audit=services.audit,
            now=at(minutes),
        )

    return by_key


@pytest.fixture
def who(services):
    """Who shows a token."""

    def who(token, *, minutes=0.0):
        ports = {"users": services.users, "programs": services.programs, "signer": services.tokens}
        return tokens.actor_of_token(token, HERE, **ports, now=at(minutes))

    return who


@pytest.fixture
def who_by_key(services):
    """Who shows a key."""
    ask = partial(tokens.actor_of_key, programs=services.programs, users=services.users)
    return lambda key, *, address=HERE, minutes=0.0: ask(key, address, now=at(minutes))
