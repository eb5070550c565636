"""A bank with two users, and a sign-in whose password is the hash read backwards."""

from datetime import UTC, datetime, timedelta

import pytest

from smartbank.adapters.memory.audit import MemoryAuditLog
from smartbank.adapters.memory.users import MemoryUserRepository
from smartbank.core.people import Role, User
from smartbank.services.sign_in import (
    sign_in,
)
from tests.actors import put_user

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
    put_user(users, User("ana", Role.MANAGER, "terces", created_at=NOON))
    put_user(users, User("old", Role.AGENT, "terces", created_at=NOON, disabled=True))
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
