"""What programs' scores stand on, in memory."""

import json
from datetime import datetime

from smartbank.core.grounds import ScoringGround


class MemoryGroundRepository:
    """Keeps grounds as the text they are stored as."""

    def __init__(self) -> None:
        self._grounds: dict[str, str] = {}

    def keep(self, ground: ScoringGround, *, now: datetime) -> None:  # noqa: ARG002  the protocol's
        self._grounds.setdefault(ground.ground_id, json.dumps(ground.to_json()))

    def find(self, ground_id: str) -> ScoringGround | None:
        found = self._grounds.get(ground_id)
        return None if found is None else ScoringGround.from_json(json.loads(found))
