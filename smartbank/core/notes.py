"""Notes about a customer: what somebody wrote, and the what-if it was written about."""

import re
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from smartbank.errors import NoteError

LONGEST_NOTE: Final = 500
_ALLOWED: Final = "\n\u200d"
"""Of the characters nobody sees: new lines, and what joins the parts of an emoji."""
_REFUSED: Final = ("Cc", "Cf", "Cs", "Co", "Cn")
_LONGEST_LINK: Final = 1_000
_LINKED: Final = re.compile(r"if_[a-z0-9_]{1,40}")
"""Names of what-if controls in an address; a note links to nothing else."""


@dataclass(frozen=True)
class Note:
    """One note about a customer.

    Attributes
    ----------
    at, by
        When it was written, in UTC, and the user who did.
    link : mapping of str to str
        What the address of the customer page says of the what-if it is about; empty for none.
    """

    note_id: str
    customer_id: str
    at: datetime
    by: str
    text: str
    link: Mapping[str, str]


def new_note_id() -> str:
    """Return a name no other note has."""
    return f"note-{secrets.token_hex(8)}"


def clean_text(text: str) -> str:
    """Return a note as it is kept: one Unicode form, plain spaces, without the space around it.

    Raises
    ------
    NoteError
        Nothing is left of it, it is too long, or it holds control characters or parts of letters.
    """
    spaced = "".join(" " if each == "\t" or unicodedata.category(each) == "Zs" else each for each in text)
    kept = unicodedata.normalize("NFC", spaced).strip()
    if not 1 <= len(kept) <= LONGEST_NOTE:
        raise NoteError(f"Write a note of 1 to {LONGEST_NOTE} characters.")
    if any(each not in _ALLOWED and unicodedata.category(each) in _REFUSED for each in kept):
        raise NoteError("The note holds characters that cannot be kept. Type it anew rather than pasting it.")
    return kept


def clean_link(link: Mapping[str, str]) -> dict[str, str]:
    """Return what a note may keep of an address: what-if controls and their values. Raises `NoteError` if too long."""
    kept = {name: value for name, value in link.items() if _LINKED.fullmatch(name)}
    if len(urlencode(kept)) > _LONGEST_LINK:
        raise NoteError("This what-if is too long to be kept in a note.")
    return kept
