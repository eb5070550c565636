"""Sign-in for programs: a short-lived token for a program's key, or for a user's name and password."""

import base64
import binascii
from datetime import UTC, datetime
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Form, Header, Request, Response
from pydantic import BaseModel, Field

from smartbank.api.access import Provided
from smartbank.api.token_errors import TokenRefusedError, TokenRoute
from smartbank.bootstrap import Services, verify_password
from smartbank.errors import ScopeError, SignInError, TooManyAttemptsError
from smartbank.services.tokens import IssuedToken, token_for_password, token_for_program
from smartbank.web.security import address_of

router = APIRouter(tags=["sign-in"], route_class=TokenRoute)

PASSWORDS_OFF: Final = "Passwords are switched off here. Ask an administrator for a program's key."
_LONGEST: Final = 1_000
Text = Annotated[str | None, Form(max_length=_LONGEST)]


class TokenOut(BaseModel):
    """A token, to be sent as `Authorization: Bearer …` (RFC 6749)."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105  a kind of token
    expires_in: int = Field(gt=0, description="Seconds.")
    scope: str = Field(description="What it allows, with spaces between.", examples=["bring_in see_customer"])


@router.post("/token", summary="Get a token")
def create_token(
    *,
    request: Request,
    response: Response,
    services: Provided,
    grant_type: Annotated[Literal["client_credentials", "password"], Form()],
    username: Text = None,
    password: Text = None,
    client_id: Text = None,
    client_secret: Text = None,
    scope: Text = None,
    authorization: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> TokenOut:
    """Return a token of 15 minutes (OAuth 2, RFC 6749).

    A program sends its name and one of its keys as `client_id` and `client_secret`, in the form or as HTTP Basic; a
    user sends name and password. Without a `scope` it gets all it has. Failed attempts are limited as on the screens.
    """
    response.headers["Cache-Control"] = "no-store"
    address, now = address_of(request), datetime.now(UTC)
    if grant_type == "password":
        issued = _for_user((username or "", password or ""), scope or "", address, services, now)
    else:
        named = _basic(authorization) if client_id is None else (client_id, client_secret or "")
        issued = _for_program(named, scope or "", address, services, now)
    return TokenOut(access_token=issued.access_token, expires_in=issued.expires_in_s, scope=issued.scope)


def _for_user(named: tuple[str, str], scope: str, address: str, services: Services, now: datetime) -> IssuedToken:
    """Return a token for a user. Raises `TokenRefusedError`, also where people sign in at the provider only."""
    provider = services.configuration.provider()
    if provider is not None and provider.only:
        raise TokenRefusedError("unsupported_grant_type", PASSWORDS_OFF)
    if not all(named):
        raise TokenRefusedError("invalid_request", "Send username and password in the form.")
    try:
        return token_for_password(
            *named,
            scope,
            address,
            users=services.users,
            verify_password=verify_password,
            signer=services.tokens,
            audit=services.audit,
            now=now,
        )
    except (TooManyAttemptsError, ScopeError):
        raise
    except SignInError as exc:
        raise TokenRefusedError("invalid_grant", str(exc)) from exc


def _for_program(named: tuple[str, str], scope: str, address: str, services: Services, now: datetime) -> IssuedToken:
    return token_for_program(
        *named,
        scope,
        address,
        programs=services.programs,
        users=services.users,
        signer=services.tokens,
        audit=services.audit,
        now=now,
    )


def _basic(header: str | None) -> tuple[str, str]:
    """Return name and secret of an HTTP Basic header. Raises `SignInError`."""
    kind, _, encoded = (header or "").partition(" ")
    try:
        name, colon, secret = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        name, colon, secret = "", "", ""
    if kind.lower() != "basic" or not colon:
        raise SignInError("Send client_id and client_secret, in the form or as HTTP Basic.")
    return name, secret
