"""Use cases around an upload: keep the file, queue its reading, read it again with another mapping."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

import pandas as pd

from smartbank.core.audit import AuditAction
from smartbank.core.people import Actor, Right
from smartbank.core.ports import AuditLog, FileStore, FrameStore, WorkQueue
from smartbank.core.work import Work, WorkKind
from smartbank.core.work_ids import new_work_id
from smartbank.errors import NotFoundError
from smartbank.services.auditing import audited

MAX_FILE_NAME: Final = 120


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
    """Keep a file that a user brought in, queue its reading, and return the upload's id."""
    with audited(AuditAction.UPLOAD, "upload", by=by, audit=audit, now=now) as said:
        by.require(Right.BRING_IN)
        upload_id = said.object_id = new_work_id(now)
        size = files.save(upload_id, chunks)
        said.details |= {"step": "queued", "bytes": size}
        request = {"file_id": upload_id, "filename": filename[-MAX_FILE_NAME:], "size": size, "mapping": {}}
        queue.add(Work(upload_id, WorkKind.UPLOAD, by.username, now, request))
    return upload_id


def queue_remapped(
    upload: Work, mapping: Mapping[str, str], *, by: Actor, queue: WorkQueue, audit: AuditLog, now: datetime
) -> str:
    """Queue another reading of an upload's file, with columns mapped by hand, and return the new upload's id."""
    with audited(AuditAction.UPLOAD, "upload", by=by, audit=audit, now=now) as said:
        by.require(Right.BRING_IN)
        upload_id = said.object_id = new_work_id(now)
        said.details |= {"step": "queued", "again": upload.work_id, "columns_mapped": len(mapping)}
        queue.add(Work(upload_id, WorkKind.UPLOAD, by.username, now, upload.request | {"mapping": dict(mapping)}))
    return upload_id


def find_upload(upload_id: str, *, by: Actor, queue: WorkQueue) -> Work:
    """Return an upload. Raises `NotFoundError` for an unknown id, or one of other work."""
    by.require(Right.BRING_IN)
    work = queue.find(upload_id)
    if work.kind is not WorkKind.UPLOAD:
        raise NotFoundError("There is no such upload.")
    return work


def rows_set_aside(upload_id: str, *, by: Actor, frames: FrameStore) -> pd.DataFrame:
    """Return the rows that were set aside: row, column, value, reason."""
    by.require(Right.BRING_IN)
    return frames.load(aside_owner(upload_id))


def rows_owner(upload_id: str) -> str:
    """Return the frame store's name for an upload's clean rows."""
    return f"upload:{upload_id}:rows"


def aside_owner(upload_id: str) -> str:
    """Return the frame store's name for the rows an upload set aside."""
    return f"upload:{upload_id}:aside"
