"""The cookie of a session: its name, when it is for https alone, and where to find it among others."""

from collections.abc import Mapping
from typing import Final

from smartbank.core.hosts import host_name, is_loopback

SESSION_COOKIE: Final = "smartbank_session"
"""Its name over plain http on this computer."""
SECURE_SESSION_COOKIE: Final = "__Host-smartbank_session"
"""Its name elsewhere. Browsers take `__Host-` over https only, for this very host, and from no neighbour of it."""


def is_for_https_alone(scheme: str, host: str) -> bool:
    """Whether cookies have to be Secure: always, but over plain http on this computer.

    Parameters
    ----------
    scheme, host : str
        Of the request as the browser made it; `host` as its header says it, with or without a port.
    """
    return scheme in ("https", "wss") or not _is_this_computer(host)


def session_token_in(cookies: Mapping[str, str], *, host: str) -> str | None:
    """Return the token of a session among the cookies of a request; the plain one counts on this computer only."""
    token = cookies.get(SECURE_SESSION_COOKIE)
    return token if token or not _is_this_computer(host) else cookies.get(SESSION_COOKIE)


def _is_this_computer(host: str) -> bool:
    return is_loopback(host_name(host) or "")
