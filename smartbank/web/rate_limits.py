"""Middleware that limits how often an address may ask."""

from ipaddress import IPv6Address, ip_address, ip_network

from starlette.types import ASGIApp, Receive, Scope, Send

from smartbank.web.rate_limiter import RateLimiter, rate_limit_error
from smartbank.web.refusals import refusal


class RateLimits:
    """ASGI middleware: 429 for an address that asks too often. A web socket counts once, when it opens.

    Parameters
    ----------
    limiter : RateLimiter
        Counts by address.
    free : tuple of str
        Beginnings of paths that do not count, such as the files a page is made of.
    """

    def __init__(self, app: ASGIApp, *, limiter: RateLimiter, free: tuple[str, ...] = ()) -> None:
        self.app = app
        self.limiter = limiter
        self.free = free

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or say when to come back."""
        if scope["type"] == "lifespan" or scope["path"].startswith(self.free):
            await self.app(scope, receive, send)
            return
        client = scope.get("client")
        wait_s = self.limiter.wait_s(address_key(client[0] if client else ""))
        if not wait_s:
            await self.app(scope, receive, send)
            return
        error = rate_limit_error(wait_s)
        headers = {"Retry-After": str(error.retry_after_s), "Cache-Control": "no-store"}
        await refusal(scope, 429, str(error), headers=headers)(scope, receive, send)


def address_key(address: str) -> str:
    """Return what an address is counted under: of IPv6 the /64, all of which one customer of a network has."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None:
        return str(ip_network((parsed.packed, 64), strict=False))
    return str(getattr(parsed, "ipv4_mapped", None) or parsed)
