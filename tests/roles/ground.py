"""The bank each role walks through: one world a role, which neither reading nor a refusal may change."""

from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path

import streamlit as st
from fastapi.testclient import TestClient
from streamlit.elements.widgets import button
from streamlit.testing.v1 import AppTest

from smartbank.api.access import known
from smartbank.api.app import create_api
from smartbank.core.people import User
from smartbank.core.session_cookies import SESSION_COOKIE
from smartbank.services.sign_in import token_hash
from smartbank.ui import resources, session_cookie
from tests.actors import EVERYBODY, put_user
from tests.roles.stored import digest
from tests.ui.serving import client_of
from tests.use_cases import RUN, World
from tests.use_cases_list_files import made_workbook

PAGES = Path(__file__).parents[2] / "pages"
OFFERED = {}
"""Files the page that was opened last offers, which are made when somebody takes them, by key."""
BEGAN = datetime(2026, 1, 5, 9, tzinfo=UTC)


class Ground:
    """A world and somebody of a role in it, signed in and at the API.

    Attributes
    ----------
    bench : World
        Another world, for calls that put there what they need before they ask for what is refused.
    untouched : str
        The digest of what is stored before anybody did anything.
    """

    def __init__(self, role, monkeypatch):
        self.role, self.by, self._patch = role, EVERYBODY[role], monkeypatch
        self.world, self.bench = World(), World()
        self.services = self.world.services
        self.opened, self.forced, self.walked = {}, {}, set()
        self.sign_in(self.world)
        named_in(self.world)
        self.untouched = digest(self.services)

    def sign_in(self, world):
        """Let the user of the screens be of the role, and signed in, in a world."""
        self.become(self.role, world)
        users, now = world.services.users, datetime.now(UTC)
        users.start_session(token_hash("ana's"), users.find("ana"), now=now, expires_at=now + timedelta(hours=1))

    def become(self, role, world=None):
        """Give the user of the screens a role."""
        put_user((world or self.world).services.users, User("ana", role, "no hash", created_at=BEGAN))

    def open(self, script, **query):
        """Return a page, opened by the user of the screens."""
        if resources.build_services(None) is not self.services:
            self._patch.setattr(resources, "build_services", lambda _settings: self.services)
            st.cache_resource.clear()
            st.cache_data.clear()
        OFFERED.clear()
        page = AppTest.from_file(PAGES / script, default_timeout=30)
        for name, value in query.items():
            page.query_params[name] = value
        return page.run()

    def ask(self, world, method, path, *, by=None, **more):
        """Return the answer of the API to somebody of the role, in a world."""
        self._asked, self._asks = world.services, by or self.by
        return self._api.request(method, path, **more)

    def fetch(self, world, path):
        """Return the answer of the server of the screens to the signed-in user, in a world."""
        client = client_of(world.services)
        client.cookies.set(SESSION_COOKIE, "ana's")
        return client.get(path)

    @cached_property
    def _api(self):
        api = create_api(lambda: self._asked)
        api.dependency_overrides[known] = lambda: self._asks
        return TestClient(api, raise_server_exceptions=False)


def named_in(world):
    """Return what the addresses name, as it is in a world."""
    list_id = world.list_id
    return {
        "prediction_id": f"{world.done[RUN]}:1",
        "customer_id": "lead-1",
        "list_id": list_id,
        "run_id": world.done[RUN],
        "work_id": made_workbook(world, list_id),
    }


def offering(marshall):
    """Return a way of offering files that notes what would make them."""

    def noting(coordinates, data, *args, element_id="", **named):
        if callable(data):
            OFFERED[element_id.split("-", 2)[2]] = data
        return marshall(coordinates, data, *args, element_id=element_id, **named)

    return noting


def patch_screens(monkeypatch):
    """Have the pages take who is signed in and what they are wired with from the tests."""
    monkeypatch.setattr(session_cookie, "session_token", lambda: "ana's")
    monkeypatch.setattr(session_cookie, "client_address", lambda: "192.0.2.7")
    monkeypatch.setattr(resources, "load_settings", lambda: None)
    monkeypatch.setattr(resources, "build_services", lambda _settings: None)
    monkeypatch.setattr(button, "marshall_file", offering(button.marshall_file))


def grounds(monkeypatch):
    """Return a function from a role to its ground, made when it is first asked for; or to one to change, of its own."""
    patch_screens(monkeypatch)
    made = {}

    def ground(role, *, to_change=False):
        if to_change:
            return Ground(role, monkeypatch)
        if role not in made:
            made[role] = Ground(role, monkeypatch)
        return made[role]

    return ground
