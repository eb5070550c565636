"""Middleware that limits how large the body of a request may be, and how slowly it may come."""

import asyncio
from collections.abc import Callable
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from smartbank.web.refusals import refusal

SLOWEST: Final = 16 * 1024
"""Bytes a second from which on a body does not count as dribbling, however long it takes."""
TOO_LARGE: Final = "The request is larger than SmartBank takes here. Send less, or split it."
TOO_SLOW: Final = "The request came too slowly and was given up. Try again."
_CLOSE: Final = {"Connection": "close"}  # what is still on its way must not be taken for the next request


class BodyLimits:
    """ASGI middleware: 413 for a body that is too large, said or sent, and 408 for one that dribbles in.

    Parameters
    ----------
    max_bytes_of : callable
        Takes a path and returns how many bytes its body may have.
    seconds : float
        How long the server may wait for a body in all, and a second more for each `SLOWEST` bytes that came. What the
        application takes to read it does not count.
    """

    def __init__(self, app: ASGIApp, *, max_bytes_of: Callable[[str], int], seconds: float) -> None:
        self.app = app
        self.max_bytes_of = max_bytes_of
        self.seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and its body as it comes, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers, limit = Headers(scope=scope), self.max_bytes_of(scope["path"])
        said = headers.get("content-length", "0")
        if not said.isdecimal() or int(said) > limit:
            await refusal(scope, 413, TOO_LARGE, headers=_CLOSE)(scope, receive, send)
            return
        if said.strip("0") == "" and "transfer-encoding" not in headers:
            await self.app(scope, receive, send)
            return
        body = _Body(scope, receive, send, limit=limit, seconds=self.seconds)
        try:
            await self.app(scope, body.receive, body.send)
        except Exception:
            if not body.refused:  # else the application only says that the client is gone
                raise


class _Body:
    """The body of one request on its way to the application, and the answer on its way back."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, *, limit: int, seconds: float) -> None:
        self._scope, self._receive, self._send = scope, receive, send
        self._limit, self._seconds = limit, seconds
        self._received, self._waited = 0, 0.0
        self._is_whole = self._is_answered = self.refused = False

    async def receive(self) -> Message:
        if self.refused:
            return {"type": "http.disconnect"}
        if self._is_whole:
            return await self._receive()
        try:
            message = await self._next_part()
        except TimeoutError:
            return await self._refuse(408, TOO_SLOW)
        self._received += len(message.get("body", b""))
        self._is_whole = not message.get("more_body", False)
        return await self._refuse(413, TOO_LARGE) if self._received > self._limit else message

    async def send(self, message: Message) -> None:
        if self.refused:
            return
        if message["type"] == "http.response.start":
            self._is_answered = True
            if not self._is_whole:
                MutableHeaders(scope=message).update(_CLOSE)
        await self._send(message)

    async def _next_part(self) -> Message:
        loop = asyncio.get_running_loop()
        begun = loop.time()
        async with asyncio.timeout(self._seconds + self._received / SLOWEST - self._waited):
            message = await self._receive()
        self._waited += loop.time() - begun
        return message

    async def _refuse(self, status: int, said: str) -> Message:
        """Answer in place of the application, which is told that the client is gone."""
        self.refused = True
        if not self._is_answered:
            await refusal(self._scope, status, said, headers=_CLOSE)(self._scope, self._receive, self._send)
        return {"type": "http.disconnect"}
