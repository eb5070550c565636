"""Backups in memory: only their names."""

from datetime import datetime

from smartbank.core.backups import Backup, backup_name
from smartbank.core.ports.backups import GoOn


class MemoryBackupShelf:
    """Keeps a list of empty backups."""

    def __init__(self) -> None:
        self._backups: list[Backup] = []

    def make(self, *, made_at: datetime, go_on: GoOn) -> Backup:
        go_on()
        backup = Backup(backup_name(made_at), made_at, documents=0, size=0)
        self._backups.append(backup)
        return backup

    def all(self) -> list[Backup]:
        return sorted(self._backups, key=lambda backup: backup.name, reverse=True)

    def keep(self, number: int) -> int:
        kept = self.all()[:number]
        gone = len(self._backups) - len(kept)
        self._backups = kept
        return gone
