"""What is counted while a file is read, chunk by chunk."""

from collections import Counter
from dataclasses import dataclass, field, fields
from typing import Final

MAX_UNKNOWN_VALUES: Final = 1_000
"""Different unknown category values that are told apart; the rarest beyond are counted by field only."""


@dataclass(frozen=True)
class Counts:
    """Counts over rows read so far; `+` adds two chunks.

    Attributes
    ----------
    rows, clean, aside : int
        Rows read, taken, and set aside.
    duplicates : int
        Rows set aside because their id came before.
    listed : int
        Rows of a list without leads that were used for their marks.
    marks_aside : int
        Rows set aside whose marks bar a customer and are kept all the same.
    never_contacted : int
        Rows whose 999 days since contact were read as never contacted.
    phones_dropped, garbled_names, market_gaps : int
        Clean rows without their unreadable phone, with a garbled name, without a market value.
    missing : Counter
        Clean rows without a value, by field.
    out_of_range : Counter
        Rows set aside for a number out of range, by field.
    unknown_rows : Counter
        Rows with an unknown category, by field.
    consent : Counter
        Clean rows by what the file says of their consent (`ConsentState`).
    unknown_values : Counter
        The same by field and value.
    """

    rows: int = 0
    clean: int = 0
    aside: int = 0
    duplicates: int = 0
    listed: int = 0
    marks_aside: int = 0
    never_contacted: int = 0
    phones_dropped: int = 0
    garbled_names: int = 0
    market_gaps: int = 0
    missing: Counter[str] = field(default_factory=Counter)
    out_of_range: Counter[str] = field(default_factory=Counter)
    unknown_rows: Counter[str] = field(default_factory=Counter)
    consent: Counter[str] = field(default_factory=Counter)
    unknown_values: Counter[tuple[str, str]] = field(default_factory=Counter)

    def __add__(self, other: "Counts") -> "Counts":
        """Return the counts of both."""
        total = {f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)}
        values: Counter[tuple[str, str]] = total["unknown_values"]
        if len(values) > MAX_UNKNOWN_VALUES:
            total["unknown_values"] = Counter(dict(values.most_common(MAX_UNKNOWN_VALUES)))
        return Counts(**total)
