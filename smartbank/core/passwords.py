"""What a password must be, and passwords made up for others to use once."""

import secrets
from typing import Final

from smartbank.errors import AccountError

MIN_PASSWORD_CHARACTERS: Final = 12
MAX_PASSWORD_BYTES: Final = 72
"""bcrypt reads no more."""
MIN_CHARACTERS_BESIDE_NAME: Final = 8
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""Nothing that is mistaken for something else when it is read out or typed from paper."""
_GROUPS: Final = 4
_GROUP_LETTERS: Final = 4


def one_time_password() -> str:
    """Return a made-up password of 79 random bits, in four groups: "k7mp-x2fa-9wqe-hd4t"."""
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(_GROUP_LETTERS)) for _ in range(_GROUPS))
    return "-".join(groups)


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
