"""Texts compared whatever their accents and case."""

import unicodedata


def folded(text: str) -> str:
    """Return a text in lower case without accents: "Ánna" and "ANNA" are both "anna"."""
    bare = (letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return "".join(bare).casefold()
