"""Counts and the words that go with them: "1 of 3 leads is", "2 entries are"."""

from collections.abc import Sequence


def plural(number: int, noun: str) -> str:
    """Return "1 lead", "1,234 leads" or "2 entries"."""
    return f"{number:,} {nouns(number, noun)}"


def nouns(number: int, noun: str) -> str:
    """Return a noun as it stands after a number."""
    return agreeing(number, noun, f"{noun[:-1]}ies" if noun.endswith("try") else f"{noun}s")


def agreeing(number: int, one: str, many: str) -> str:
    """Return the word that agrees with a number: `one` for 1, else `many`."""
    return one if number == 1 else many


def listed(words: Sequence[str]) -> str:
    """Return "a", "a and b" or "a, b and c"; empty for none."""
    return " and ".join([*filter(None, [", ".join(words[:-1])]), *words[-1:]])
