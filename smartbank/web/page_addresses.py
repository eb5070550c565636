"""Addresses of pages as people type them: in another case, or with a slash behind, they lead to the page."""

from collections.abc import Collection

from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send


class PageAddresses:
    """ASGI middleware that sends a browser from /Admin to /admin; what names no page at all is passed on.

    Parameters
    ----------
    pages : collection of str
        What the addresses of the pages are, without slashes, in lower case.
    """

    def __init__(self, app: ASGIApp, *, pages: Collection[str]) -> None:
        self.app = app
        self._pages = frozenset(pages)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the way to the page, or pass the request on."""
        if scope["type"] == "http" and scope["method"] in ("GET", "HEAD"):
            typed = str(scope["path"])
            name = typed.strip("/").lower()
            if name in self._pages and typed != f"/{name}":
                query = scope["query_string"].decode("latin-1")
                answer = RedirectResponse(f"/{name}?{query}" if query else f"/{name}")
                await answer(scope, receive, send)
                return
        await self.app(scope, receive, send)
