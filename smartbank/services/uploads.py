"""Use cases around an upload: keep the file, queue its reading, read it again with another mapping."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import pandas as pd

from smartbank.core.audit import AuditAction
from smartbank.core.people import Actor, Right
from smartbank.core.ports import AuditLog, FileStore, FrameStore, WorkQueue
from smartbank.core.tables import within_limit
from smartbank.core.work import Work, WorkKind
from smartbank.core.work_ids import new_work_id, work_reference
from smartbank.errors import NotFoundError
from smartbank.services.auditing import audited

MAX_FILE_NAME: Final = 120
_NOTED: Final = {"notes_marks": True}
"""Tells an upload of which it is noted whom it marks from those before that was noted."""


def queue_upload(
    chunks: Iterable[bytes],
    filename: str,
    *,
    by: Actor,
    files: FileStore,
    queue: WorkQueue,
    audit: AuditLog,
    now: datetime,
) -> str:
    """Keep a file that a user brought in, queue its reading, and return the upload's id.

    Raises
    ------
    LeadValidationError
        The file is too large; nothing of it is kept.
    """
    with audited(AuditAction.UPLOAD, "upload", by=by, audit=audit, now=now) as said:
        by.require(Right.BRING_IN)
        upload_id = said.object_id = new_work_id(now)
        size = files.save(upload_id, within_limit(chunks))
        said.details |= {"step": "queued", "bytes": size}
        request = {"file_id": upload_id, "filename": filename[-MAX_FILE_NAME:], "size": size, "mapping": {}}
        queue.add(Work(upload_id, WorkKind.UPLOAD, by.username, now, request | _NOTED))
    return upload_id


def queue_remapped(
    upload: Work, mapping: Mapping[str, str], *, by: Actor, queue: WorkQueue, audit: AuditLog, now: datetime
) -> str:
    """Queue another reading of an upload's file, with columns mapped by hand, and return the new upload's id.

    The mapping is kept for files with the same header; an empty one makes SmartBank forget it.
    """
    with audited(AuditAction.UPLOAD, "upload", by=by, audit=audit, now=now) as said:
        by.require(Right.BRING_IN)
        upload_id = said.object_id = new_work_id(now)
        said.details |= {"step": "queued", "again": upload.work_id, "columns_mapped": len(mapping)}
        queue.add(
            Work(
                upload_id,
                WorkKind.UPLOAD,
                by.username,
                now,
                upload.request | {"mapping": dict(mapping), "by_hand": True} | _NOTED,
            )
        )
    return upload_id


def find_upload(upload_id: str, *, by: Actor, queue: WorkQueue) -> Work:
    """Return an upload. Raises `NotFoundError` for an unknown id, or one of other work."""
    by.require(Right.BRING_IN)
    return load_upload(upload_id, queue=queue)


def load_upload(upload_id: str, *, queue: WorkQueue) -> Work:
    """Return an upload, for use cases that have asked for the right. Raises `NotFoundError` as `find_upload` does."""
    work = queue.find(upload_id)
    if work.kind is not WorkKind.UPLOAD:
        raise NotFoundError("There is no such upload.")
    return work


def rows_set_aside(upload_id: str, *, by: Actor, frames: FrameStore) -> pd.DataFrame:
    """Return the rows that were set aside: row, column, value, reason."""
    by.require(Right.BRING_IN)
    return frames.load(Owners(upload_id).aside)


def hand_out_rows_aside(
    upload_id: str, *, by: Actor, frames: FrameStore, audit: AuditLog, now: datetime
) -> pd.DataFrame:
    """Return the rows that were set aside, to be taken away as a file, and put it on record."""
    with audited(AuditAction.EXPORT, "upload", work_reference(upload_id), by=by, audit=audit, now=now) as said:
        rows = rows_set_aside(upload_id, by=by, frames=frames)
        said.details |= {"step": "handed out", "format": "csv", "rows_set_aside": len(rows)}
    return rows


def changed_fields(upload_id: str, *, by: Actor, frames: FrameStore, without_shared: bool = False) -> pd.DataFrame:
    """Return what would change of stored customers, `CHANGE_COLUMNS` wide, as it was when the file was read.

    Parameters
    ----------
    without_shared : bool
        Whether the phone numbers that stand in many of its rows are left out.
    """
    by.require(Right.BRING_IN)
    owners = Owners(upload_id)
    return frames.load(owners.changes_without_shared if without_shared else owners.changes)


@dataclass(frozen=True)
class Owners:
    """The frame store's names for what an upload was read into: clean rows, rows set aside, marks, changes."""

    upload_id: str

    @property
    def rows(self) -> str:
        """Clean rows."""
        return f"upload:{self.upload_id}:rows"

    @property
    def aside(self) -> str:
        """Rows set aside."""
        return f"upload:{self.upload_id}:aside"

    @property
    def changes(self) -> str:
        """Fields of stored customers that would change."""
        return f"upload:{self.upload_id}:changes"

    @property
    def changes_without_shared(self) -> str:
        """Fields of stored customers that would change if numbers that stand in many rows were left out."""
        return f"upload:{self.upload_id}:changes-without-shared"

    @property
    def marks(self) -> str:
        """What bars customers, of every row, used or not."""
        return f"upload:{self.upload_id}:marks"

    @property
    def all(self) -> tuple[str, ...]:
        """Every one of them."""
        return self.rows, self.aside, self.changes, self.changes_without_shared, self.marks


def forget_upload(upload_id: str, *, queue: WorkQueue, files: FileStore, frames: FrameStore) -> None:
    """Delete what an upload was read into, and its file, and mark it as no longer kept. Safe to repeat."""
    file_id = load_upload(upload_id, queue=queue).request["file_id"]
    others = [other for other in queue.unexpired(WorkKind.UPLOAD) if other.work_id != upload_id]
    if file_id not in {other.request["file_id"] for other in others}:  # read again with other columns
        files.delete(str(file_id))
    for owner in Owners(upload_id).all:
        frames.delete(owner)
    queue.expire(upload_id)
