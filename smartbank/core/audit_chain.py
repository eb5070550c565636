"""Checking the audit log: every entry as it was written, in its place, and none missing."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from smartbank.core.audit import GENESIS, AuditEntry, BrokenEntry, entry_hash, plain_value
from smartbank.errors import StorageError

Head = tuple[int, str]
"""Number and hash of an entry that is known to have been written."""


@dataclass(frozen=True)
class ChainCheck:
    """What checking a chain found.

    Attributes
    ----------
    entries : int
        How many were read.
    number, head : int and str
        Number and hash of the last one; 0 and `GENESIS` if there is none.
    faults : tuple of str
        What is wrong, one sentence each with the entry's number; empty for an intact chain.
    """

    entries: int
    number: int
    head: str
    faults: tuple[str, ...]

    @property
    def is_intact(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults


@dataclass
class _Walk:
    """How far along the chain a check is; the hash before is None where it is not known."""

    heads: dict[int, str]
    is_part: bool = False
    number: int = 0
    previous: str | None = GENESIS
    count: int = 0
    faults: list[str] = field(default_factory=list)

    def step(self, entry: AuditEntry | BrokenEntry) -> None:
        self.count += 1
        if isinstance(entry, BrokenEntry):
            self.faults.append(f"Entry {entry.number} cannot be read: {entry.why}")
            self.number, self.previous = self.number + 1, None
            return
        if self.is_part and entry.number > self.number + 1:  # some were left out: of the one before, a note may tell
            self.previous = self.heads.pop(entry.number - 1, None)
        elif entry.number != self.number + 1:
            self.faults.append(
                f"Entry {entry.number} follows entry {self.number}: entries are missing, repeated or out of order."
            )
        if self.previous is not None and entry.previous != self.previous:
            self.faults.append(
                f"Entry {entry.number} does not follow the entry before it: one of them was changed or moved."
            )
        if entry.hash != _hash_or_none(entry):
            self.faults.append(f"Entry {entry.number} was changed after it was written.")
        if self.heads.pop(entry.number, entry.hash) != entry.hash:
            self.faults.append(f"Entry {entry.number} is not the one that was noted: the log was made anew.")
        self.number, self.previous = entry.number, entry.hash

    def end(self) -> None:
        for number in sorted(self.heads):
            if self.is_part:
                self.faults.append(f"Entry {number}, which was noted, is not among these: they cannot be held to it.")
            elif number > self.number:
                self.faults.append(
                    f"The log ends at entry {self.number}, but entry {number} was written: its end was cut off."
                )


def check_chain(
    entries: Iterable[AuditEntry | BrokenEntry], *, heads: Iterable[Head] = (), is_part: bool = False
) -> ChainCheck:
    """Check a chain: numbers without gaps and in order, each hash right, each the one the next entry names.

    Parameters
    ----------
    entries : iterable of AuditEntry or BrokenEntry
        As stored, rising by number.
    heads : iterable of Head
        Entries known to have been written (noted elsewhere, or by the log itself): they give away entries cut off at
        the end, and a chain made anew.
    is_part : bool
        Whether these are some entries of a chain: it may begin anywhere and leave entries out, and what stands side by
        side is held to the chain. A note then has to be of one of them, or of the one before a first.
    """
    known = [head for head in heads if head[0] > 0]
    walk = _Walk(dict(known), is_part)
    walk.faults += [
        f"Two notes of entry {number} differ: one of them was changed."
        for number, noted in dict.fromkeys(known)
        if walk.heads[number] != noted
    ]
    for entry in entries:
        walk.step(entry)
    walk.end()
    last = walk.previous if walk.previous is not None else "unreadable"
    return ChainCheck(walk.count, walk.number, last, tuple(walk.faults))


def _hash_or_none(entry: AuditEntry) -> str | None:
    """Return the hash an entry ought to have; None for values no entry is written with."""
    try:
        plain_value(entry.event.details, "details")
        return entry_hash(entry.event, number=entry.number, previous=entry.previous)
    except (StorageError, ValueError, OverflowError, RecursionError):
        return None
