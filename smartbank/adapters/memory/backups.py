"""Backups in memory: only their names."""

from datetime import datetime

from smartbank.core.backups import BEFORE_MIGRATION, Backup
from smartbank.core.ports.backups import GoOn


class MemoryBackupShelf:
    """Keeps a list of empty backups."""

    def __init__(self) -> None:
        self._backups: list[Backup] = []

    def make(self, name: str, *, made_at: datetime, go_on: GoOn) -> Backup:
        go_on()
        backup = Backup(name, made_at, documents=0, size=0)
        self._backups.append(backup)
        return backup

    def all(self) -> list[Backup]:
        daily = [backup for backup in self._backups if not backup.name.startswith(BEFORE_MIGRATION)]
        return sorted(daily, key=lambda backup: backup.name, reverse=True)

    def needing(self, key_id: str) -> list[str]:  # noqa: ARG002  an empty backup is sealed with none
        return []

    def keep(self, number: int) -> int:
        gone = self.all()[number:]
        self._backups = [backup for backup in self._backups if backup not in gone]
        return len(gone)
