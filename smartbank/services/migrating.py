"""Use case: take the database to another schema version, after a backup."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from smartbank.core.audit import AuditAction
from smartbank.core.backups import migration_backup_name
from smartbank.core.people import Actor, Right
from smartbank.core.ports import AuditLog, BackupShelf, SchemaKeeper
from smartbank.errors import MigrationError
from smartbank.services.auditing import audited

SEALED_FROM: Final = 2
"""The first schema version in which what names people is sealed."""


@dataclass(frozen=True)
class Migrated:
    """What a migration did: from which version to which, how many documents, and the backup made before, if any."""

    before: int
    after: int
    documents: int
    backup: str = ""

    @property
    def sealed_names(self) -> bool:
        """Whether names were in clear before and are sealed now."""
        return self.before < SEALED_FROM <= self.after


def migrate(
    to: int | None,
    *,
    backup: bool,
    by: Actor,
    schema: SchemaKeeper,
    shelf: BackupShelf,
    audit: AuditLog,
    now: datetime,
    go_on: Callable[[], None] = lambda: None,
) -> Migrated:
    """Take the database to a schema version, the newest one unless another is named.

    A migration that was broken off goes on where it stopped, without a backup, since the first try made one.

    Raises
    ------
    MigrationError
        There is no such version, or somebody works on the database.
    BackupError
        The backup could not be made; nothing was migrated.
    """
    by.require(Right.MANAGE_DATA)
    target = schema.newest if to is None else to
    if not 1 <= target <= schema.newest:
        raise MigrationError(f"There is no schema version {target}. This SmartBank knows 1 to {schema.newest}.")
    before, whole = schema.standing()
    if before > schema.newest:
        raise MigrationError(f"The database has schema version {before}. Migrate it with the SmartBank that made it.")
    if whole and before == target:
        return Migrated(before, target, documents=0)
    with audited(AuditAction.MIGRATE, "schema", str(target), by=by, audit=audit, now=now) as said:
        made = _backed_up(shelf, now, go_on) if backup and whole else ""
        documents = schema.migrate(target, go_on=go_on)
        said.details = {"before": before, "after": target, "documents": documents, "backup": made}
    return Migrated(before, target, documents, made)


def _backed_up(shelf: BackupShelf, now: datetime, go_on: Callable[[], None]) -> str:
    return shelf.make(migration_backup_name(now), made_at=now, go_on=go_on).name
