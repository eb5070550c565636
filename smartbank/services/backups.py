"""Use cases: everything of the database into a folder, daily too, and back into an empty database."""

from collections.abc import Callable, Collection
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from smartbank.core.audit import AuditAction, AuditEvent, AuditResult
from smartbank.core.audit_chain import check_chain
from smartbank.core.backups import Manifest, backup_name, require_empty, require_keys
from smartbank.core.jobs import JobStanding
from smartbank.core.people import Actor, Right
from smartbank.core.ports import AuditLog, BackupShelf, DataStore, JobSchedule
from smartbank.errors import BackupError
from smartbank.services.auditing import audited

BACKUP_JOB: Final = "daily backup"
"""The name of the timed job that makes backups."""
LEFT_OUT: Final = "left_out"
"""Stands in the result of that job where the settings ask for no backups."""


def export_data(
    folder: Path,
    *,
    by: Actor,
    store: DataStore,
    audit: AuditLog,
    now: datetime,
    go_on: Callable[[], None] = lambda: None,
) -> Manifest:
    """Write everything into a new folder and return what it holds.

    Raises
    ------
    BackupError
        The folder exists already, cannot be written, or the disk is full.
    """
    with audited(AuditAction.EXPORT_DATA, "backup", folder.name, by=by, audit=audit, now=now) as said:
        by.require(Right.MANAGE_DATA)
        manifest = store.write(folder, made_at=now, go_on=go_on)
        said.details = {"documents": manifest.documents, "schema_version": manifest.schema_version}
    return manifest


def import_data(
    folder: Path,
    *,
    known_keys: Collection[str],
    bring_back: Callable[[Collection[str]], Collection[str]] = lambda _missing: (),
    by: Actor,
    store: DataStore,
    audit: AuditLog,
    now: datetime,
    go_on: Callable[[], None] = lambda: None,
) -> Manifest:
    """Fill the empty database from a folder, and return what it holds.

    Everything is read and compared before the first byte is written. A backup that is refused leaves no audit entry:
    the database stays empty, so that another one can be tried.

    Parameters
    ----------
    known_keys : collection of str
        Ids of the keys of the data that are at hand: a backup that would not open with them is refused.
    bring_back : callable
        Is given the ids of keys that are missing, puts back into force those that were retired, and returns their ids.

    Raises
    ------
    BackupError
        The folder is not a whole backup this SmartBank can read, or the database is not empty.
    """
    by.require(Right.MANAGE_DATA)
    if filled := store.contents():
        with audited(AuditAction.IMPORT_DATA, "backup", folder.name, by=by, audit=audit, now=now):
            require_empty(filled)
    data_keys = store.check(folder).data_keys
    missing = [key for key in data_keys if key not in known_keys]
    brought_back = bring_back(missing) if missing else ()
    require_keys(data_keys, {*known_keys, *brought_back})
    manifest = store.fill(folder, go_on=go_on)
    chain = check_chain(audit.entries(), heads=[manifest.audit_head])
    if not chain.is_intact:
        raise BackupError(
            f"The audit log in the backup is not intact: {chain.faults[0]} The database stays out of use; "
            "run the import of another backup."
        )
    details: dict[str, Any] = {"documents": manifest.documents, "schema_version": manifest.schema_version}
    if brought_back:
        details["keys_brought_back"] = sorted(brought_back)
    audit.append(
        AuditEvent(
            now, by.username, by.place, AuditAction.IMPORT_DATA, "backup", folder.name, AuditResult.DONE, details
        )
    )
    store.release(manifest)
    return manifest


def back_up(
    *, kept: int, by: Actor, shelf: BackupShelf, audit: AuditLog, now: datetime, go_on: Callable[[], None]
) -> dict[str, Any]:
    """Make a backup where backups are kept, delete the oldest ones beyond `kept`, and return what was made.

    With none to be kept none is made, `LEFT_OUT` is returned, and those that are there stay.

    Raises
    ------
    BackupError
        It could not be written; the earlier ones are all there still.
    """
    if not kept:
        by.require(Right.MANAGE_DATA)
        return {LEFT_OUT: True}
    with audited(AuditAction.EXPORT_DATA, "backup", backup_name(now), by=by, audit=audit, now=now) as said:
        by.require(Right.MANAGE_DATA)
        backup = shelf.make(said.object_id, made_at=now, go_on=go_on)
        said.details = {"documents": backup.documents, "daily": True}
    shelf.keep(kept)
    return {"name": backup.name, "documents": backup.documents, "size": backup.size}


def last_backup(*, by: Actor, jobs: JobSchedule) -> JobStanding | None:
    """Return how the daily backup stands, whichever worker made it; None if no worker looked at it yet.

    `result` has `name`, `documents` and `size` (bytes) of the last one that was made, or `LEFT_OUT`.
    """
    by.require(Right.SEE_ADMIN)
    return jobs.standing(BACKUP_JOB)


def are_left_out(job: JobStanding | None) -> bool:
    """Whether the settings ask for no backups, and none was tried since."""
    return job is not None and LEFT_OUT in job.result and job.failed_at is None


def is_made(job: JobStanding | None) -> bool:
    """Whether a backup was made, and `job.result` says which."""
    return job is not None and "name" in job.result
