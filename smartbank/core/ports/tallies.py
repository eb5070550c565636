"""How much work has ended."""

from typing import Protocol

from smartbank.core.work_tally import WorkTally


class WorkTallies(Protocol):
    """One tally a kind of work, to which any number of workers add."""

    def add(self, more: WorkTally) -> None:
        """Add to the tally of a kind."""
        ...

    def all(self) -> list[WorkTally]:
        """Return the tally of every kind, those of which nothing ended yet too."""
        ...
