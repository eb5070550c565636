"""Middleware that lets only SmartBank's own pages open web sockets from a browser."""

from typing import Final

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

FOREIGN: Final = "This connection did not come from SmartBank's own pages."


class OwnSockets:
    """ASGI middleware: 403 for a web socket opened by a page of another origin.

    Browsers send the cookie along with such a connection and read its answers, whatever origin asks. Streamlit lets
    any port of localhost in, and any page at this computer's own addresses, one of which it asks a site elsewhere for.
    A program sends no `Origin` and holds no cookie but its own.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a connection on, or refuse it."""
        if scope["type"] == "websocket" and not is_own(Headers(scope=scope)):
            await PlainTextResponse(FOREIGN, status_code=403)(scope, receive, send)
        else:
            await self.app(scope, receive, send)


def is_own(headers: Headers) -> bool:
    """Whether no page asks, or a page of the very address that is asked: same host, same port."""
    origins = headers.getlist("origin")
    if not origins:
        return True
    host = headers.get("host", "")
    return bool(host) and all(origin in (f"http://{host}", f"https://{host}") for origin in origins)
