"""Passwords hashed and checked by streamlit-authenticator's hasher (bcrypt)."""

import importlib.util
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any, Final

from smartbank.errors import AccountError

MAX_BYTES: Final = 72
"""bcrypt reads no more; the library raises beyond it."""


def hash_password(password: str) -> str:
    """Return the bcrypt hash of a password of at most 72 bytes.

    Raises
    ------
    AccountError
        The password is longer, or not text that can be written as UTF-8.
    """
    try:
        return str(_hasher().hash(_normal(password)))
    except ValueError as exc:
        raise AccountError("This password cannot be used. Choose one of at most 72 ordinary letters.") from exc


def verify_password(password: str, password_hash: str) -> bool:
    """Return whether a password belongs to a hash, in the same time for any answer; too long is never right."""
    encoded = _normal(password).encode("utf-8", "replace")
    first = encoded[:MAX_BYTES].decode("utf-8", "ignore")
    try:
        matches = bool(_hasher().check_pw(first, password_hash))
    except ValueError:
        return False
    return matches and len(encoded) <= MAX_BYTES


def _normal(password: str) -> str:
    """Return one spelling for what two keyboards write differently."""
    return unicodedata.normalize("NFC", password)


@cache
def _hasher() -> Any:  # noqa: ANN401  the library is not typed
    """Load the hasher by itself: its package starts Streamlit, which a command has no use for."""
    package = importlib.util.find_spec("streamlit_authenticator")
    if package is None or package.origin is None:
        raise ImportError("streamlit-authenticator is not installed")
    file = Path(package.origin).parent / "utilities" / "hasher.py"
    spec = importlib.util.spec_from_file_location("smartbank_password_hasher", file)
    if spec is None or spec.loader is None:
        raise ImportError("streamlit-authenticator has no hasher")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Hasher
