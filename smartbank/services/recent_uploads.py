"""Use case: the last uploads, what became of each, and what undoing one would do."""

from dataclasses import dataclass
from datetime import datetime

from smartbank.core.people import Actor, Right
from smartbank.core.ports import CustomerCorrections, Uploaded, WorkQueue
from smartbank.core.removed import UPLOAD
from smartbank.core.work import Work, WorkKind, WorkState
from smartbank.services.runs import Run


@dataclass(frozen=True)
class RecentUpload:
    """One upload.

    Attributes
    ----------
    runs : tuple of Run
        Rankings of it, whatever became of them, newest first; scoring is what saves its customers.
    undone : bool
        Whether it was undone.
    """

    upload: Work
    runs: tuple[Run, ...]
    undone: bool

    @property
    def upload_id(self) -> str:
        """Name of the upload."""
        return self.upload.work_id

    @property
    def filename(self) -> str:
        """Name of the file."""
        return str(self.upload.request["filename"])

    @property
    def handed_out(self) -> tuple[str, datetime] | None:
        """Who took leads of it away first, and when; None while nobody did."""
        taken = [run.work for run in self.runs if run.work.handed_out_by]
        return (taken[-1].handed_out_by, taken[-1].handed_out_at or taken[-1].created_at) if taken else None

    @property
    def state(self) -> str:
        """What became of it, in a word for the screen."""
        if self.undone:
            return "undone"
        if self.handed_out:
            return "taken away"
        states = {run.work.state for run in self.runs}
        if WorkState.DONE in states:
            return "scored"
        if not states:
            return "not scored"
        return "ranking no longer kept" if states == {WorkState.EXPIRED} else "scoring did not end well"


def recent_uploads(*, by: Actor, queue: WorkQueue, limit: int = 20) -> list[RecentUpload]:
    """Return the newest uploads, newest first."""
    by.require(Right.BRING_IN)
    runs = [Run(work) for work in queue.recent(WorkKind.RUN, limit=100)]
    removals = [work for work in queue.recent(WorkKind.REMOVAL, limit=100) if work.state is WorkState.DONE]
    undone = {work.request["upload_id"] for work in removals if work.request["what"] == UPLOAD}
    return [
        RecentUpload(
            upload, tuple(run for run in runs if run.source.upload_id == upload.work_id), upload.work_id in undone
        )
        for upload in queue.recent(WorkKind.UPLOAD, limit=limit)
    ]


def effect_of_undoing(upload_id: str, *, by: Actor, corrections: CustomerCorrections) -> Uploaded:
    """Return which customers undoing an upload would remove and give back what they were."""
    by.require(Right.UNDO_UPLOAD)
    return corrections.uploaded(upload_id)
