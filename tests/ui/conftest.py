"""The pages on in-memory services, with a worker that runs when a test says so."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from smartbank import worker
from smartbank.core.people import Role, User
from smartbank.services.demo import DEMO_SOURCE
from smartbank.services.runs import queue_run
from smartbank.services.sign_in import token_hash
from smartbank.ui import resources, session_cookie
from tests.actors import ANA, put_user
from tests.bank import EVERYONE
from tests.services import memory_services
from tests.stubs import stub_leads

ROOT = Path(__file__).parents[2]


@pytest.fixture
def services():
    return memory_services()


@pytest.fixture
def work(services):
    """Do everything that is queued, as the worker would."""

    def work():
        while worker.run_once(services):
            pass

    return work


@pytest.fixture
def on_services(services, monkeypatch):
    """Have the pages use the services of the test."""
    monkeypatch.setattr(session_cookie, "client_address", lambda: "local")
    monkeypatch.setattr(resources, "load_settings", lambda: None)
    monkeypatch.setattr(resources, "build_services", lambda _settings: services)
    st.cache_resource.clear()
    st.cache_data.clear()
    yield
    st.cache_resource.clear()


@pytest.fixture
def open_page(services, on_services, monkeypatch):
    """Return a function that opens a page as a user of a role."""

    def open_page(script, *, role=Role.MANAGER, **query):
        now = datetime.now(UTC)
        put_user(services.users, User("ana", role, "no hash", created_at=now))
        services.users.start_session(
            token_hash("ana's"), services.users.find("ana"), now=now, expires_at=now + timedelta(hours=1)
        )
        monkeypatch.setattr(session_cookie, "session_token", lambda: "ana's")
        monkeypatch.setattr(session_cookie, "client_address", lambda: "192.0.2.7")  # Streamlit's is a mock in tests
        page = AppTest.from_file(ROOT / "pages" / script, default_timeout=30)
        for name, value in query.items():
            page.query_params[name] = value
        return page.run()

    return open_page


@pytest.fixture
def three_ranked(services, work):
    """Three customers of 30, 60 and 40, ranked: by the stub the oldest is first."""
    leads = stub_leads([30, 60, 40]).assign(job="student", attempt=2.0)
    services.customers.save_many(leads, source=DEMO_SOURCE, saved_at=datetime.now(UTC))
    queue_run(EVERYONE, market="snapshot", queue=services.queue, audit=services.audit, by=ANA, now=datetime.now(UTC))
    work()


@pytest.fixture
def open_what_if(open_page, three_ranked):
    def open_what_if(customer="lead-0", *, role=Role.MANAGER, **query):
        page = open_page("customer.py", customer=customer, section="What if", role=role, **query)
        assert not page.exception
        return page

    return open_what_if
