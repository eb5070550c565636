"""Use cases around an upload: keep the file, queue its reading, read it again with another mapping."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

import pandas as pd

from smartbank.core.ports import FileStore, FrameStore, WorkQueue
from smartbank.core.work import Work, WorkKind
from smartbank.core.work_ids import new_work_id
from smartbank.errors import NotFoundError

MAX_FILE_NAME: Final = 120


def queue_upload(
    chunks: Iterable[bytes], filename: str, *, files: FileStore, queue: WorkQueue, queued_by: str, now: datetime
) -> str:
    """Keep a file that a user brought in, queue its reading, and return the upload's id."""
    upload_id = new_work_id(now)
    size = files.save(upload_id, chunks)
    request = {"file_id": upload_id, "filename": filename[-MAX_FILE_NAME:], "size": size, "mapping": {}}
    queue.add(Work(upload_id, WorkKind.UPLOAD, queued_by, now, request))
    return upload_id


def queue_remapped(upload: Work, mapping: Mapping[str, str], *, queue: WorkQueue, queued_by: str, now: datetime) -> str:
    """Queue another reading of an upload's file, with columns mapped by hand, and return the new upload's id."""
    upload_id = new_work_id(now)
    queue.add(Work(upload_id, WorkKind.UPLOAD, queued_by, now, upload.request | {"mapping": dict(mapping)}))
    return upload_id


def find_upload(upload_id: str, *, queue: WorkQueue) -> Work:
    """Return an upload. Raises `NotFoundError` for an unknown id, or one of other work."""
    work = queue.find(upload_id)
    if work.kind is not WorkKind.UPLOAD:
        raise NotFoundError("There is no such upload.")
    return work


def rows_set_aside(upload_id: str, *, frames: FrameStore) -> pd.DataFrame:
    """Return the rows that were set aside: row, column, value, reason."""
    return frames.load(aside_owner(upload_id))


def rows_owner(upload_id: str) -> str:
    """Return the frame store's name for an upload's clean rows."""
    return f"upload:{upload_id}:rows"


def aside_owner(upload_id: str) -> str:
    """Return the frame store's name for the rows an upload set aside."""
    return f"upload:{upload_id}:aside"
