"""Who asks: a token or a key, looked at on every request; and what the application was wired with."""

from datetime import UTC, datetime
from typing import Annotated, Final

from fastapi import Depends, Request, Security
from fastapi.concurrency import run_in_threadpool
from fastapi.openapi.models import OAuthFlowClientCredentials, OAuthFlowPassword, OAuthFlows
from fastapi.security import APIKeyHeader, OAuth2

from smartbank.bootstrap import Services
from smartbank.core.log_context import note_in_log
from smartbank.core.people import Actor, Right
from smartbank.core.programs import KEY_BEGINS
from smartbank.errors import SignInError
from smartbank.services.tokens import actor_of_key, actor_of_token
from smartbank.web.security import address_of

KEY_HEADER: Final = "X-API-Key"
SCOPES: Final = {right.value: right.value.replace("_", " ").capitalize() for right in Right}
_BEARER: Final = "bearer "
_NOBODY: Final = "Send a token as “Authorization: Bearer …”, or a key as “X-API-Key: …”."

_oauth2 = OAuth2(
    scheme_name="OAuth2",
    flows=OAuthFlows(
        clientCredentials=OAuthFlowClientCredentials(tokenUrl="/api/v1/token", scopes=SCOPES),
        password=OAuthFlowPassword(tokenUrl="/api/v1/token", scopes=SCOPES),
    ),
    description="A token of 15 minutes, for a program's key or a user's password.",
    auto_error=False,
)
_api_key = APIKeyHeader(
    name=KEY_HEADER, scheme_name="APIKey", description="A program's key as it is.", auto_error=False
)


async def provided(request: Request) -> Services:
    """Return what the application was wired with. Raises `SmartBankError` while it cannot be.

    The first time takes a thread, as model and database are opened then; afterwards they are at hand.
    """
    state = request.app.state
    services: Services = state.provide_services() if state.is_wired else await run_in_threadpool(state.provide_services)
    state.is_wired = True
    return services


Provided = Annotated[Services, Depends(provided)]


def known(
    request: Request,
    services: Provided,
    authorization: Annotated[str | None, Security(_oauth2)] = None,
    key: Annotated[str | None, Security(_api_key)] = None,
) -> Actor:
    """Return who asks, with what they may do now. Raises `SignInError`."""
    address, now = address_of(request), datetime.now(UTC)
    shown = (authorization or "").strip()
    if shown[: len(_BEARER)].lower() == _BEARER:
        shown = shown[len(_BEARER) :].strip()
        if not shown.startswith(KEY_BEGINS):
            return actor_of_token(
                shown, address, users=services.users, programs=services.programs, signer=services.tokens, now=now
            )
        key = shown  # where a client can set this header alone
    if not key:
        raise SignInError(_NOBODY)
    return actor_of_key(key, address, programs=services.programs, users=services.users, now=now)


async def caller(request: Request, who: Annotated[Actor, Depends(known)]) -> Actor:
    """Return who asks, unless too often; waits for nothing, so it needs no thread. Raises `RateLimitError`."""
    note_in_log(by=who.username)
    if request.app.state.limiter is not None:
        request.app.state.limiter.require(who.username)
    return who


Caller = Annotated[Actor, Depends(caller)]
