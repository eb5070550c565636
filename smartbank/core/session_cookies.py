"""The cookies of signing in: their names, when they are for https alone, and where to find them among others."""

from collections.abc import Mapping
from typing import Final

from smartbank.core.hosts import host_name, is_loopback

SESSION_COOKIE: Final = "smartbank_session"
"""Its name over plain http on this computer."""
RETURN_COOKIE: Final = "smartbank_return"
"""Which page somebody was at who went to the bank's identity provider."""
REFUSAL_COOKIE: Final = "smartbank_refusal"
"""Why somebody who came from there was not let in."""


def is_for_https_alone(scheme: str, host: str) -> bool:
    """Whether cookies have to be Secure: always, but over plain http on this computer.

    Parameters
    ----------
    scheme, host : str
        Of the request as the browser made it; `host` as its header says it, with or without a port.
    """
    return scheme in ("https", "wss") or not _is_this_computer(host)


def cookie_name(plain: str, *, secure: bool) -> str:
    """Return the name a cookie has over https, or over plain http on this computer.

    Browsers take `__Host-` over https only, for this very host, and from no neighbour of it.
    """
    return f"__Host-{plain}" if secure else plain


def session_token_in(cookies: Mapping[str, str], *, host: str) -> str | None:
    """Return the token of a session among the cookies of a request."""
    return own_cookie(SESSION_COOKIE, cookies, host=host)


def own_cookie(plain: str, cookies: Mapping[str, str], *, host: str) -> str | None:
    """Return one of SmartBank's cookies; that of plain http counts on this computer only."""
    value = cookies.get(cookie_name(plain, secure=True))
    return value if value or not _is_this_computer(host) else cookies.get(plain)


def _is_this_computer(host: str) -> bool:
    return is_loopback(host_name(host) or "")
