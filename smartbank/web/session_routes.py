"""Routes that turn a sign-in ticket into a session cookie, and end a session."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from smartbank.bootstrap import Services
from smartbank.core.browsers import browser_name
from smartbank.core.session_cookies import SESSION_COOKIE
from smartbank.errors import SignInError
from smartbank.services.sign_in import COOKIE_LIFETIME, open_session, sign_out
from smartbank.web.cookies import drop_cookie, put_cookie
from smartbank.web.security import address_of, is_from_here, session_token

TICKET_HEADER: Final = "X-SmartBank-Ticket"
"""A header rather than a body: a page of another site cannot send it, and there is nothing to read or limit."""
NO_STORE: Final = {"Cache-Control": "no-store"}


def session_routes(provide_services: Callable[[], Services]) -> list[Route]:
    """Return POST `/auth/session` (ticket to cookie) and POST `/auth/sign-out`."""

    async def start(request: Request) -> Response:
        if not is_from_here(request):
            return _foreign()
        ticket = request.headers.get(TICKET_HEADER, "")
        try:
            token = await run_in_threadpool(
                lambda: open_session(
                    ticket,
                    users=provide_services().users,
                    now=datetime.now(UTC),
                    address=address_of(request),
                    browser=browser_name(request.headers.get("user-agent", "")),
                )
            )
        except SignInError as exc:
            return PlainTextResponse(str(exc), status_code=401, headers=NO_STORE)
        response = Response(status_code=204, headers=NO_STORE)
        put_cookie(response, SESSION_COOKIE, token, request=request, lifetime=COOKIE_LIFETIME)
        return response

    async def end(request: Request) -> Response:
        if not is_from_here(request):
            return _foreign()
        token = session_token(request)
        await run_in_threadpool(
            lambda: sign_out(
                token,
                address_of(request),
                users=provide_services().users,
                audit=provide_services().audit,
                now=datetime.now(UTC),
            )
        )
        response = Response(status_code=204, headers=NO_STORE)
        drop_cookie(response, SESSION_COOKIE)
        return response

    return [
        Route("/auth/session", start, methods=["POST"]),
        Route("/auth/sign-out", end, methods=["POST"]),
    ]


def _foreign() -> Response:
    return PlainTextResponse(
        "This request did not come from SmartBank's own pages. "
        "If SmartBank stands behind a proxy, the proxy must pass the Host header on.",
        status_code=403,
        headers=NO_STORE,
    )
