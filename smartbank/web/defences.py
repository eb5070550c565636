"""What stands before every route, screens and programs alike, in the order requests pass it."""

from typing import Final

from starlette.middleware import Middleware

from smartbank.config import Settings
from smartbank.web.allowed_hosts import AllowedHosts
from smartbank.web.own_sockets import OwnSockets
from smartbank.web.secure_cookies import SecureCookies

OPEN_PATHS: Final = ("/healthz",)
"""What a balancer asks for, by address rather than by name."""


def build_defences(settings: Settings) -> list[Middleware]:
    """Return the middleware every application of SmartBank begins with, outermost first."""
    return [
        Middleware(AllowedHosts, patterns=settings.host_patterns(), open_paths=OPEN_PATHS),
        Middleware(OwnSockets),
        Middleware(SecureCookies),
    ]
