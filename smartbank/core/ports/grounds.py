"""What programs' scores stand on."""

from datetime import datetime
from typing import Protocol

from smartbank.core.grounds import ScoringGround


class GroundRepository(Protocol):
    """The grounds scores of requests were made on, each kept once."""

    def keep(self, ground: ScoringGround, *, now: datetime) -> None:
        """Keep a ground under its id; one that is kept already stays as it is."""
        ...

    def find(self, ground_id: str) -> ScoringGround | None:
        """Return a kept ground; None if there is none."""
        ...
