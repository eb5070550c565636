"""The web server: screens at /, the API at /api, sign-in, exports and a health check, in one process."""

import logging
import socket
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import streamlit as st
import uvicorn
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from streamlit.runtime.pages_manager import PagesManager

from smartbank import __version__
from smartbank.api.app import create_api, mounted
from smartbank.bootstrap import Services, refuse_in_production
from smartbank.config import Settings, load_settings
from smartbank.core.ports import UserRepository
from smartbank.core.provider_identity import ProviderSettings
from smartbank.core.trace import traced
from smartbank.errors import (
    ConflictError,
    ForbiddenError,
    NotFoundError,
    RateLimitError,
    SignInError,
    SmartBankError,
)
from smartbank.logs import start_log
from smartbank.services.sign_in import session_user
from smartbank.ui.ahead import load_screens
from smartbank.ui.provider import claims_in, streamlit_secrets
from smartbank.ui.resources import services
from smartbank.ui.streamlit_log import join_log
from smartbank.web.defences import build_defences
from smartbank.web.export_routes import export_routes
from smartbank.web.page_addresses import PageAddresses
from smartbank.web.provider_answers import ProviderAnswers
from smartbank.web.quiet_logs import keep_data_out_of_logs
from smartbank.web.security import (
    SECURITY_HEADERS,
    ProvideUsers,
    SecurityHeaders,
    SignedInOnly,
    content_security_policy,
)
from smartbank.web.server_limits import server_limits
from smartbank.web.session_routes import NO_STORE, session_routes

APP_SCRIPT: Final = Path(__file__).resolve().parents[1] / "app.py"
PAGES: Final = frozenset(path.stem for path in (APP_SCRIPT.parent / "pages").glob("*.py"))
"""What stands behind the slash in the address of each page."""
PAGE_FRAME: Final = Path(st.__file__).with_name("static") / "index.html"
"""What Streamlit serves at every page's address."""
STATUS_OF_ERROR: Final[dict[type[SmartBankError], int]] = {
    SignInError: 401,
    ForbiddenError: 403,
    NotFoundError: 404,
    ConflictError: 409,
    RateLimitError: 429,
    SmartBankError: 503,
}

logger = logging.getLogger(__name__)


def create_app(provide_services: Callable[[], Services] = services, settings: Settings | None = None) -> st.App:
    """Build the application; an absolute script path makes Streamlit read `.streamlit` beside it from any folder.

    Raises
    ------
    StartUpError
        Production mode is on and refuses something.
    """
    settings = settings or load_settings()
    refuse_in_production(settings, asks_database=True)
    PagesManager.uses_pages_directory = False  # else pages/ is served by itself until app.py has run once

    return st.App(
        APP_SCRIPT,
        routes=build_routes(provide_services, settings),
        middleware=build_middleware(provide_services, settings),
        secrets=streamlit_secrets(settings),
        exception_handlers=ERROR_ANSWERS,
        lifespan=_lifespan,
        on_script_error=_apologise_on_screen,
    )


def build_routes(provide_services: Callable[[], Services], settings: Settings) -> list[BaseRoute]:
    """Return every route beside Streamlit's own."""

    def provide_users() -> UserRepository:
        return provide_services().users

    return [
        Route("/healthz", _health_check(provide_users), methods=["GET"]),
        *session_routes(provide_services),
        *export_routes(provide_services),
        mounted(create_api(provide_services, per_minute=settings.requests_per_minute)),
    ]


def build_middleware(provide_services: Callable[[], Services], settings: Settings) -> list[Middleware]:
    """Return what every request passes, outermost first; what a defence refuses carries the headers, too."""
    return [
        Middleware(SecurityHeaders, page=PAGE_FRAME.read_text(encoding="utf-8")),
        *build_defences(settings),
        Middleware(PageAddresses, pages=PAGES - {"overview"}),
        Middleware(SignedInOnly, provide_users=lambda: provide_services().users),
        *_provider_answers(provide_services, settings.provider()),
    ]


def _provider_answers(provide_services: Callable[[], Services], provider: ProviderSettings | None) -> list[Middleware]:
    if provider is None:
        return []
    return [
        Middleware(ProviderAnswers, provider=provider, provide_services=provide_services, claims_in=claims_in),
    ]


def run(listener: socket.socket) -> None:
    """Serve on a listening socket until SIGINT or SIGTERM; open connections then have 5 seconds to end."""
    settings = load_settings()
    join_log()
    server = uvicorn.Server(uvicorn.Config(create_app(settings=settings), **server_limits(settings)))
    server.run(sockets=[listener])
    if not server.started:
        sys.exit(1)


@asynccontextmanager
async def _lifespan(_app: st.App) -> AsyncGenerator[None, None]:
    """Keep customers' data out of the logs Streamlit opens as it starts; `logger.enableRich` is off for that, too.

    The screens are loaded here, where Streamlit runs, as it warns of every cache it meets before.
    """
    keep_data_out_of_logs()
    logging.getLogger("streamlit.error_util").addFilter(lambda record: "Uncaught app" not in record.getMessage())
    logging.getLogger("streamlit.runtime.scriptrunner_utils.script_run_context").setLevel(logging.ERROR)
    load_screens()
    logger.info("SmartBank %s answers.", __version__)
    yield
    logger.info("SmartBank has stopped answering.")


def _health_check(provide_users: ProvideUsers) -> Callable[[Request], Any]:
    async def health(_request: Request) -> Response:
        try:
            await run_in_threadpool(lambda: session_user("nobody", users=provide_users(), now=datetime.now(UTC)))
        except SmartBankError:
            return PlainTextResponse("database unreachable", status_code=503, headers=NO_STORE)
        return PlainTextResponse("ok", headers=NO_STORE)

    return health


async def _explain(_request: Request, exc: Exception) -> Response:
    status = next(code for kind, code in STATUS_OF_ERROR.items() if isinstance(exc, kind))
    headers = {"Retry-After": str(exc.retry_after_s)} if isinstance(exc, RateLimitError) else {}
    return PlainTextResponse(str(exc), status_code=status, headers=NO_STORE | headers)


async def _apologise(_request: Request, _exc: Exception) -> Response:
    """Say nothing of the error; such an answer passes no middleware, so it brings the headers itself."""
    headers = {**NO_STORE, **SECURITY_HEADERS, "Content-Security-Policy": content_security_policy("")}
    return PlainTextResponse("Something went wrong in SmartBank. The log says more.", status_code=500, headers=headers)


def _apologise_on_screen(exc: Exception) -> bool:
    """Log where a page failed and say so on it; no message, as libraries quote customers' data in theirs."""
    logger.error("A page failed.", extra=traced(exc))
    st.error("Something went wrong on this page. Reload it; if it happens again, tell your administrator the time.")
    return True


ERROR_ANSWERS: Final = {SmartBankError: _explain, Exception: _apologise}
"""What a client gets for an error in a route; never a traceback."""


def __getattr__(name: str) -> st.App:
    """Build `app` when it is asked for, and begin the log: `uvicorn smartbank.server:app`."""
    if name == "app":
        settings = load_settings()
        start_log("web", as_json=settings.log_as_json(), level=settings.log_level)
        join_log()
        return create_app(settings=settings)
    raise AttributeError(name)
