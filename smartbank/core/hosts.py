"""Names of hosts: which of them are this computer, and which a list of allowed ones covers."""

import re
from collections.abc import Iterable
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

THIS_COMPUTER: Final = ("localhost", "127.0.0.1", "::1")
_LABEL: Final = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME: Final = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")


def is_loopback(host: str) -> bool:
    """Whether a host is this computer."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def is_safe_address(url: str) -> bool:
    """Whether an address may be asked: https, or http on this computer, with a host and without a user's name."""
    parts = urlsplit(url)
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))
    return is_safe and bool(parts.hostname) and parts.username is None


def host_name(header: str) -> str | None:
    """Return the host a `Host` header names, in lower case and without port, brackets and a dot at its end.

    None for anything that is not one name or address with at most a port.
    """
    try:
        parts = urlsplit(f"//{header}")
        name = (parts.hostname or "").removesuffix(".")
        _ = parts.port  # a property that checks it
    except ValueError:
        return None
    if parts.netloc != header or parts.username is not None or not _is_host(name):
        return None
    return name


def is_host_pattern(text: str) -> bool:
    """Whether a text may stand in a list of allowed hosts: a name, an address, or `*.` and a name with a dot."""
    if text.startswith("*."):
        return "." in text[2:] and _NAME.fullmatch(text[2:]) is not None
    return _is_host(text)


def is_allowed(host: str, patterns: Iterable[str]) -> bool:
    """Whether a host is one of those named; `*.bank.example` covers every name below `bank.example`, not itself."""
    return any(host.endswith(pattern[1:]) if pattern.startswith("*.") else host == pattern for pattern in patterns)


def _is_host(name: str) -> bool:
    try:
        return bool(ip_address(name))
    except ValueError:
        return len(name) <= 253 and _NAME.fullmatch(name) is not None
