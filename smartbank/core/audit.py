"""The audit log: what an entry says, the chain of hashes through all of them, and how the chain is checked."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from smartbank.core.fingerprint import canonical_json

GENESIS: Final = "0" * 64
"""What the first entry names as the hash before it."""


class AuditAction(StrEnum):
    """What was done."""

    SIGN_IN = "sign_in"
    SIGN_OUT = "sign_out"
    END_SESSION = "end_session"
    ADD_USER = "add_user"
    CHANGE_USER = "change_user"
    CHANGE_PASSWORD = "change_password"  # noqa: S105  the name of an action
    UPLOAD = "upload"
    RUN = "run"
    EXPORT = "export"
    CANCEL_WORK = "cancel_work"
    EDIT_CUSTOMER = "edit_customer"
    REMOVE_CUSTOMERS = "remove_customers"
    CHANGE_SETTINGS = "change_settings"
    ROTATE_KEYS = "rotate_keys"
    EXPORT_DATA = "export_data"
    IMPORT_DATA = "import_data"
    MIGRATE = "migrate"
    DELETE_OLD_DATA = "delete_old_data"


class AuditResult(StrEnum):
    """What came of it."""

    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True)
class AuditEvent:
    """Something somebody did, before it has its place in the chain.

    Attributes
    ----------
    at : datetime
        When, in UTC; kept to the millisecond.
    who, place : str
        User name, and where from: an address, "command line" or "worker".
    object_kind, object_id : str
        What it was done to: "run" and its id. A person is named by id alone, never by name or phone.
    details : mapping
        Plain values of JSON (text, whole numbers, yes/no, lists of them); no personal data.
    """

    at: datetime
    who: str
    place: str
    action: AuditAction
    object_kind: str
    object_id: str
    result: AuditResult
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class AuditEntry:
    """An event in its place: numbered from 1 without gaps, and hashed with the hash of the entry before."""

    number: int
    event: AuditEvent
    previous: str
    hash: str


def chained(event: AuditEvent, *, number: int, previous: str) -> AuditEntry:
    """Return an event as an entry of the chain."""
    return AuditEntry(number, event, previous, entry_hash(event, number=number, previous=previous))


def entry_hash(event: AuditEvent, *, number: int, previous: str) -> str:
    """Return the SHA-256, in hex, of an entry's number, event and the hash before it, as canonical JSON."""
    said = {name: value for name, value in event.__dict__.items() if name != "at"}
    at_ms = round(event.at.timestamp() * 1000)
    text = canonical_json(
        {**said, "at_ms": at_ms, "details": dict(event.details), "number": number, "before": previous}
    )
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class ChainCheck:
    """What checking a chain found.

    Attributes
    ----------
    entries : int
        How many were read.
    head : str
        Hash of the last one; `GENESIS` if there is none.
    faults : tuple of str
        What is wrong, one sentence each with the entry's number; empty for an intact chain.
    """

    entries: int
    head: str
    faults: tuple[str, ...]

    @property
    def is_intact(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults


def check_chain(entries: Iterable[AuditEntry], *, head: tuple[int, str] = (0, GENESIS)) -> ChainCheck:
    """Check a whole chain: numbers without gaps and in order, each hash right, each the one the next entry names.

    Parameters
    ----------
    entries : iterable of AuditEntry
        As stored, rising by number.
    head : tuple of int and str
        Number and hash of an entry known to have been written (noted elsewhere, or by the log itself): finds entries
        cut off at the end, and a chain made anew.
    """
    faults: list[str] = []
    count, number, previous = 0, 0, GENESIS
    seen_head = head[0] == 0
    for entry in entries:
        count += 1
        if entry.number != number + 1:
            faults.append(
                f"Entry {entry.number} follows entry {number}: entries are missing, repeated or out of order."
            )
        if entry.previous != previous:
            faults.append(
                f"Entry {entry.number} does not follow the entry before it: one of them was changed or moved."
            )
        if entry.hash != entry_hash(entry.event, number=entry.number, previous=entry.previous):
            faults.append(f"Entry {entry.number} was changed after it was written.")
        if entry.number == head[0]:
            seen_head = True
            if entry.hash != head[1]:
                faults.append(f"Entry {entry.number} is not the one that was noted: the log was made anew.")
        number, previous = entry.number, entry.hash
    if not seen_head:
        faults.append(f"The log ends at entry {number}, but entry {head[0]} was written: its end was cut off.")
    return ChainCheck(count, previous, tuple(faults))
