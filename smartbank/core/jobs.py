"""Timed jobs: what SmartBank does by itself every so often, once for all workers together."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from smartbank.core.leases import has_run_out, is_from_ahead


@dataclass(frozen=True)
class JobStanding:
    """How a timed job stands.

    Attributes
    ----------
    due_at : datetime
        When it is to be done next.
    lease_until : datetime or None
        Until when a worker holds it; None when nobody does.
    done_at, result
        When it was last done and what came of it; None and empty if never.
    failed_at, error
        When it last failed since it was last done, and a message for the screen; None and empty if it did not.
    """

    name: str
    due_at: datetime
    lease_until: datetime | None = None
    done_at: datetime | None = None
    result: Mapping[str, Any] = field(default_factory=dict)
    failed_at: datetime | None = None
    error: str = ""

    def is_held(self, now: datetime) -> bool:
        """Whether a worker holds it."""
        return self.lease_until is not None and not has_run_out(self.lease_until, now)

    def may_be_taken(self, now: datetime, *, early: bool = False) -> bool:
        """Whether nobody holds it and it is time, or taken `early`.

        It is time as well when it was last done or tried by a clock that has been set back since: what that clock
        thought the next time may be a day ahead.
        """
        is_time = self.due_at <= now or is_from_ahead(self.done_at, now) or is_from_ahead(self.failed_at, now)
        return (early or is_time) and not self.is_held(now)
