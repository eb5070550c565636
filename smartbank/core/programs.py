"""Programs that use SmartBank without a person at the keyboard, and the keys they hold."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from smartbank.core.people import ROLE_RIGHTS, Actor, Right, Role
from smartbank.core.scopes import scope_of
from smartbank.errors import AccountError

PROGRAM: Final = "program:"
"""Begins what a program is called where users are named; no user name holds a colon."""
KEY_BEGINS: Final = "sbk_"
"""Begins every key, so that one that was put somewhere by mistake is found."""
MOST_KEY_DAYS: Final = 730
"""Days after which a key that expires has to be replaced at the latest."""
SEEN_EVERY: Final = timedelta(minutes=1)
"""How exactly the last use of a key is kept."""
_NAME: Final = re.compile(r"[a-z][a-z0-9-]{2,39}")
_LONGEST_PURPOSE: Final = 200
_KEY: Final = re.compile(rf"{KEY_BEGINS}([0-9a-f]{{12}})_([A-Za-z0-9_-]{{43}})")
_SECRET_BYTES: Final = 32
_KEY_ID_BYTES: Final = 6


@dataclass(frozen=True)
class Program:
    """A program that may use SmartBank, through the API.

    Attributes
    ----------
    rights : frozenset of Right
        What it is limited to: of the rights of its role, those it was added for.
    purpose : str
        What it is for, in the words of whoever added it.
    """

    name: str
    role: Role
    rights: frozenset[Right]
    purpose: str
    created_at: datetime
    created_by: str
    disabled: bool = False

    @property
    def username(self) -> str:
        """What it is called in the audit log and wherever else users are named."""
        return f"{PROGRAM}{self.name}"

    @property
    def rights_now(self) -> frozenset[Right]:
        """What it may do: its rights, as far as its role still has them."""
        return self.rights & ROLE_RIGHTS[self.role]

    def at(self, place: str, rights: frozenset[Right]) -> Actor:
        """Return the program as somebody who acts, from a place, with no more than some rights."""
        return Actor(self.username, self.role, place, rights & self.rights_now)


@dataclass(frozen=True)
class ProgramKey:
    """A key of a program, without the secret.

    Attributes
    ----------
    key_id : str
        Names the key on the screens and in the audit log; 12 digits, of which none is secret.
    secret_hash : str
        SHA-256 of the secret, in hex; never shown, logged or sent.
    expires_at, revoked_at, last_used_at : datetime, optional
        From when on it is refused; the last use is right to the minute.
    """

    key_id: str
    program: str
    secret_hash: str = field(repr=False)
    created_at: datetime
    created_by: str
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None

    def is_good(self, *, now: datetime) -> bool:
        """Whether it is neither revoked nor expired."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


def make_key(program: str, *, by: str, now: datetime, expires_at: datetime | None = None) -> tuple[ProgramKey, str]:
    """Return a new key with 256 random bits, and in clear, `sbk_<key_id>_<secret>`, what only its owner may hold."""
    key_id, secret = secrets.token_hex(_KEY_ID_BYTES), secrets.token_urlsafe(_SECRET_BYTES)
    return ProgramKey(key_id, program, hash_secret(secret), now, by, expires_at), f"{KEY_BEGINS}{key_id}_{secret}"


def last_key_ends(programs: Iterable[Program], keys: Iterable[ProgramKey]) -> dict[str, datetime]:
    """Return by name when the last key of each program ends that may act, also where that is past.

    Programs without a key, and those that have one without an end, are left out.
    """
    active = {program.name for program in programs if not program.disabled}
    ends: dict[str, list[datetime | None]] = {}
    for key in keys:
        if key.program in active and key.revoked_at is None:
            ends.setdefault(key.program, []).append(key.expires_at)
    return {name: max(filter(None, each)) for name, each in ends.items() if None not in each}


def key_parts(text: str) -> tuple[str, str]:
    """Return id and secret of a key in clear; two empty texts for what has not the shape of one."""
    found = _KEY.fullmatch(text)
    return (found[1], found[2]) if found else ("", "")


def is_secret_of(key: ProgramKey | None, secret: str) -> bool:
    """Whether a secret is that of a key, in the same time for any answer, also where there is no such key."""
    expected = key.secret_hash if key is not None else hash_secret("")
    return hmac.compare_digest(expected, hash_secret(secret)) and key is not None


def hash_secret(secret: str) -> str:
    """Return the SHA-256 of a secret in hex; 256 random bits need no salt."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def is_another_minute(last: datetime | None, at: datetime) -> bool:
    """Whether a use is to be noted: the last one noted is a minute ago, or there was none."""
    return last is None or at - last >= SEEN_EVERY


def clean_program_name(text: str) -> str:
    """Return a program's name without the space around it. Raises `AccountError` for one that is not allowed."""
    name = text.strip()
    if not _NAME.fullmatch(name):
        raise AccountError(
            "A program's name has 3 to 40 small letters, digits and dashes; the first is a letter: nightly-scores."
        )
    return name


def clean_purpose(text: str) -> str:
    """Return what a program is for without the space around it. Raises `AccountError` when it is empty or too long."""
    purpose = " ".join(text.split())
    if not 0 < len(purpose) <= _LONGEST_PURPOSE or not purpose.isprintable():
        raise AccountError(f"Say what the program is for, in at most {_LONGEST_PURPOSE} characters.")
    return purpose


def validate_rights(rights: frozenset[Right], *, role: Role) -> None:
    """Raise `AccountError` unless a program of a role can be limited to these rights: some, and all of its role."""
    if not rights:
        raise AccountError("Choose at least one scope: a program without any can do nothing.")
    if beyond := rights - ROLE_RIGHTS[role]:
        raise AccountError(f"The role {role} does not have {scope_of(beyond)}. Choose another role, or leave it out.")
