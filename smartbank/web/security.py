"""What every answer carries, and what a signed-out visitor may not reach."""

import base64
import hashlib
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from smartbank.core.log_context import note_in_log
from smartbank.core.people import Actor, User
from smartbank.core.ports import UserRepository
from smartbank.core.session_cookies import session_token_in
from smartbank.errors import SignInError, SmartBankError
from smartbank.services.sign_in import session_user

POLICY: Final = (
    "default-src 'self'",
    "script-src 'self' 'wasm-unsafe-eval' blob:{script_hashes}",
    "worker-src 'self' blob:",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "connect-src 'self' ws: wss:",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
)
SECURITY_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
GUARDED_PATHS: Final = ("/media/", "/_stcore/upload_file/", "/_stcore/metrics")
"""Streamlit's own routes that hold users' data or memory and know no users."""

_THIS_COMPUTER: Final = ("", "127.0.0.1", "::1")
_INLINE_SCRIPT: Final = re.compile(r"<script>(.*?)</script>", re.DOTALL)

ProvideUsers = Callable[[], UserRepository]


class SecurityHeaders:
    """ASGI middleware that adds `SECURITY_HEADERS` and a content security policy to every HTTP answer."""

    def __init__(self, app: ASGIApp, *, page: str) -> None:
        self.app = app
        self.headers = SECURITY_HEADERS | {"Content-Security-Policy": content_security_policy(page)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and complete the head of its answer."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self.headers)
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)


def content_security_policy(page: str) -> str:
    """Return the policy for an HTML page: nothing from elsewhere, and of inline scripts only the page's own."""
    digests = (hashlib.sha256(script.encode()).digest() for script in _INLINE_SCRIPT.findall(page))
    hashes = "".join(f" 'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
    return "; ".join(POLICY).format(script_hashes=hashes)


class SignedInOnly:
    """ASGI middleware that keeps signed-out visitors from `GUARDED_PATHS`."""

    def __init__(self, app: ASGIApp, *, provide_users: ProvideUsers) -> None:
        self.app = app
        self.provide_users = provide_users

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 401 without a live session, 503 while the database is away."""
        if scope["type"] != "http" or not scope["path"].startswith(GUARDED_PATHS) or scope["method"] == "OPTIONS":
            await self.app(scope, receive, send)
            return
        try:
            user = await current_user(Request(scope), provide_users=self.provide_users)
        except SmartBankError as exc:
            await PlainTextResponse(str(exc), status_code=503)(scope, receive, send)
            return
        if user is None:
            await PlainTextResponse("Sign in first.", status_code=401)(scope, receive, send)
        else:
            await self.app(scope, receive, send)


async def current_user(connection: HTTPConnection, *, provide_users: ProvideUsers) -> User | None:
    """Return who holds the session of a request's cookie, asked for in a thread. Raises `StorageError`."""
    token = session_token(connection)
    if not token:
        return None
    return await run_in_threadpool(lambda: session_user(token, users=provide_users(), now=datetime.now(UTC)))


def session_token(connection: HTTPConnection) -> str | None:
    """Return the token in a request's cookie, whoever it belongs to."""
    return session_token_in(connection.cookies, host=connection.headers.get("host", ""))


async def require_actor(request: Request, *, users: UserRepository) -> Actor:
    """Return who asks, from where. Raises `SignInError` without a live session, or before the first password change."""
    user = await current_user(request, provide_users=lambda: users)
    if user is None or user.must_change_password:
        raise SignInError("Sign in to SmartBank first, then open this link again.")
    note_in_log(by=user.username)
    return user.at(address_of(request))


def address_of(request: HTTPConnection) -> str:
    """Return where a request comes from; "local" for this computer, as the screens call it."""
    host = request.client.host if request.client is not None else ""
    return "local" if host in _THIS_COMPUTER else host


def is_from_here(request: Request) -> bool:
    """Whether a request was made by a page of this very address; browsers always tell, and pages cannot forge it."""
    origin = urlsplit(request.headers.get("origin", "")).netloc
    same_site = request.headers.get("sec-fetch-site", "same-origin") == "same-origin"
    return bool(origin) and origin == request.headers.get("host") and same_site
