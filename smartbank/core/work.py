"""Queued work: an upload to read, a run to score, an export to make, customers to remove, the market to refresh.

Pages queue it, the worker does it, pages poll.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class WorkKind(StrEnum):
    """What is to be done; each kind has a collection of its own."""

    UPLOAD = "upload"
    RUN = "run"
    EXPORT = "export"
    REMOVAL = "removal"
    MARKET = "market"
    TRAINING = "training"
    LIST = "list"


class WorkState(StrEnum):
    """Where a piece of work stands. `DONE`, `FAILED` and `CANCELLED` are final; `EXPIRED` comes after them."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    """It ended long enough ago for its files, which hold personal data, to be deleted."""

    @property
    def is_final(self) -> bool:
        """Whether nothing will change any more."""
        return self not in (WorkState.QUEUED, WorkState.RUNNING)


@dataclass(frozen=True)
class Progress:
    """How far a piece of work has come: `done` of `total` rows, and what is being done in words.

    Attributes
    ----------
    kept : int
        What need not be done again if the worker is lost, in rows; it falls only where the work begins anew.
    """

    step: str = "Waiting for the worker"
    done: int = 0
    total: int = 0
    kept: int = 0

    @property
    def share(self) -> float:
        """Share done, in [0, 1]; 0 while the total is unknown."""
        return min(1.0, self.done / self.total) if self.total else 0.0


@dataclass(frozen=True)
class Work:
    """One piece of queued work.

    Attributes
    ----------
    work_id : str
        Sorts by time of queueing.
    request : dict
        What to do, in values MongoDB can keep; the service of its kind defines it.
    result : dict
        What came of it; empty until done, and again once expired.
    error : str
        What went wrong, for the reader of the screen; empty unless failed.
    handed_out_by : str
        Who first took the leads of a run out of SmartBank; what was handed out is never undone. Empty for nobody.
    withdrawn : bool
        Whether a removal took a run back; else one that is expired is no longer kept for its age.
    on_record : bool
        Whether the audit log says how it ended.
    """

    work_id: str
    kind: WorkKind
    created_by: str
    created_at: datetime
    request: dict[str, Any]
    state: WorkState = WorkState.QUEUED
    progress: Progress = Progress()
    result: dict[str, Any] = field(default_factory=dict)
    error: str = ""
    finished_at: datetime | None = None
    handed_out_by: str = ""
    handed_out_at: datetime | None = None
    withdrawn: bool = False
    on_record: bool = False
