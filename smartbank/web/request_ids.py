"""Every request has a name: the client's own where it sends one, or a new one; answer and log say it."""

import logging
import re
import secrets
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from smartbank.core.log_context import logged_with
from smartbank.core.trace import traced

HEADER: Final = "X-Request-ID"
_OWN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
TOLD: Final = "The log has this under the name of its request."
"""Note on an exception that was logged here, for what logs it again on the way out."""
_KEY: Final = "smartbank_request_id"

logger = logging.getLogger(__name__)


class RequestIds:
    """ASGI middleware that names every request; within another one it lets the name stand."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on under its name, and put the name into the head of the answer."""
        if scope["type"] != "http" or _KEY in scope:
            await self.app(scope, receive, send)
            return
        sent = Headers(scope=scope).get(HEADER, "")
        name = sent if _OWN.fullmatch(sent) else secrets.token_hex(12)
        scope[_KEY] = name

        async def send_named(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[HEADER] = name
            await send(message)

        with logged_with(request_id=name):
            try:
                await self.app(scope, receive, send_named)
            except Exception as exc:  # logged here, where the log knows whose request it is
                logger.error("Request %s failed.", name, extra=traced(exc))
                exc.add_note(TOLD)
                raise


def request_id_of(scope: Scope) -> str:
    """Return the name of a request; an empty text where nothing named it."""
    return str(scope.get(_KEY, ""))
