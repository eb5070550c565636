"""The words a customer can be found by, before a vault hashes them."""

import re
from typing import Final

from smartbank.core.folding import folded

_SHORTEST_PREFIX: Final = 3
_LONGEST_WORD: Final = 24
_MOST_WORDS: Final = 8
_SHORTEST_PHONE: Final = 5
_PHONE: Final = re.compile(r"^[+(]?[\d\s()./-]+$")


def name_tokens(name: str | None, phone: str | None) -> list[str]:
    """Return what a customer can be found by: words of the name, their beginnings of 3 letters or more, the phone."""
    words = _words(name or "")[:_MOST_WORDS]
    tokens = {word[:length] for word in words for length in range(_SHORTEST_PREFIX, len(word))} | set(words)
    digits = _digits(phone or "")
    return sorted(tokens | ({digits} if digits else set()))


def search_words(text: str) -> list[str]:
    """Return the words a customer must have to match a search text, longest first; empty when none can."""
    if _PHONE.match(text.strip()) and len(_digits(text)) >= _SHORTEST_PHONE:
        return [_digits(text)]
    return sorted(_words(text), key=lambda word: (-len(word), word))


def _words(text: str) -> list[str]:
    """Words in lower case without accents, in order; a word with a hyphen or apostrophe also counts as its parts."""
    parts = [part for word in folded(text).split() for part in (word, *re.split(r"[^\w]+", word))]
    return [word[:_LONGEST_WORD] for word in dict.fromkeys(parts) if re.search(r"\w", word)]


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isascii() and letter.isdigit())
