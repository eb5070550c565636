"""Tallies of work in memory."""

from threading import Lock

from smartbank.core.work import WorkKind
from smartbank.core.work_tally import WorkTally


class MemoryWorkTallies:
    """Keeps tallies in a dictionary."""

    def __init__(self) -> None:
        self._tallies = {kind: WorkTally(kind) for kind in WorkKind}
        self._lock = Lock()

    def add(self, more: WorkTally) -> None:
        with self._lock:
            self._tallies[more.kind] = self._tallies[more.kind].plus(more)

    def all(self) -> list[WorkTally]:
        return list(self._tallies.values())
