"""Use cases: add users, disable them, change their passwords."""

import re
import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Final

from smartbank.core.people import Role, User
from smartbank.core.ports import UserRepository
from smartbank.errors import AccountError, NotFoundError

FIRST_ADMIN: Final = "admin"
MIN_PASSWORD_CHARACTERS: Final = 12
MAX_PASSWORD_BYTES: Final = 72
"""bcrypt reads no more."""
MIN_CHARACTERS_BESIDE_NAME: Final = 8
_USERNAME: Final = re.compile(r"[a-z0-9][a-z0-9._@-]{1,63}")

HashPassword = Callable[[str], str]


def ensure_first_admin(
    password: str | None, *, users: UserRepository, hash_password: HashPassword, now: datetime
) -> str | None:
    """Add the user `admin` when there is no user yet, with a password that must be changed at the first sign-in.

    Returns
    -------
    str or None
        The password when one was made up, to be shown once; None when it was given, or when users exist.
    """
    if users.all():
        return None
    chosen = password or secrets.token_urlsafe(12)
    add_user(FIRST_ADMIN, Role.ADMIN, chosen, users=users, hash_password=hash_password, now=now)
    return None if password else chosen


def add_user(
    username: str, role: Role, password: str, *, users: UserRepository, hash_password: HashPassword, now: datetime
) -> User:
    """Add a user, who must change the password at the first sign-in.

    Raises
    ------
    AccountError
        The name is taken or not allowed, or the password breaks the rules.
    """
    name = username.strip().lower()
    if not _USERNAME.fullmatch(name):
        raise AccountError(
            "A user name has 2 to 64 letters, digits, dots, dashes, underscores or @; the first is a letter or digit."
        )
    if users.find(name) is not None:
        raise AccountError(f"There is already a user {name}. Choose another name.")
    validate_password(password, username=name)
    user = User(name, role, hash_password(password), created_at=now, must_change_password=True)
    users.save(user)
    return user


def change_password(
    username: str, password: str, *, must_change: bool, users: UserRepository, hash_password: HashPassword
) -> int:
    """Give a user another password, end every session of that user, and return how many there were.

    `must_change` is true when somebody else chose the password.

    Raises
    ------
    NotFoundError
        There is no such user.
    AccountError
        The password breaks the rules.
    """
    user = _existing(username, users=users)
    validate_password(password, username=user.username)
    users.save(replace(user, password_hash=hash_password(password), must_change_password=must_change))
    return users.end_sessions_of(user.username)


def disable_user(username: str, *, users: UserRepository) -> int:
    """Lock a user out at once and return how many sessions that ended.

    Raises
    ------
    NotFoundError
        There is no such user.
    AccountError
        Nobody would be left who may administer.
    """
    user = _existing(username, users=users)
    admins = {other.username for other in users.all() if other.role is Role.ADMIN and not other.disabled}
    if admins == {user.username}:
        raise AccountError(f"{user.username} is the last administrator. Add another one first.")
    users.save(replace(user, disabled=True))
    return users.end_sessions_of(user.username)


def enable_user(username: str, *, users: UserRepository) -> None:
    """Let a disabled user sign in again. Raises `NotFoundError`."""
    users.save(replace(_existing(username, users=users), disabled=False))


def validate_password(password: str, *, username: str) -> None:
    """Raise `AccountError` when a password breaks the rules: 12 characters to 72 bytes, more than the user name."""
    if len(password) < MIN_PASSWORD_CHARACTERS:
        raise AccountError(f"A password has at least {MIN_PASSWORD_CHARACTERS} characters. Choose a longer one.")
    if len(password.encode("utf-8", "replace")) > MAX_PASSWORD_BYTES:
        raise AccountError(
            f"A password has at most {MAX_PASSWORD_BYTES} bytes (an accented letter has two). Choose a shorter one."
        )
    if len(password.lower().replace(username, "")) < MIN_CHARACTERS_BESIDE_NAME:
        raise AccountError("The password is hardly more than the user name. Choose another one.")
    if not password.isprintable():
        raise AccountError("The password holds a character that cannot be typed. Choose another one.")


def _existing(username: str, *, users: UserRepository) -> User:
    user = users.find(username.strip().lower())
    if user is None:
        raise NotFoundError(f"There is no user {username.strip().lower()}. `python -m smartbank user list` shows all.")
    return user
