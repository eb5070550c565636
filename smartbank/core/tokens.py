"""Tokens of the API: what one says, and which of the keys that sign them are good at a moment."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

ISSUER: Final = "smartbank"
AUDIENCE: Final = "smartbank-api"
TOKEN_LIFETIME: Final = timedelta(minutes=15)
CLOCKS_DIFFER_BY: Final = timedelta(seconds=30)
"""How far ahead the clock of another of the bank's computers may be."""
KEY_SIGNS_FOR: Final = timedelta(days=30)
"""After so long the next token is signed with a new key."""
KEY_OUTLIVES: Final = TOKEN_LIFETIME + timedelta(minutes=5)
"""How long a key is good after a newer one was made: a token it signed may live on, and another process may just be
signing with it."""


@dataclass(frozen=True)
class TokenClaims:
    """What a token says, in whole seconds.

    Attributes
    ----------
    subject : str
        User name, or "program:" and the name of a program.
    scope : str
        Rights it was issued for.
    mark : str
        What must still hold for it to be good: of a user the mark of the password, of a program the id of the key.
    token_id : str
        Names the token; nothing is kept under it.
    """

    subject: str
    scope: str
    mark: str
    token_id: str
    issued_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class SigningKey:
    """A key that signs tokens: 256 random bits, under a name that tells nothing of them."""

    key_id: str
    made_at: datetime
    secret: bytes = field(repr=False)


def is_due(keys: Sequence[SigningKey], *, now: datetime) -> bool:
    """Whether a new key has to be made before the next token is signed; `keys` come newest first."""
    return not keys or keys[0].made_at + KEY_SIGNS_FOR <= now


def good_keys(keys: Sequence[SigningKey], *, now: datetime) -> list[SigningKey]:
    """Return the keys a token may be signed with: the newest, and those a newer one replaced not long ago.

    `keys` come newest first.
    """
    replaced_at = [now, *(key.made_at for key in keys)]
    return [key for key, at in zip(keys, replaced_at, strict=False) if now < at + KEY_OUTLIVES]
