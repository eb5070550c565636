"""Addresses of SmartBank's own pages, the only ones anybody is sent back to."""

from typing import Final
from urllib.parse import urlsplit

HOME: Final = "/"
LONGEST: Final = 2_000
_NOT_PAGES: Final = ("/auth/", "/api/", "/_stcore/", "/oauth2callback")


def own_path(path: str | None) -> str:
    """Return a path with its question if it is one of SmartBank's pages, else that of the overview.

    What a browser could take for another host (`//elsewhere`, a backslash, a control character) is none.
    """
    if not path or len(path) > LONGEST or not path.startswith("/") or path.startswith(("//", *_NOT_PAGES)):
        return HOME
    if "\\" in path or not path.isascii() or not path.isprintable() or " " in path:
        return HOME
    return path


def own_path_of(address: str, *, host: str) -> str:
    """Return the path of a page from its whole address; that of the overview for an address at another host."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return HOME
    if not host or parts.netloc != host:
        return HOME
    return own_path(f"{parts.path}?{parts.query}" if parts.query else parts.path)
