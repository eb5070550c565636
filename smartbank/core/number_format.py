"""How a bank writes numbers: the marks of a format, and numbers written with them."""

from dataclasses import dataclass
from typing import Final

NO_BREAK_SPACE: Final = "\u00a0"


@dataclass(frozen=True)
class NumberFormat:
    """The marks of a way to write numbers.

    Attributes
    ----------
    thousands, decimal : str
        What stands between thousands, and before the decimals.
    separator : str
        What stands between the cells of a CSV, so that it is not the decimal mark.
    """

    name: str
    thousands: str
    decimal: str
    separator: str

    def number(self, value: float, *, digits: int = 0) -> str:
        """Return a number with thousands separated and so many decimals."""
        return self.rewritten(f"{value:,.{digits}f}")

    def signed(self, value: float, *, digits: int) -> str:
        """Return a number with its sign; what rounds to zero has none."""
        return f"{'+' if round(value, digits) > 0 else ''}{self.number(round(value, digits) + 0.0, digits=digits)}"

    def rewritten(self, english: str) -> str:
        """Return a number written in English (1,234.5) with these marks."""
        return english.translate({ord(","): self.thousands, ord("."): self.decimal})


NUMBER_FORMATS: Final = {
    "en": NumberFormat("English", ",", ".", ","),
    "pt": NumberFormat("Portuguese", NO_BREAK_SPACE, ",", ";"),
    "de": NumberFormat("German", ".", ",", ";"),
}
"""The formats a bank may choose, by name: 1,234.5, 1 234,5 and 1.234,5."""
