"""The audit log in memory."""

from collections.abc import Iterator
from dataclasses import replace
from threading import RLock

from smartbank.core.audit import GENESIS, AuditEntry, AuditEvent, BrokenEntry, chained
from smartbank.core.moments import to_milliseconds


class MemoryAuditLog:
    """Keeps entries in a list, which tests may look at."""

    def __init__(self) -> None:
        self.kept: list[AuditEntry] = []
        self._lock = RLock()

    def append(self, event: AuditEvent) -> AuditEntry:
        with self._lock:
            number, previous = self.head()
            self.kept.append(
                chained(replace(event, at=to_milliseconds(event.at)), number=number + 1, previous=previous)
            )
            return self.kept[-1]

    def entries(self) -> Iterator[AuditEntry | BrokenEntry]:
        return iter(list(self.kept))

    def newest(self, *, limit: int = 100) -> list[AuditEntry | BrokenEntry]:
        return list(self.kept[::-1][:limit])

    def backwards(self, first: int, last: int) -> Iterator[AuditEntry | BrokenEntry]:
        return iter([entry for entry in self.kept[::-1] if first <= int(entry.number) <= last])

    def end(self) -> tuple[int, str]:
        return self.head()

    def head(self) -> tuple[int, str]:
        return (self.kept[-1].number, self.kept[-1].hash) if self.kept else (0, GENESIS)
