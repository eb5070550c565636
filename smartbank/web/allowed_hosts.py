"""Middleware that answers only to the names SmartBank is reached by, over HTTP and web sockets."""

from collections.abc import Collection
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from smartbank.core.hosts import host_name, is_allowed
from smartbank.web.refusals import refusal

NO_HOST: Final = "The request names no host, or more than one."
OTHER_HOST: Final = (
    "SmartBank does not answer under this name. Open it at the address your bank gave you; "
    "an administrator adds names in SMARTBANK_ALLOWED_HOSTS."
)


class AllowedHosts:
    """ASGI middleware: 421 for a host that is none of `patterns`, 400 for none or several.

    A page of another site that has its own name point here (DNS rebinding) gets no further than this.

    Parameters
    ----------
    patterns : tuple of str
        Names and addresses in lower case; `*.bank.example` covers every name below.
    open_paths : collection of str
        Paths answered under any name: a balancer asks for the health of an address.
    """

    def __init__(self, app: ASGIApp, *, patterns: tuple[str, ...], open_paths: Collection[str] = ()) -> None:
        self.app = app
        self.patterns = patterns
        self.open_paths = frozenset(open_paths)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        is_open = scope["type"] == "http" and scope["path"] in self.open_paths
        if scope["type"] == "lifespan" or is_open:
            await self.app(scope, receive, send)
            return
        given = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
        host = host_name(given[0]) if len(given) == 1 else None
        if host is None:
            await refusal(scope, 400, NO_HOST)(scope, receive, send)
        elif is_allowed(host, self.patterns):
            await self.app(scope, receive, send)
        else:
            await refusal(scope, 421, OTHER_HOST)(scope, receive, send)
