"""The API alone, under the addresses it has beside the screens: `uvicorn smartbank.api.asgi:app`."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from functools import cache
from threading import Lock
from typing import Final

from starlette.applications import Starlette
from starlette.middleware import Middleware

from smartbank.api.app import create_api, mounted
from smartbank.bootstrap import Services, build_services, refuse_in_production
from smartbank.config import Settings, load_settings
from smartbank.logs import start_log
from smartbank.web.defences import build_defences
from smartbank.web.quiet_logs import keep_data_out_of_logs
from smartbank.web.security import SecurityHeaders

_BUILDING: Final = Lock()


def create_app(provide_services: Callable[[], Services] | None = None, settings: Settings | None = None) -> Starlette:
    """Build the application around the database the settings name; it is opened at the first request.

    Raises
    ------
    StartUpError
        A setting is not allowed, or production mode is on and refuses something.
    """
    settings = settings or load_settings()
    refuse_in_production(settings, asks_database=True)
    api = create_api(provide_services or _own_services, per_minute=settings.requests_per_minute)
    return Starlette(
        routes=[mounted(api)],
        middleware=[Middleware(SecurityHeaders, page=""), *build_defences(settings)],
        lifespan=_lifespan,
    )


@asynccontextmanager
async def _lifespan(_app: Starlette) -> AsyncGenerator[None, None]:
    keep_data_out_of_logs()
    yield


def _own_services() -> Services:
    """Return what the process shares; while the database is away every request tries again."""
    with _BUILDING:
        return _built()


@cache
def _built() -> Services:
    return build_services(load_settings())


def __getattr__(name: str) -> Starlette:
    """Build `app` when it is asked for, and begin the log."""
    if name == "app":
        settings = load_settings()
        start_log("api", as_json=settings.log_as_json(), level=settings.log_level)
        return create_app(settings=settings)
    raise AttributeError(name)
