"""Every answer to a GET has an ETag; who shows the one they have gets no body."""

import hashlib
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_JSON: Final = "application/json"


class ETags:
    """ASGI middleware: a strong ETag of what is answered, and 304 where `If-None-Match` has it.

    What was asked for is looked up either way, so that a 304 is as true as an answer.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hold the answer to a GET back until it is whole."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            await self.app(scope, receive, send)
            return
        held: list[Message] = []
        known = Headers(scope=scope).get("if-none-match", "")

        async def hold(message: Message) -> None:
            held.append(message)
            if message["type"] == "http.response.body" and not message.get("more_body"):
                for each in _tagged(held, known):
                    await send(each)

        await self.app(scope, receive, hold)


def _tagged(held: list[Message], known: str) -> list[Message]:
    start, body = held[0], b"".join(each.get("body", b"") for each in held[1:])
    headers = MutableHeaders(raw=list(start["headers"]))
    if start["status"] != 200 or not headers.get("content-type", "").startswith(_JSON):
        return held
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers["ETag"] = tag
    headers.setdefault("Cache-Control", "private, no-cache")
    shown = {each.strip().removeprefix("W/") for each in known.split(",")}
    if tag in shown or "*" in shown:
        del headers["content-length"]
        del headers["content-type"]
        body = b""
        start = {**start, "status": 304}
    return [{**start, "headers": headers.raw}, {"type": "http.response.body", "body": body}]
