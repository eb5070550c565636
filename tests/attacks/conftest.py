"""What an attacker meets: the API on services in memory, with a user and a program in it."""

from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient

from smartbank.api.app import create_api
from smartbank.bootstrap import hash_password
from smartbank.core.people import ROLE_RIGHTS, Role, User
from smartbank.core.programs import Program, make_key
from tests.services import memory_services
from tests.ui import conftest as pages

PASSWORD = "correct horse battery"
MADE = datetime(2026, 1, 5, tzinfo=UTC)
on_services, open_page, work = pages.on_services, pages.open_page, pages.work
"""Fixtures that open a screen on the services."""


@pytest.fixture
def services():
    services = memory_services()
    services.users.add(User("ana", Role.MANAGER, hash_password(PASSWORD), MADE))
    rights = frozenset(ROLE_RIGHTS[Role.MANAGER])
    services.programs.add(Program("crm", Role.MANAGER, rights, "tests", MADE, "root"))
    return services


@pytest.fixture
def key(services):
    kept, shown = make_key("crm", by="root", now=MADE)
    services.programs.add_key(kept)
    return shown


@pytest.fixture
def anybody(services):
    return TestClient(create_api(lambda: services), raise_server_exceptions=False)


@pytest.fixture
def program(services, key):
    return TestClient(create_api(lambda: services), headers={"X-API-Key": key}, raise_server_exceptions=False)
