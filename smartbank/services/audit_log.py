"""Use cases on the audit log itself: check its chain, read its newest entries."""

from smartbank.core.audit import AuditEntry, BrokenEntry
from smartbank.core.audit_chain import ChainCheck, Head, check_chain
from smartbank.core.people import Actor, Right
from smartbank.core.ports import AuditLog
from smartbank.errors import StorageError


def verify_log(*, by: Actor, audit: AuditLog, noted: Head | None = None) -> ChainCheck:
    """Check the whole chain, against the log's own note of its newest entry and one that was noted elsewhere."""
    by.require(Right.SEE_ADMIN)
    unreadable: tuple[str, ...] = ()
    heads = [noted] if noted is not None else []
    try:
        heads.append(audit.head())  # before the entries: what is written meanwhile lies behind it
    except StorageError as exc:
        unreadable = (str(exc),)
    checked = check_chain(audit.entries(), heads=heads)
    return ChainCheck(checked.entries, checked.number, checked.head, unreadable + checked.faults)


def newest_entries(*, by: Actor, audit: AuditLog, limit: int) -> list[AuditEntry | BrokenEntry]:
    """Return the newest entries, newest first."""
    by.require(Right.SEE_ADMIN)
    return audit.newest(limit=limit)
