"""Read how an address of MongoDB would be reached, without asking anybody."""

from pymongo import uri_parser

from smartbank.adapters.mongo.errors import address_errors
from smartbank.core.hosts import is_loopback
from smartbank.core.production import DatabaseLink

_LOOKED_UP = "mongodb+srv://"
_UNCHECKED = ("tlsInsecure", "tlsAllowInvalidCertificates", "tlsAllowInvalidHostnames")


def database_link(uri: str) -> DatabaseLink:
    """Return how a database is reached. Raises `StorageError` for an address that cannot be used."""
    looked_up = uri.startswith(_LOOKED_UP)  # such names are not asked for here; they bring TLS with them
    with address_errors():
        parsed = uri_parser.parse_uri(uri.replace(_LOOKED_UP, "mongodb://", 1) if looked_up else uri)
    options = parsed["options"]
    hosts = [host for host, _port in parsed["nodelist"]]
    return DatabaseLink(
        local=not looked_up and all(host.startswith("/") or is_loopback(host) for host in hosts),
        encrypted=bool(options.get("tls", looked_up)) and not any(options.get(name) for name in _UNCHECKED),
        signed_in=parsed["username"] is not None or options.get("authMechanism") == "MONGODB-X509",
    )
