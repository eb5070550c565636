"""Who a row of a file is: its id, its name and its phone number, bounded and clean."""

import re
import unicodedata
from typing import Final

import phonenumbers

MAX_ID: Final = 64
MAX_NAME: Final = 120
ID_RULE: Final = f"A customer id has at most {MAX_ID} characters: letters A to Z, digits, spaces and . _ : / @ + -"
_ID: Final = re.compile(rf"[0-9A-Za-z](?:[0-9A-Za-z ._:/@+-]{{0,{MAX_ID - 2}}}[0-9A-Za-z])?")
_GARBLED: Final = re.compile(
    "[\u00c2\u00c3][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u2018-\u203a\u20ac]|\ufffd"
)
_BIDI: Final = dict.fromkeys([*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF])


def id_prefix(content_hash: str) -> str:
    """Return how ids of rows without one begin: eight digits of the hash of the file's content.

    Ids are kept in clear and a file's name may name a person, so nothing of the name is in them.
    """
    return f"row-{content_hash[:8]}"


def row_id(prefix: str, row: int) -> str:
    """Return the id of a row that brought none."""
    return f"{prefix}-{row:06d}"


def is_valid_id(text: str) -> bool:
    """Whether a text may be a customer id, see `ID_RULE`."""
    return _ID.fullmatch(text) is not None


def clean_name(text: str) -> str:
    """Return a name on one line without control characters, of at most `MAX_NAME` characters."""
    kept = "".join(" " if unicodedata.category(c) in ("Cc", "Cs") else c for c in text.translate(_BIDI))
    return " ".join(kept.split())[:MAX_NAME].strip()


def clean_phone(text: str, region: str | None) -> str:
    """Return a phone number in E.164, or nothing if it is not a valid one.

    Parameters
    ----------
    region : str or None
        Country (two letters) of numbers written without a country code; None drops them.
    """
    try:
        number = phonenumbers.parse(re.sub(r"^\s*00", "+", text[:40]), region)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def looks_garbled(text: str) -> bool:
    """Whether a text looks like UTF-8 that was read in another encoding, or has lost characters."""
    return _GARBLED.search(text) is not None
