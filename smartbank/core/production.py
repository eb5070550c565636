"""What production mode refuses, said one sentence each: examples in place of secrets, and connections in the clear."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

EXAMPLE_PASSWORDS: Final = (
    "correct horse battery",
    "correct horse battery staple",
    "made for the pictures",
    "change me at once",
    "changemechangeme",
    "change-me-please",
    "administrator",
    "password1234",
    "passwordpassword",
    "smartbank-admin",
    "smartbanksmartbank",
    "123456789012",
)
"""Passwords that stand in documents, scripts and everybody's guesses."""
_FEWEST_BYTES: Final = 16
"""Different bytes of a key; of 32 random ones fewer than 20 never happens."""


@dataclass(frozen=True)
class DatabaseLink:
    """How a database is reached.

    Attributes
    ----------
    local : bool
        Every server of it is on this computer.
    encrypted : bool
        The connection is TLS, and the certificate is checked.
    signed_in : bool
        The address has a user, or a certificate in place of one.
    """

    local: bool
    encrypted: bool
    signed_in: bool


def link_refusals(link: DatabaseLink) -> list[str]:
    """Return what is wrong with the way to a database; one on this computer may be open."""
    if link.local:
        return []
    refusals = []
    if not link.encrypted:
        refusals.append(
            "SMARTBANK_MONGODB_URI reaches another computer without checked TLS. "
            "Add tls=true to it, and none of the options that leave certificates unchecked."
        )
    if not link.signed_in:
        refusals.append(
            "SMARTBANK_MONGODB_URI names no user and password. Make a user for SmartBank in MongoDB and put it there."
        )
    return refusals


def key_refusals(keys: Iterable[bytes]) -> list[str]:
    """Return a sentence where a key of the data is no random one."""
    if any(looks_made_up(key) for key in keys):
        return [
            "SMARTBANK_DATA_KEYS holds a key that is no random one, such as an example. "
            "Make one with `python -m smartbank keys make` and rotate to it."
        ]
    return []


def looks_made_up(key: bytes) -> bool:
    """Whether a key is all zeros, a text, counted up or otherwise repeats itself; a random one never is."""
    steps = {(after - before) % 256 for before, after in pairwise(key)}
    is_text = all(32 <= byte < 127 for byte in key)
    return is_text or len(set(key)) < _FEWEST_BYTES or len(steps) == 1


def password_refusals(password: str | None) -> list[str]:
    """Return a sentence where the first administrator is to have a password everybody knows."""
    if password is not None and password.strip().lower() in EXAMPLE_PASSWORDS:
        return [
            "SMARTBANK_ADMIN_PASSWORD is an example that everybody knows. "
            "Leave it out, and a password is made and shown once."
        ]
    return []


def host_refusals(named: bool) -> list[str]:
    """Return a sentence where nobody said which names SmartBank answers to."""
    if named:
        return []
    return [
        "SMARTBANK_ALLOWED_HOSTS is not set. Name the host people open SmartBank at, such as smartbank.bank.example."
    ]
