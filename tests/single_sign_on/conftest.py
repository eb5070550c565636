"""SmartBank's server before Streamlit's real routes of signing in, and a real identity provider beside it."""

import threading

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from streamlit.runtime.secrets import secrets_singleton
from streamlit.user_info import generate_login_redirect_url
from streamlit.web.server.starlette.starlette_auth_routes import create_auth_routes

from smartbank import server
from smartbank.config import Settings
from smartbank.core.session_cookies import REFUSAL_COOKIE
from smartbank.errors import StorageError
from smartbank.services.refusal_notes import refusal_of
from smartbank.ui.provider import PROVIDER, streamlit_secrets
from tests.oidc_provider import started_provider
from tests.services import memory_services
from tests.single_sign_on.clock import now

CLIENT_SECRET = "a secret for the tests alone"


@pytest.fixture(scope="session")
def running_provider(tmp_path_factory):
    with started_provider(tmp_path_factory.mktemp("provider")) as provider:
        yield provider


@pytest.fixture
def provider(running_provider):
    """The provider, honest, with ana among the managers."""
    running_provider.spoil()
    running_provider.say_in_metadata()
    running_provider.put_person("s-1", preferred_username="Ana", roles=["bank-managers"], email="ana@bank.example")
    return running_provider


@pytest.fixture
def settings(provider):
    return Settings(
        oidc_metadata_url=provider.metadata_url,
        oidc_client_id="smartbank",
        oidc_client_secret=CLIENT_SECRET,
        oidc_roles="bank-admins=admin,bank-managers=manager,bank-agents=agent",
        oidc_redirect_url="http://localhost/oauth2callback",
        oidc_name="Test bank",
    )


@pytest.fixture
def services(settings):
    return memory_services(configuration=settings)


@pytest.fixture
def provide(services):
    """What the server is wired with: `is_away` is true while the database does not answer, `asked_in` names threads."""

    def provide():
        provide.asked_in.add(threading.current_thread().name)
        if provide.is_away:
            raise StorageError("mongodb://secret")
        return services

    provide.is_away, provide.asked_in = False, set()
    return provide


@pytest.fixture
def client(provide, settings):
    """A browser at SmartBank, on this computer."""
    secrets_singleton.merge_programmatic_secrets(streamlit_secrets(settings))
    application = Starlette(
        routes=[
            *server.build_routes(provide, settings),
            *create_auth_routes(""),
            Route("/{path:path}", lambda _request: PlainTextResponse("a page")),
        ],
        middleware=[
            *server.build_middleware(provide, settings),
            Middleware(SessionMiddleware, secret_key="of the tests", same_site="lax"),
        ],
        exception_handlers=server.ERROR_ANSWERS,
    )
    yield TestClient(application, base_url="http://localhost", follow_redirects=False)
    secrets_singleton._reset()


@pytest.fixture
def go(client):
    """Press the button on a page, and return the answer that leads to the provider."""

    def go(page="/"):
        return client.get(generate_login_redirect_url(PROVIDER), headers={"Referer": f"http://localhost{page}"})

    return go


@pytest.fixture
def come_back(client, go, provider):
    """Sign somebody in at the provider, and return SmartBank's answer to whom that leads back to."""

    def come_back(subject="s-1", page="/"):
        return client.get(provider.agree(go(page).headers["location"], subject))

    return come_back


@pytest.fixture
def refusal(client, services):
    """Return why the browser was not let in, as the sign-in page would read it."""

    def refusal():
        note = client.cookies.get(REFUSAL_COOKIE)
        return refusal_of(note, signer=services.signer, now=now())

    return refusal
