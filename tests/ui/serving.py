"""The web server's routes and defences before routes that stand for Streamlit's own, with users in memory."""

from datetime import UTC, datetime, timedelta

from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from smartbank import server
from smartbank.config import Settings
from smartbank.core.people import Role, User
from smartbank.core.session_cookies import SESSION_COOKIE
from smartbank.services.sign_in import token_hash
from tests.actors import put_user
from tests.services import memory_services


def services_with_users():
    """Return services that know ana, a manager, and gil, an agent."""
    services = memory_services()
    for name, role in (("ana", Role.MANAGER), ("gil", Role.AGENT)):
        put_user(services.users, User(name, role, "hash", created_at=datetime.now(UTC)))
    return services


def client_of(services):
    """Return a client of the server, on this computer."""

    async def streamlits_own(_request):
        return PlainTextResponse("a customer's file")

    async def broken(_request):
        raise ValueError("Ana Silva, +351 912 345 678")

    own = [
        Route("/media/{name}", streamlits_own),
        Route("/_stcore/upload_file/{session}/{file}", streamlits_own, methods=["PUT"]),
        Route("/_stcore/metrics", streamlits_own),
        Route("/_stcore/health", streamlits_own),
        Route("/broken", broken),
    ]
    application = Starlette(
        routes=[*server.build_routes(lambda: services, Settings()), *own],
        middleware=server.build_middleware(lambda: services, Settings(allowed_hosts="bank.example")),
        exception_handlers=server.ERROR_ANSWERS,
    )
    return TestClient(application, base_url="http://localhost", raise_server_exceptions=False)


def sign_in_as(username, client, services):
    now = datetime.now(UTC)
    services.users.start_session(
        token_hash("token"), services.users.find(username), now=now, expires_at=now + timedelta(hours=1)
    )
    client.cookies.set(SESSION_COOKIE, "token")
