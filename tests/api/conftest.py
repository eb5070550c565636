"""The API on services in memory, asked by a program of each role."""

from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient

from smartbank.api.app import create_api
from smartbank.core.people import ROLE_RIGHTS, Role
from smartbank.core.programs import Program, make_key
from tests.services import memory_services

LONG_AGO = datetime(2026, 1, 5, 9, tzinfo=UTC)
SEED = {
    "personal_info": {"age": 45, "job": "admin", "marital": "married", "education": "university.degree"},
    "financial_info": {"default": False, "housing": True, "loan": False},
    "macro_info": {"euribor3m": 1.2, "cpi": 93.994, "emp_var_rate": -1.8},
}
"""That of the contract, in a month the stub scorer knows."""


@pytest.fixture
def services():
    return memory_services()


@pytest.fixture
def key_of(services):
    """Make a program of a role, and return its key."""

    def key_of(role, rights=None):
        name = f"some-{role}"
        limited = frozenset(ROLE_RIGHTS[role] if rights is None else rights)
        services.programs.add(Program(name, role, limited, "tests", LONG_AGO, "root"))
        key, shown = make_key(name, by="root", now=LONG_AGO)
        services.programs.add_key(key)
        return shown

    return key_of


@pytest.fixture
def client_of(services, key_of):
    """Return a client that shows the key of a program of a role; None for one that shows nothing."""
    api = create_api(lambda: services)

    def client_of(role=None, **options):
        headers = {"X-API-Key": key_of(role, **options)} if role is not None else {}
        return TestClient(api, headers=headers, raise_server_exceptions=False)

    return client_of


@pytest.fixture
def client(client_of):
    return client_of(Role.MANAGER)
