"""One embedded database for the whole folder, reached through a network that tests slow down, silence and cut."""

from datetime import UTC, datetime

import pytest
import streamlit as st
from fastapi.testclient import TestClient
from streamlit.testing.v1 import AppTest

from smartbank.api.access import known
from smartbank.api.app import create_api
from smartbank.core.call_rules import RuleBook
from smartbank.core.people import Role, User
from smartbank.ui import resources, session_cookie
from tests.actors import ANA, put_user
from tests.faults.embedded import FaultyBank, embedded_behind_proxy, hold_session, services_on
from tests.services import ALWAYS
from tests.start.processes import ROOT


@pytest.fixture(scope="session")
def faulty(tmp_path_factory):
    """The server that may be killed, the network before it, and the services on both; all mended after each test."""
    folder = tmp_path_factory.mktemp("faults") / "var"
    with (
        embedded_behind_proxy(folder) as (server, proxy),
        services_on(server.through(proxy), folder) as services,
    ):
        now = datetime.now(UTC)
        services.rules.save(RuleBook(hours=ALWAYS), by="root", at=now)
        put_user(services.users, User("ana", Role.MANAGER, "no hash", created_at=now))
        hold_session(services, now=now)
        yield server, proxy, services


@pytest.fixture
def server(faulty):
    yield faulty[0]
    faulty[0].revive()


@pytest.fixture
def proxy(faulty):
    yield faulty[1]
    faulty[1].mend()


@pytest.fixture
def services(faulty):
    return faulty[2]


@pytest.fixture
def bank(services, server, proxy):
    return FaultyBank(services, server)


@pytest.fixture
def api_of():
    """Return a function from services to a client of the API on them, who is a manager."""

    def api_of(services):
        application = create_api(lambda: services)
        application.dependency_overrides[known] = lambda: ANA
        return TestClient(application, raise_server_exceptions=False)

    return api_of


@pytest.fixture
def api(services, api_of):
    return api_of(services)


@pytest.fixture
def open_page(services, monkeypatch):
    """Return a function that opens a page as that manager, on the services of the folder or on others."""
    monkeypatch.setattr(session_cookie, "client_address", lambda: "192.0.2.7")
    monkeypatch.setattr(session_cookie, "session_token", lambda: "ana's")
    monkeypatch.setattr(resources, "load_settings", lambda: None)

    def open_page(script, *, on=services, **query):
        monkeypatch.setattr(resources, "build_services", lambda _settings: on)
        st.cache_resource.clear()
        st.cache_data.clear()
        page = AppTest.from_file(ROOT / "pages" / script, default_timeout=60)
        for name, value in query.items():
            page.query_params[name] = value
        return page.run()

    yield open_page
    st.cache_resource.clear()
    st.cache_data.clear()
