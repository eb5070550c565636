"""Tokens of the API as JSON Web Tokens, signed with HS256 and nothing else."""

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any, Final

import jwt

from smartbank.core.ports import TokenKeyRepository
from smartbank.core.tokens import (
    AUDIENCE,
    CLOCKS_DIFFER_BY,
    ISSUER,
    SigningKey,
    TokenClaims,
    good_keys,
    is_due,
)
from smartbank.errors import SignInError

LONGEST_TOKEN: Final = 4_096
LOOKED_UP_EVERY: Final = timedelta(seconds=30)
"""How long the keys another process may have deleted are believed."""
REFUSED: Final = "This token is not valid, or not any more. Ask for a new one."

_ALGORITHM: Final = "HS256"
_SECRET_BYTES: Final = 32
_ID_BYTES: Final = 8
_A_MOMENT: Final = timedelta(milliseconds=1)
_OPTIONS: Final[jwt.types.Options] = {
    "require": ["iss", "aud", "sub", "iat", "nbf", "exp", "jti", "scope", "mark"],
    "strict_aud": True,
    "verify_exp": False,  # the library asks the clock: times are compared below, with the time of the caller
    "verify_nbf": False,
    "verify_iat": False,
    "enforce_minimum_key_length": True,
}


class JwtSigner:
    """Signs with the newest key, which is replaced by itself, and reads what any key signed that is good.

    Keys are remembered for half a minute; a token under one that is not known is looked for at once, as another
    process may just have made it.
    """

    def __init__(self, keys: TokenKeyRepository) -> None:
        self._keys = keys
        self._known: tuple[SigningKey, ...] = ()
        self._looked_up_at: datetime | None = None
        self._making = Lock()

    def sign(self, claims: TokenClaims) -> str:
        now = claims.issued_at
        with self._making:  # threads of one process make one key between them
            self._look_up()
            if is_due(self._known, now=now):
                self._make(now)
            self._forget_old(now)
            key = self._known[0]
        return jwt.encode(_payload(claims), key.secret, algorithm=_ALGORITHM, headers={"kid": key.key_id})

    def read(self, token: str, *, now: datetime) -> TokenClaims:
        if len(token.encode("utf-8", "replace")) > LONGEST_TOKEN:
            raise SignInError(REFUSED)
        try:
            header = jwt.get_unverified_header(token)
            key = self._key(header.get("kid"), now=now)
            said = jwt.decode(
                token, key.secret, algorithms=[_ALGORITHM], audience=AUDIENCE, issuer=ISSUER, options=_OPTIONS
            )
            claims = _claims(said)
        except (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError):
            raise SignInError(REFUSED) from None  # what the library says quotes the token
        if not claims.issued_at - CLOCKS_DIFFER_BY <= now < claims.expires_at:
            raise SignInError(REFUSED)
        return claims

    def rotate(self, *, now: datetime, end_all: bool = False) -> str:
        with self._making:
            self._look_up()
            self._make(now)
            if end_all:
                self._keys.delete_made_before(self._known[0].made_at)
                self._look_up()
            self._forget_old(now)
            return self._known[0].key_id

    def _key(self, key_id: object, *, now: datetime) -> SigningKey:
        """Return a good key by its id. Raises `ValueError`."""
        looked_up = self._looked_up_at
        is_fresh = looked_up is not None and abs(now - looked_up) < LOOKED_UP_EVERY
        if not is_fresh or not any(key.key_id == key_id for key in self._known):
            self._look_up()
            self._looked_up_at = now
        for key in good_keys(self._known, now=now):
            if key.key_id == key_id:
                return key
        raise ValueError("no such key")

    def _look_up(self) -> None:
        self._known = tuple(self._keys.all())

    def _make(self, now: datetime) -> None:
        newest = self._known[0].made_at + _A_MOMENT if self._known else now
        made_at = max(now, newest)  # another computer's clock may be ahead, and the new key has to be the newest
        self._keys.add(SigningKey(secrets.token_hex(_ID_BYTES), made_at, secrets.token_bytes(_SECRET_BYTES)))
        self._look_up()

    def _forget_old(self, now: datetime) -> None:
        """Delete the keys of which nothing can be good any more."""
        good = good_keys(self._known, now=now)
        if len(good) < len(self._known):
            self._keys.delete_made_before(good[-1].made_at)
            self._known = tuple(good)


def _payload(claims: TokenClaims) -> dict[str, Any]:
    issued_at = int(claims.issued_at.timestamp())
    return {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": claims.subject,
        "iat": issued_at,
        "nbf": issued_at,
        "exp": int(claims.expires_at.timestamp()),
        "jti": claims.token_id,
        "scope": claims.scope,
        "mark": claims.mark,
    }


def _claims(said: Mapping[str, Any]) -> TokenClaims:
    """Return what a token with a good signature says. Raises `ValueError` for values of another kind."""
    words = [said[name] for name in ("sub", "scope", "mark", "jti")]
    times = [said[name] for name in ("nbf", "exp")]
    if not all(type(word) is str for word in words) or not all(type(time) is int for time in times):
        raise ValueError("a claim of another kind")
    subject, scope, mark, token_id = words
    issued_at, expires_at = (datetime.fromtimestamp(time, UTC) for time in times)
    return TokenClaims(subject, scope, mark, token_id, issued_at, expires_at)
