"""The entries of a call list: who is on it, for what, at which place, for which agent."""

import hashlib
from typing import Final

import pandas as pd

from smartbank.core.fields import CUSTOMER_ID

ENTRY_COLUMNS: Final = ("place", "role", "agent")
"""What a list adds to the ranked leads of its run: place in the order of calling (0 for control), role, agent (empty
for control, and where nobody was chosen)."""
OFF_COLUMNS: Final = (CUSTOMER_ID, "reason")
"""Whom something kept off a list, and what: as `ListFigures.left_out` names it."""
_HASHED: Final = (CUSTOMER_ID, "rank", "place", "role", "agent", "propensity")


def data_hash(entries: pd.DataFrame) -> str:
    """Return the SHA-256, in hex, of a list's entries by customer id.

    A line an entry, fields separated by tabs, a propensity as the shortest text that reads back to the same float64.
    """
    rows = entries.sort_values(CUSTOMER_ID)[list(_HASHED)].itertuples(index=False, name=None)
    hashed = hashlib.sha256()
    for *words, propensity in rows:
        hashed.update("\t".join([*map(str, words), repr(float(propensity))]).encode() + b"\n")
    return hashed.hexdigest()


def list_owner(list_id: str) -> str:
    """Return the frame store's name for the entries of a list."""
    return f"list:{list_id}"


def off_owner(list_id: str) -> str:
    """Return the frame store's name for whom rules, objections and other lists kept off a list."""
    return f"list:{list_id}:off"
