"""Middleware around Streamlit's sign-in at the bank's identity provider: it ends in a session of SmartBank's own."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from http.cookies import CookieError, SimpleCookie
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from smartbank.bootstrap import Services
from smartbank.core.browsers import browser_name
from smartbank.core.own_paths import own_path, own_path_of
from smartbank.core.ports import Signer
from smartbank.core.provider_identity import ProviderSettings, identity_of
from smartbank.core.provider_refusals import ProviderRefusal, said_of
from smartbank.core.session_cookies import REFUSAL_COOKIE, RETURN_COOKIE, SESSION_COOKIE, own_cookie
from smartbank.errors import ProviderRefusedError, SmartBankError
from smartbank.services.provider_sign_in import record_refusal, sign_in_by_provider
from smartbank.services.refusal_notes import NOTE_LIFETIME, refusal_note
from smartbank.services.sign_in import COOKIE_LIFETIME, open_session
from smartbank.web.cookies import drop_cookie, put_cookie
from smartbank.web.security import address_of

START: Final = "/auth/login"
ANSWER: Final = "/oauth2callback"
AT_THE_PROVIDER: Final = timedelta(minutes=15)
"""How long the page somebody came from is remembered."""
RETRY_AFTER_S: Final = 60
"""When to try again while the database is away, in seconds: as the sentence says."""
STREAMLITS_IDENTITY: Final = "_streamlit_user"
"""Beginning of the names of Streamlit's cookies that hold who somebody is, and tokens; no browser gets them."""

ClaimsIn = Callable[[Mapping[str, str]], Mapping[str, Any] | None]


class ProviderAnswers:
    """ASGI middleware that remembers which page somebody leaves, and turns the checked answer into a session.

    Streamlit checks the answer (state, nonce, signature, times, audience) and would keep who somebody is in a cookie of
    its own, for 30 days, that nobody can end. That cookie is read here and goes no further.

    Parameters
    ----------
    claims_in : callable
        Returns the claims in the cookies Streamlit sets; None where it did not believe the answer.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        provider: ProviderSettings,
        provide_services: Callable[[], Services],
        claims_in: ClaimsIn,
    ) -> None:
        self.app = app
        self.provider = provider
        self.provide_services = provide_services
        self.claims_in = claims_in

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and complete Streamlit's answers about signing in."""
        path = scope["path"] if scope["type"] == "http" else ""
        if path not in (START, ANSWER):
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        head = await _head_of(self.app, scope, receive)
        try:
            response = await (self._begun(request, head) if path == START else self._answered(request, head))
        except SmartBankError:  # no services, so nothing to sign a note with either
            response = _away(self.provider)
        _keep_cookies(response, head)
        response.headers["Cache-Control"] = "no-store"
        await response(scope, receive, send)

    async def _begun(self, request: Request, head: Headers) -> Response:
        page = own_path_of(request.headers.get("referer", ""), host=request.headers.get("host", ""))
        target = head.get("location")
        if target is None:
            services = await run_in_threadpool(self.provide_services)
            return await run_in_threadpool(_refused, request, ProviderRefusal.UNREACHABLE, page, services.signer)
        if target == "/":  # the button was pressed too long ago
            return RedirectResponse(page, status_code=303)
        response: Response = RedirectResponse(target, status_code=303)
        put_cookie(response, RETURN_COOKIE, page, request=request, lifetime=AT_THE_PROVIDER, same_site="lax")
        drop_cookie(response, REFUSAL_COOKIE)
        return response

    async def _answered(self, request: Request, head: Headers) -> Response:
        services = await run_in_threadpool(self.provide_services)
        page = own_path(own_cookie(RETURN_COOKIE, request.cookies, host=request.headers.get("host", "")))
        response = await run_in_threadpool(self._let_in, request, self.claims_in(_cookies_set(head)), page, services)
        drop_cookie(response, RETURN_COOKIE)
        return response

    def _let_in(
        self, request: Request, claims: Mapping[str, Any] | None, page: str, services: Services
    ) -> RedirectResponse:
        """Return the way back to the page, with a session or a note that says why there is none."""
        try:
            token = self._token_for(request, claims, services)
        except ProviderRefusedError as exc:
            return _refused(request, ProviderRefusal(exc.why), page, services.signer)
        except SmartBankError:
            return _refused(request, ProviderRefusal.STORAGE, page, services.signer)
        response = RedirectResponse(page, status_code=303)
        put_cookie(response, SESSION_COOKIE, token, request=request, lifetime=COOKIE_LIFETIME)
        drop_cookie(response, REFUSAL_COOKIE)
        return response

    def _token_for(self, request: Request, claims: Mapping[str, Any] | None, services: Services) -> str:
        """Return the token of a session for whom the claims are about. Raises `ProviderRefusedError`."""
        now = datetime.now(UTC)
        users, audit, address = services.users, services.audit, address_of(request)
        identity = identity_of(claims, self.provider) if claims is not None else None
        if identity is None:
            why = ProviderRefusal.DECLINED if "error" in request.query_params else ProviderRefusal.INVALID
            record_refusal(why, address, users=users, audit=audit, now=now)
            raise ProviderRefusedError(why)
        ticket = sign_in_by_provider(identity, address, roles=self.provider.roles, users=users, audit=audit, now=now)
        browser = browser_name(request.headers.get("user-agent", ""))
        return open_session(ticket, users=users, now=now, address=address, browser=browser)


def _refused(request: Request, why: ProviderRefusal, page: str, signer: Signer) -> RedirectResponse:
    """Lead back to the sign-in form with a note that says why."""
    response = RedirectResponse(page, status_code=303)
    note = refusal_note(why, signer=signer, now=datetime.now(UTC))
    put_cookie(response, REFUSAL_COOKIE, note, request=request, lifetime=NOTE_LIFETIME)
    return response


def _away(provider: ProviderSettings) -> Response:
    """Say that nobody can be signed in just now; the pages could not say it either."""
    said = said_of(ProviderRefusal.STORAGE, provider)
    return PlainTextResponse(said, status_code=503, headers={"Retry-After": str(RETRY_AFTER_S)})


async def _head_of(app: ASGIApp, scope: Scope, receive: Receive) -> Headers:
    """Return the headers an application answers with; its body is of no use to anybody here."""
    heads: list[Message] = []

    async def keep(message: Message) -> None:
        if message["type"] == "http.response.start":
            heads.append(message)

    await app(scope, receive, keep)
    return Headers(raw=heads[0]["headers"] if heads else [])


def _cookies_set(head: Headers) -> dict[str, str]:
    """Return {name: value} of the cookies an answer sets."""
    found: dict[str, str] = {}
    for line in head.getlist("set-cookie"):
        try:
            found |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        except CookieError:
            continue
    return found


def _keep_cookies(response: Response, head: Headers) -> None:
    """Let Streamlit's other cookies through: where it keeps state and nonce, and that it clears an identity."""
    for line in head.getlist("set-cookie"):
        if not line.startswith(STREAMLITS_IDENTITY) or "max-age=0" in line.lower():
            response.headers.append("set-cookie", line)
