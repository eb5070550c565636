"""What stands before every route, screens and programs alike, in the order requests pass it."""

from typing import Final

from starlette.middleware import Middleware

from smartbank.config import Settings
from smartbank.core.tables import MAX_FILE_BYTES
from smartbank.web.allowed_hosts import AllowedHosts
from smartbank.web.body_limits import BodyLimits
from smartbank.web.own_sockets import OwnSockets
from smartbank.web.rate_limiter import RateLimiter
from smartbank.web.rate_limits import RateLimits
from smartbank.web.refusals import PROGRAMS
from smartbank.web.request_ids import RequestIds
from smartbank.web.secure_cookies import SecureCookies

OPEN_PATHS: Final = ("/healthz", "/api/health", "/api/ready")
"""What a balancer asks for, by address rather than by name."""
ANY_NAME: Final = (*OPEN_PATHS, "/api/metrics")
"""What is answered under any host name: Prometheus, too, asks each process by its address. It shows a key for that,
which no browser does by itself.
"""
UPLOADS: Final = "/_stcore/upload_file/"
MAX_UPLOAD_BYTES: Final = MAX_FILE_BYTES + 2**20
"""A file, and what a form puts around it."""
MAX_PROGRAM_BYTES: Final = 4 * 2**20
MAX_BYTES: Final = 64 * 1024
"""No other route has a body to speak of."""
BODY_WITHIN_S: Final = 20.0
FREE: Final = ("/static/", "/component/", "/_stcore/bidi-components/", *OPEN_PATHS)
"""Files a page is made of, dozens at the first visit; they come from the disk, or the browser's cache."""


def max_bytes_of(path: str) -> int:
    """Return how many bytes the body of a request to a path may have."""
    if path.startswith(UPLOADS):
        return MAX_UPLOAD_BYTES
    return MAX_PROGRAM_BYTES if path.startswith(PROGRAMS) else MAX_BYTES


def build_defences(settings: Settings) -> list[Middleware]:
    """Return the middleware every application of SmartBank begins with, outermost first."""
    return [
        Middleware(RequestIds),
        Middleware(AllowedHosts, patterns=settings.host_patterns(), open_paths=ANY_NAME),
        Middleware(OwnSockets),
        *_rate_limits(settings),
        Middleware(BodyLimits, max_bytes_of=max_bytes_of, seconds=BODY_WITHIN_S),
        Middleware(SecureCookies),
    ]


def _rate_limits(settings: Settings) -> list[Middleware]:
    if not settings.requests_per_minute:
        return []
    return [Middleware(RateLimits, limiter=RateLimiter(settings.requests_per_minute), free=FREE)]
