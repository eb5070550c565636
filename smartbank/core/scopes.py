"""Scopes: rights as a token or a program names them, "see_customer see_leads"."""

from collections.abc import Collection

from smartbank.core.people import Right
from smartbank.core.wording import agreeing, listed
from smartbank.errors import ScopeError


def scope_of(rights: Collection[Right]) -> str:
    """Return rights as a scope: their names in order of the alphabet, with a space between."""
    return " ".join(sorted(rights))


def rights_in(scope: str) -> frozenset[Right]:
    """Return the rights a scope names, in any order. Raises `ScopeError` for a word that is no scope."""
    words = scope.split()
    if unknown := sum(word not in list(Right) for word in words):
        raise ScopeError(  # what was sent is not repeated: it may be anything
            f"{unknown} of the scopes asked for {agreeing(unknown, 'is', 'are')} not known. "
            f"The known ones are {listed(list(Right))}."
        )
    return frozenset(map(Right, words))


def granted(scope: str, *, of: frozenset[Right]) -> frozenset[Right]:
    """Return the rights asked for, or all there are where none is asked for.

    Raises
    ------
    ScopeError
        One is asked for that is not there, or is no scope.
    """
    asked = rights_in(scope)
    if missing := sorted(asked - of):
        raise ScopeError(
            f"You do not have the {agreeing(len(missing), 'scope', 'scopes')} {listed(missing)}. "
            "Ask for those you have, or for none to have all of them."
        )
    return asked or of
