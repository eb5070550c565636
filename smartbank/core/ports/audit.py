"""The log of who did what."""

from collections.abc import Iterator
from typing import Protocol

from smartbank.core.audit import AuditEntry, AuditEvent, BrokenEntry


class AuditLog(Protocol):
    """A chain of entries that only grows; safe when several processes append at once."""

    def append(self, event: AuditEvent) -> AuditEntry:
        """Keep an event as the next entry of the chain, and return the entry."""
        ...

    def entries(self) -> Iterator[AuditEntry | BrokenEntry]:
        """Yield every entry as it is stored, by number, rising; what is no entry in its place, as a broken one."""
        ...

    def newest(self, *, limit: int = 100) -> list[AuditEntry | BrokenEntry]:
        """Return the newest entries, newest first."""
        ...

    def backwards(self, first: int, last: int) -> Iterator[AuditEntry | BrokenEntry]:
        """Yield the entries numbered `first` to `last` as they are stored, newest first; missing ones are left out."""
        ...

    def end(self) -> tuple[int, str]:
        """Return number and hash of the newest entry there is; (0, `GENESIS`) if none."""
        ...

    def head(self) -> tuple[int, str]:
        """Return number and hash of the newest entry this log remembers to have written; (0, `GENESIS`) if none.

        Another writer may have written more since. Raises `StorageError` when the note of it cannot be read.
        """
        ...
