"""The folder where backups are kept, each in a folder of its own."""

import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from smartbank.adapters.backup_files import disk_trouble, load_manifest
from smartbank.adapters.mongo.dump import UNFINISHED
from smartbank.core.backups import BEFORE_MIGRATION, Backup, Manifest
from smartbank.core.ports.backups import DataStore, GoOn
from smartbank.errors import BackupError

_NAME: Final = re.compile(r"smartbank-\d{8}T\d{6}Z")
_NAME_OF_ANY: Final = re.compile(rf"(?:smartbank-|{BEFORE_MIGRATION})\d{{8}}T\d{{6}}Z")
_UNFINISHED: Final = re.compile(re.escape(UNFINISHED) + r".*")
_BROKEN_OFF_AFTER: Final = timedelta(days=1)


class BackupFolder:
    """Makes backups of a store in a folder; what is not a backup of its own making is left alone."""

    def __init__(self, folder: Path, store: DataStore) -> None:
        self._folder = folder
        self._store = store

    def make(self, name: str, *, made_at: datetime, go_on: GoOn) -> Backup:
        self._clear_broken_off(made_at)  # first: a full disk would never let another backup end and clear it
        return _backup(name, self._store.write(self._folder / name, made_at=made_at, go_on=go_on))

    def all(self) -> list[Backup]:
        found = [_backup(name, manifest) for name, manifest in self._manifests(_NAME)]
        return sorted(found, key=lambda backup: backup.name, reverse=True)

    def needing(self, key_id: str) -> list[str]:
        return sorted(name for name, manifest in self._manifests(_NAME_OF_ANY) if key_id in manifest.data_keys)

    def _manifests(self, name: re.Pattern[str]) -> Iterator[tuple[str, Manifest]]:
        for path in self._folders(name):
            with suppress(BackupError):  # a folder that somebody spoilt is no backup
                yield path.name, load_manifest(path)

    def keep(self, number: int) -> int:
        too_many = self.all()[number:]
        with disk_trouble(self._folder):
            for backup in too_many:
                # renamed first: a deletion that breaks off must not leave what looks like a backup
                going = (self._folder / backup.name).rename(self._folder / f"{UNFINISHED}{backup.name}")
                shutil.rmtree(going)
            for left in self._folders(_UNFINISHED):
                shutil.rmtree(left, ignore_errors=True)
        return len(too_many)

    def _clear_broken_off(self, now: datetime) -> None:
        """Delete what killed processes left; a folder somebody wrote into within a day may be in the making."""
        for left in self._folders(_UNFINISHED):
            with disk_trouble(self._folder):
                written_at = max(path.stat().st_mtime for path in [left, *left.iterdir()])
            if now.timestamp() - written_at > _BROKEN_OFF_AFTER.total_seconds():
                shutil.rmtree(left, ignore_errors=True)

    def _folders(self, name: re.Pattern[str]) -> list[Path]:
        with disk_trouble(self._folder):
            if not self._folder.exists():
                return []
            return [path for path in self._folder.iterdir() if path.is_dir() and name.fullmatch(path.name)]


def _backup(name: str, manifest: Manifest) -> Backup:
    return Backup(name, manifest.made_at, manifest.documents, manifest.size)
