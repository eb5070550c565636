"""A slash within an id: `%2F` belongs to the part of an address it is in, and does not end it."""

from typing import Annotated, Final
from urllib.parse import unquote

from fastapi import Path
from pydantic import BeforeValidator
from starlette.types import ASGIApp, Receive, Scope, Send

from smartbank.api.leads import ID_PATTERN

APART: Final = "\ufdd0"
"""Stands for an encoded slash until an id is read. It is no character, by Unicode, so no text has it."""
_UNREADABLE: Final = "\ufffd"


class SlashesApart:
    """ASGI middleware that has routes chosen by the address as it was sent: encoded slashes separate nothing.

    Servers decode an address before they hand it on, so that customer `X/data` could not be told from what is kept of
    customer `X`. Where a server does not hand on the address as it was sent, nothing changes.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its encoded slashes kept apart."""
        sent = scope.get("raw_path") if scope["type"] == "http" else None
        await self.app({**scope, "path": _path_of(sent)} if sent else scope, receive, send)


def _path_of(sent: bytes) -> str:
    parts = sent.decode("ascii", "replace").split("/")
    return "/".join(unquote(part).replace(APART, _UNREADABLE).replace("/", APART) for part in parts)


def _joined(part: object) -> object:
    return part.replace(APART, "/") if isinstance(part, str) else part


PathId = Annotated[
    str,
    Path(pattern=ID_PATTERN, description="The bank's own id; a slash in it is sent as `%2F`.", examples=["C-10293"]),
    BeforeValidator(_joined),
]
"""A customer's id as a part of an address."""
