"""Which schedulers work is given to: whoever reaches one can run code on its workers."""

from urllib.parse import urlsplit

from smartbank.core.hosts import is_loopback
from smartbank.errors import ClusterError


def require_safe_scheduler(address: str) -> None:
    """Raise `ClusterError` for an address that is no scheduler's, or that leaves this computer without TLS."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port, parts = None, None, urlsplit("")
    if parts.scheme not in ("tls", "tcp") or not host or not port:
        raise ClusterError(
            f"{address[:200]} is not the address of a scheduler: write tls://HOST:PORT, or tcp://127.0.0.1:PORT."
        )
    if parts.scheme == "tcp" and not is_loopback(host):
        raise ClusterError(
            "Work goes to another computer only encrypted, as whoever reaches a scheduler can run code on its workers. "
            "Start scheduler and workers with certificates, and write tls:// in front (docs/operations.md)."
        )
