"""Phone numbers that stand in many rows of a file: no household, but often a stand-in such as the branch's own."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from smartbank.core.wording import listed, plural

Hashes = npt.NDArray[np.uint64]
MANY: Final = 6
"""Rows from which a number is spoken of."""
NAMED: Final = 5
"""Numbers that are told apart, the commonest; the others are counted."""
PHONE_HASH: Final = "phone_hash"
"""Column of the leads of a run under way: what `phone_hashes` made of their numbers."""
PHONE_GROUP: Final = "phone_group"
"""Column of ranked leads: alike for those who share a number, 0 for the others; it tells no number."""
_ENDING: Final = 4
"""Digits a number is told by: enough to find it in the file, too few to call it."""


@dataclass(frozen=True)
class SharedPhones:
    """The numbers that stand in many rows of a file, and what leaving them out would do.

    Attributes
    ----------
    numbers, rows : int
        How many numbers these are, and how many clean rows hold one of them.
    changed, unchanged : int
        Stored customers that scoring the file without these numbers would change, and leave as they are.
    changes_kept : int
        Lines about fields that would change then that can be looked at.
    """

    numbers: int = 0
    rows: int = 0
    changed: int = 0
    unchanged: int = 0
    changes_kept: int = 0


def phone_hashes(phones: "pd.Series[str]") -> Hashes:
    """Return a hash of each phone number, shape (n_rows,); 0 where there is none."""
    known = phones.notna().to_numpy()
    hashes = np.zeros(len(phones), dtype=np.uint64)
    hashes[known] = pd.util.hash_array(phones[known].to_numpy(dtype=object))
    return hashes


def hashes_in_many(parts: Iterable[Hashes], *, least: int = MANY) -> Hashes:
    """Return the hashes of the numbers that stand in so many rows or more, as `phone_hashes` makes them."""
    found = [part[part != 0] for part in parts]
    if not found:
        return np.empty(0, dtype=np.uint64)
    hashes, rows = np.unique(np.concatenate(found), return_counts=True)
    return hashes[rows >= least]


def with_phone_groups(leads: pd.DataFrame) -> pd.DataFrame:
    """Return the leads of a run with `PHONE_GROUP` in place of `PHONE_HASH`; groups smaller than `MANY` are none.

    Numbers that synthetic customers have are made up, so they share none. Leads without `PHONE_HASH`, of a run that an
    older SmartBank began, share none either.
    """
    if PHONE_HASH not in leads:
        return leads.assign(**{PHONE_GROUP: np.zeros(len(leads), np.int32)})
    hashes = leads[PHONE_HASH].fillna(0).mask(leads["synthetic"].astype(bool), 0).to_numpy(np.uint64)
    many = hashes_in_many([hashes])
    groups = np.where(np.isin(hashes, many), np.searchsorted(many, hashes) + 1, 0).astype(np.int32)
    return leads.drop(columns=PHONE_HASH).assign(**{PHONE_GROUP: groups})


def n_sharing(leads: pd.DataFrame) -> int:
    """Return how many of some ranked leads share a number with `MANY` - 1 or more others of them.

    As the numbers were when they were ranked; none where an older SmartBank ranked them.
    """
    if PHONE_GROUP not in leads:
        return 0
    sizes = np.bincount(leads[PHONE_GROUP].to_numpy(np.int32))[1:]
    return int(sizes[sizes >= MANY].sum())


def without_phones(leads: pd.DataFrame, phones: Collection[str]) -> pd.DataFrame:
    """Return leads as if the cells that hold one of these numbers were empty."""
    if not phones:
        return leads
    return leads.assign(phone=leads["phone"].mask(leads["phone"].isin(list(phones))))


def shared_words(phones: Mapping[str, int]) -> list[str]:
    """Return a sentence on shared numbers, told by their last digits; none where there are none.

    Parameters
    ----------
    phones : mapping
        Numbers that stand in `MANY` rows or more with how many these are, commonest first.
    """
    if not phones:
        return []
    named = [(phone[-_ENDING:], plural(rows, "row")) for phone, rows in list(phones.items())[:NAMED]]
    if len(phones) == 1:
        said = f"One phone number, ending in {named[0][0]}, stands in {named[0][1]}."
    else:
        those = [f"{ending} ({rows})" for ending, rows in named]
        if others := len(phones) - len(named):
            those.append(plural(others, "other"))
        said = f"{len(phones):,} phone numbers stand in {MANY} rows or more each: those ending in {listed(those)}."
    return [f"{said} A stand-in, such as the branch's own, is better left out: agents would call it for each of them."]
