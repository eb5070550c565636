"""Take files away that hold a customer: uploads that are kept still, and exports that were made."""

from collections.abc import Collection
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

import pandas as pd

from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.ports import FileStore, FrameStore, TableReader, WorkQueue
from smartbank.core.tables import TableChunk
from smartbank.core.work import Work, WorkKind
from smartbank.errors import NotFoundError, SmartBankError, StorageError
from smartbank.services.list_exporting import manifest_id
from smartbank.services.uploads import Owners, forget_upload

CHUNK_ROWS: Final = 10_000
_LIST_FILE: Final = "list-"
"""Begins the id of a list's CSV in the file store; nothing says which list it is of."""


@dataclass
class FilePorts:
    """What looking through files needs, and which uploads were looked through without finding anybody."""

    queue: WorkQueue
    files: FileStore
    frames: FrameStore
    read_table: TableReader
    without: set[str] = field(default_factory=set)


def forget_uploads_of(customer_id: str, *, ports: FilePorts) -> int:
    """Take away every upload that holds a customer, as a whole: a file cannot be kept in part. Return of how many."""
    gone = 0
    for upload in ports.queue.unexpired(WorkKind.UPLOAD):
        if upload.state.is_final and upload.work_id not in ports.without:
            if _holds(upload, customer_id, ports):
                forget_upload(upload.work_id, queue=ports.queue, files=ports.files, frames=ports.frames)
                gone += 1
            else:
                ports.without.add(upload.work_id)
    return gone


def forget_exports_of(run_ids: Collection[str], list_ids: Collection[str], *, ports: FilePorts) -> int:
    """Take away files that were made of some runs and lists, and of runs no longer kept, and return how many.

    The CSV of a list is kept for a while under a name that says nothing, so all of those go.
    """
    kept = {run.work_id for run in ports.queue.unexpired(WorkKind.RUN)}
    gone = 0
    for export in ports.queue.unexpired(WorkKind.EXPORT):
        run_id, list_id = str(export.request.get("run_id", "")), str(export.request.get("list_id", ""))
        if export.state.is_final and (run_id in run_ids or list_id in list_ids or (run_id and run_id not in kept)):
            for file_id in (export.work_id, manifest_id(export.work_id)):
                ports.files.delete(file_id)
            gone += ports.queue.expire(export.work_id)
    for file_id in ports.files.saved_before(datetime.now(UTC)):
        if list_ids and file_id.startswith(_LIST_FILE):
            ports.files.delete(file_id)
            gone += 1
    return gone


def _holds(upload: Work, customer_id: str, ports: FilePorts) -> bool:
    owners = Owners(upload.work_id)
    parts = (
        part
        for owner in (owners.rows, owners.marks, owners.changes)
        for part in ports.frames.parts(owner, columns=[CUSTOMER_ID])
    )
    return any(bool((part[CUSTOMER_ID] == customer_id).any()) for part in parts) or _file_holds(
        upload, customer_id, ports
    )


def _file_holds(upload: Work, customer_id: str, ports: FilePorts) -> bool:
    """Whether a cell of the file is the customer's id, in rows that were set aside too.

    A file nobody can read may hold anybody, and is of no use.
    """
    try:
        chunks = ports.files.open(str(upload.request["file_id"]))
        with (
            ports.read_table(chunks, str(upload.request["filename"])) as table,
            closing(table.chunks(CHUNK_ROWS, table.columns)) as read,
        ):
            return any(_chunk_holds(chunk, customer_id) for chunk in read)
    except NotFoundError:
        return False
    except StorageError:
        raise
    except SmartBankError:
        return True


def _chunk_holds(chunk: TableChunk, customer_id: str) -> bool:
    in_cells = any(_is_in(chunk.rows[name], customer_id) for name in chunk.rows.columns)
    return in_cells or any(customer_id in each.value for each in chunk.broken)


def _is_in(cells: "pd.Series[str]", customer_id: str) -> bool:
    return bool((cells.str.strip() == customer_id).any())
