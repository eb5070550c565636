"""Columns matched by hand, kept for the next file with the same header."""

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from smartbank.core.columns import IGNORE
from smartbank.core.fingerprint import fingerprint

MOST_COLUMNS: Final = 60
LONGEST_NAME: Final = 200
"""Names are the bank's own words and could hold anything: what is larger is not kept."""
_DIGITS: Final = 32


@dataclass(frozen=True)
class SavedMapping:
    """What somebody matched by hand for files with one header.

    Attributes
    ----------
    signature : str
        `header_signature` of those files.
    fields : mapping of str to str
        `header_key` of a column to our field.
    by : str
        Name of the user.
    at : datetime
        When, in UTC.
    """

    signature: str
    fields: Mapping[str, str]
    by: str
    at: datetime

    def for_columns(self, columns: Sequence[str]) -> dict[str, str]:
        """Return column to field for a file; nothing for two columns whose names differ in case or spaces alone."""
        keys = Counter(map(header_key, columns))
        found = {column: self.fields.get(header_key(column), IGNORE) for column in columns}
        return {column: field for column, field in found.items() if field != IGNORE and keys[header_key(column)] == 1}


def header_key(name: str) -> str:
    """Return a column name as headers are compared: in lower case, with single spaces, in one Unicode form."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def header_signature(columns: Sequence[str]) -> str:
    """Return what names a header: 32 hex digits of a hash of its column names in any order."""
    return fingerprint(sorted(map(header_key, columns)), length=_DIGITS)


def mapping_to_keep(
    columns: Sequence[str], mapping: Mapping[str, str], *, by: str, at: datetime
) -> SavedMapping | None:
    """Return a mapping by hand as it is kept; None where nothing was mapped, or it is too large to be kept."""
    fields = {header_key(column): field for column, field in mapping.items() if field != IGNORE}
    if not fields or len(fields) > MOST_COLUMNS or max(map(len, fields)) > LONGEST_NAME:
        return None
    return SavedMapping(header_signature(columns), fields, by, at)
