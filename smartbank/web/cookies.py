"""Set and clear SmartBank's own cookies: read by no script, and for https and this host alone but on this computer."""

from datetime import timedelta
from typing import Literal

from starlette.requests import HTTPConnection
from starlette.responses import Response

from smartbank.core.session_cookies import cookie_name, is_for_https_alone


def put_cookie(
    response: Response,
    name: str,
    value: str,
    *,
    request: HTTPConnection,
    lifetime: timedelta,
    same_site: Literal["lax", "strict"] = "strict",
) -> None:
    """Set a cookie under the name it has for this request, and clear the one of the other name, which would go before.

    `lax` is for what has to come along when another site leads back here.
    """
    secure = is_for_https_alone(request.url.scheme, request.headers.get("host", ""))
    response.set_cookie(
        cookie_name(name, secure=secure),
        value,
        max_age=int(lifetime.total_seconds()),
        httponly=True,
        samesite=same_site,
        secure=secure,
    )
    _clear(response, name, secure=not secure)


def drop_cookie(response: Response, name: str) -> None:
    """Clear a cookie under both its names."""
    for secure in (True, False):
        _clear(response, name, secure=secure)


def _clear(response: Response, name: str, *, secure: bool) -> None:
    response.delete_cookie(cookie_name(name, secure=secure), httponly=True, samesite="strict", secure=secure)
