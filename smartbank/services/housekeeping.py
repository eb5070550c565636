"""Use cases: delete what the settings no longer keep: files after some hours, ranked lists after some days.

Failed sign-ins go too: they are kept for the limits alone.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from itertools import chain
from typing import Final

from smartbank.core.audit import AuditAction
from smartbank.core.bank_settings import BankSettings
from smartbank.core.model_versions import MODEL_FILE
from smartbank.core.people import WORKER
from smartbank.core.ports import (
    AuditLog,
    CustomerCorrections,
    FileStore,
    FrameStore,
    PredictionRepository,
    UserRepository,
    WorkQueue,
)
from smartbank.core.work import Work, WorkKind
from smartbank.services.auditing import audited
from smartbank.services.forgetting import forget_results
from smartbank.services.latest_scores import drop_latest
from smartbank.services.uploads import Owners

FILES_KEPT_FOR: Final = timedelta(hours=BankSettings().keep_files_hours)
LISTS_KEPT_FOR: Final = timedelta(days=BankSettings().keep_lists_days)
"""How long uploads and exports, and ranked lists, are kept after they ended, unless the settings say otherwise."""
FAILURES_KEPT_FOR: Final = timedelta(days=30)
"""How long failed sign-ins are kept, whatever name was tried."""
NO_LONGER_KEPT: Final[Mapping[WorkKind, str]] = {
    WorkKind.UPLOAD: "This upload is no longer kept; bring the file again.",
    WorkKind.EXPORT: "This export is no longer kept; make it again.",
    WorkKind.RUN: "This run is no longer kept; score the leads again.",
    WorkKind.REMOVAL: "This removal is no longer kept.",
    WorkKind.MARKET: "This refresh is no longer kept.",
    WorkKind.TRAINING: "This training is no longer kept.",
    WorkKind.LIST: "This release is no longer kept.",
}
"""What the screens say of expired work."""
UNDONE: Final = "This ranking was undone: its upload was taken back, or customers in it were removed."
"""What they say of a run that a removal withdrew."""
_MOST_RUNS: Final = 100_000
_VERSIONS_AT_ONCE: Final = 1_000


def forget_old_files(
    now: datetime,
    *,
    queue: WorkQueue,
    files: FileStore,
    frames: FrameStore,
    audit: AuditLog,
    kept_for: timedelta = FILES_KEPT_FOR,
) -> int:
    """Delete the files and staged rows of uploads and exports that ended long ago, and return of how many.

    The work is kept without its result and marked expired. An upload stays while a run of it waits or runs. Files that
    belong to no piece of work, left by a process that was killed, go too. Ranked leads of runs, saved
    customers and models stay. One audit entry says how many went, if any did. Safe to repeat, to break off, and to do
    in several processes at once.

    Parameters
    ----------
    now : datetime
        Work that ended `kept_for` before it, or earlier, expires.
    """
    before = now - kept_for
    unfinished = queue.unfinished(limit=_MOST_RUNS)
    wanted = {work.request["source"]["upload_id"] for work in unfinished if work.kind is WorkKind.RUN}
    needed: set[str] = set()
    expired, deleted = 0, 0
    for work in chain(queue.unexpired(WorkKind.UPLOAD), queue.unexpired(WorkKind.EXPORT)):
        if work.work_id in wanted or not _ended(work, before):
            needed.add(work.request.get("file_id", work.work_id))
            continue
        for owner in Owners(work.work_id).all:
            frames.delete(owner)
        expired += queue.expire(work.work_id)  # last: what breaks off before it is done again
    for file_id in files.saved_before(before):
        if file_id not in needed and not file_id.startswith(MODEL_FILE):
            files.delete(file_id)
            deleted += 1
    if expired or deleted:
        _record("files", {"uploads_and_exports": expired, "files": deleted}, audit=audit, now=now)
    return expired


def forget_old_lists(
    now: datetime,
    *,
    queue: WorkQueue,
    frames: FrameStore,
    predictions: PredictionRepository,
    audit: AuditLog,
    kept_for: timedelta = LISTS_KEPT_FOR,
) -> int:
    """Delete the ranked leads and predictions of runs that ended `kept_for` ago or earlier, and return of how many.

    The run is kept without its result and marked expired; nobody's latest score comes from it any more. Predictions
    programs asked for go with them. One audit entry says how many went, if any did. Safe to repeat, and to break off.
    """
    old = [work.work_id for work in queue.unexpired(WorkKind.RUN) if _ended(work, now - kept_for)]
    if old:
        drop_latest(frames=frames, run_ids=old)
    for run_id in old:
        forget_results(run_id, frames=frames, predictions=predictions)
    asked = predictions.delete_asked_before(now - kept_for)
    expired = sum(queue.expire(run_id) for run_id in old)  # last: what breaks off before it is done again
    if expired or asked:
        _record(
            "runs", {"ranked_lists": expired} | ({"asked_by_programs": asked} if asked else {}), audit=audit, now=now
        )
    return expired


def forget_old_versions(
    now: datetime,
    *,
    corrections: CustomerCorrections,
    queue: WorkQueue,
    audit: AuditLog,
    kept_for: timedelta = LISTS_KEPT_FOR,
    go_on: Callable[[], None] = lambda: None,
) -> int:
    """Delete earlier versions of customers that were replaced `kept_for` ago or earlier, and return how many.

    A run that is still kept keeps what it was made from: nothing goes that was replaced after it began. One of which an
    older SmartBank did not note when it was replaced counts as replaced now. One audit entry says how many went, if any
    did. Safe to repeat, and to break off.
    """
    begun = [work.created_at for work in queue.unexpired(WorkKind.RUN)]
    before, deleted = min(now - kept_for, *begun, now), 0
    while corrections.note_replaced(now, at_most=_VERSIONS_AT_ONCE):
        go_on()
    while gone := corrections.forget_versions(before, at_most=_VERSIONS_AT_ONCE):
        deleted += gone
        go_on()
    if deleted:
        _record("earlier versions", {"versions": deleted}, audit=audit, now=now)
    return deleted


def forget_old_failures(now: datetime, *, users: UserRepository, audit: AuditLog) -> int:
    """Delete failed sign-ins older than 30 days, and return how many; one audit entry says so, if any did go."""
    deleted = users.delete_failures_before(now - FAILURES_KEPT_FOR)
    if deleted:
        _record("failed sign-ins", {"failures": deleted}, audit=audit, now=now)
    return deleted


def _record(kind: str, counts: Mapping[str, int], *, audit: AuditLog, now: datetime) -> None:
    with audited(AuditAction.DELETE_OLD_DATA, kind, by=WORKER, audit=audit, now=now) as said:
        said.details |= counts


def _ended(work: Work, before: datetime) -> bool:
    return work.state.is_final and work.finished_at is not None and work.finished_at <= before
