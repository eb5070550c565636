"""Marks of erased customers: keyed hashes under a secret of their own, which a rotation of the data keys keeps."""

import hmac
import secrets
from collections.abc import Collection, Mapping
from typing import Final

from smartbank.adapters.vault import Vault

SECRET: Final = "secret:"  # noqa: S105  begins the name of the document that holds one
_DIGITS: Final = 32


def new_secret(vault: Vault) -> tuple[str, str]:
    """Return the id of a new secret, and the secret sealed; hold `vault.writing` until it is stored."""
    name = secrets.token_hex(4)
    return name, vault.seal_text(secrets.token_hex(32), about_secret(name))


def opened_secret(name: str, sealed: str, *, vault: Vault) -> bytes:
    """Return a secret that was sealed."""
    return bytes.fromhex(vault.open_text(sealed, about_secret(name)))


def about_secret(name: str) -> str:
    """Return what a secret is sealed as."""
    return f"erasures:{name}"


def mark(name: str, secret: bytes, customer_id: str) -> str:
    """Return the mark of a customer under a secret: 128 bits of HMAC-SHA256, named by the secret."""
    return f"{name}.{hmac.digest(secret, customer_id.encode(), 'sha256').hex()[:_DIGITS]}"


def marks_of(customer_ids: Collection[str], known: Mapping[str, bytes]) -> dict[str, str]:
    """Return the ids by each mark they have under any of the secrets."""
    return {mark(name, secret, each): each for name, secret in known.items() for each in customer_ids}
