"""Use cases: hand out the file of a released list, and its manifest."""

from datetime import datetime
from typing import Final

from smartbank.core.audit import AuditAction
from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.fingerprint import fingerprint
from smartbank.core.list_entries import list_owner
from smartbank.core.list_exports import barred_of
from smartbank.core.manifests import read_manifest
from smartbank.core.people import Actor, Right
from smartbank.core.ports import WorkQueue
from smartbank.core.work import Work, WorkKind, WorkState
from smartbank.core.work_ids import new_work_id, work_reference
from smartbank.errors import ConflictError, NotFoundError
from smartbank.services.auditing import audited
from smartbank.services.callable_leads import barred_now
from smartbank.services.downloads import CSV, Download, opened
from smartbank.services.housekeeping import NO_LONGER_KEPT
from smartbank.services.list_exporting import (
    ENDED,
    ListExportPorts,
    barred_mark,
    make_list_file,
    manifest_id,
    manifest_name,
    ready_list,
    require_anybody,
)

JSON: Final = "application/json"
NO_MANIFEST: Final = "There is no manifest of this export. Export the list first, then take its manifest."


def is_list_export(work_id: str, *, queue: WorkQueue) -> bool:
    """Whether a piece of work makes a file of a call list; False for an unknown id."""
    try:
        work = queue.find(work_id)
    except NotFoundError:
        return False
    return work.kind is WorkKind.EXPORT and "list_id" in work.request


def open_list_csv(list_id: str, *, by: Actor, ports: ListExportPorts, now: datetime) -> Download:
    """Return whom of a list to call still as a CSV in the bank's number format, and keep its manifest for `by`.

    The file is made as a whole first: its hash is known, and the entry in the audit log written, before the first byte
    leaves.

    Raises
    ------
    NotFoundError
        The list is not running, or nobody of it is to be called.
    """
    audit = ports.calls.audit
    with audited(AuditAction.EXPORT, "call list", work_reference(list_id), by=by, audit=audit, now=now) as said:
        by.require(Right.EXPORT)
        said.details |= {"step": "handed out", "format": "csv"}
        ready = require_anybody(ready_list(list_id, ports=ports, now=now))
        file_id = f"list-{new_work_id(now)}"
        made = make_list_file(
            ready, "csv", file_id, _newest_of(list_id, by.username), made_by=by.username, ports=ports, now=now
        )
        left_out = sum(ready.whom.left_out.values())
        said.details |= {"leads": made.rows, "left_out": left_out, "sha256": made.sha256}
        chunks = opened(file_id, files=ports.files)
    return Download(made.file, CSV, chunks, made.size)


def open_list_workbook(work_id: str, *, by: Actor, ports: ListExportPorts, now: datetime) -> Download:
    """Return a workbook of a list that is made.

    Raises
    ------
    NotFoundError
        There is no such workbook, it is not ready or no longer kept, or the list has ended since.
    ConflictError
        Who must not be called has changed since it was made.
    """
    audit = ports.calls.audit
    with audited(AuditAction.EXPORT, "export", work_reference(work_id), by=by, audit=audit, now=now) as said:
        by.require(Right.EXPORT)
        said.details |= {"step": "handed out", "format": "xlsx"}
        work = _finished(work_id, queue=ports.queue)
        made = work.result
        said.details |= {"list": work.request["list_id"], "leads": made["leads"], "sha256": made["sha256"]}
        _require_unchanged(work, ports)
        chunks = opened(made["file_id"], files=ports.files)
    return Download(made["file_name"], made["media_type"], chunks, made["size"])


def open_manifest(list_id: str, export: str = "", *, by: Actor, ports: ListExportPorts, now: datetime) -> Download:
    """Return the manifest of a file of a list: of a workbook, or of the newest CSV the user took.

    Parameters
    ----------
    export : str
        Id of the work that made the workbook; empty means the CSV.

    Raises
    ------
    NotFoundError
        No such file was made, or its manifest is no longer kept.
    """
    audit = ports.calls.audit
    with audited(AuditAction.EXPORT, "call list", work_reference(list_id), by=by, audit=audit, now=now) as said:
        by.require(Right.EXPORT)
        said.details |= {"step": "handed out", "format": "manifest"}
        if export and _finished(export, queue=ports.queue).request["list_id"] != list_id:
            raise NotFoundError(NO_MANIFEST)
        data = b"".join(_manifest_chunks(export or _newest_of(list_id, by.username), ports))
        read = read_manifest(data)
        if read is None:
            raise NotFoundError(NO_MANIFEST)
        said.details |= {"leads": read[0].rows, "sha256": read[0].sha256}
    return Download(manifest_name(read[0].file), JSON, iter([data]), len(data))


def _manifest_chunks(manifest_of: str, ports: ListExportPorts) -> list[bytes]:
    try:
        return list(ports.files.open(manifest_id(manifest_of)))
    except NotFoundError:
        raise NotFoundError(NO_MANIFEST) from None


def _newest_of(list_id: str, username: str) -> str:
    """Return what the manifest of a user's newest CSV of a list is kept under: no name is in it."""
    return fingerprint([list_id, username], length=24)


def _finished(work_id: str, *, queue: WorkQueue) -> Work:
    work = queue.find(work_id)
    if work.kind is not WorkKind.EXPORT or "list_id" not in work.request:
        raise NotFoundError("There is no such export of a call list.")
    if work.state is WorkState.EXPIRED:
        raise NotFoundError(NO_LONGER_KEPT[work.kind])
    if work.state is not WorkState.DONE:
        raise NotFoundError("This export is not ready. Go back to the list and export it again.")
    return work


def _require_unchanged(work: Work, ports: ListExportPorts) -> None:
    """Raise unless the list is running still and nobody on it was barred, or may be called again, since."""
    calls, list_id = ports.calls, work.request["list_id"]
    call_list = calls.lists.find(list_id)
    if not call_list.state.is_running:
        raise NotFoundError(ENDED)
    if call_list.handed_over_at is not None and call_list.handed_over_at >= work.created_at:
        raise ConflictError("Calls were handed over since this file was made. Make it again.")
    entries = calls.frames.load(list_owner(list_id), columns=[CUSTOMER_ID, "place"])
    barred = barred_of(entries, barred_now(customers=calls.customers, settings=calls.settings))
    if barred_mark(barred) != work.result["left_out"]:
        raise ConflictError("Who must not be called has changed since this file was made. Make it again.")
