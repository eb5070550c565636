"""Everything in the database as a folder of files, and the folder where such backups are kept."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Protocol

from smartbank.core.backups import Backup, Manifest

GoOn = Callable[[], None]
"""Called often during long work; raises when it is to be broken off."""


class DataStore(Protocol):
    """The whole database, to be written into a folder or filled from one."""

    def write(self, folder: Path, *, made_at: datetime, go_on: GoOn) -> Manifest:
        """Write everything into a new folder, which appears when it is complete.

        Raises
        ------
        BackupError
            The folder exists already, cannot be written, or the disk is full.
        """
        ...

    def check(self, folder: Path) -> Manifest:
        """Read a backup from end to end and compare it with its manifest; changes nothing.

        Raises
        ------
        BackupError
            It is not a backup, not whole, damaged, or of a newer schema than this SmartBank's.
        """
        ...

    def contents(self) -> list[str]:
        """Return the collections that hold anything; none where an import was broken off, which begins anew."""
        ...

    def fill(self, folder: Path, *, go_on: GoOn) -> Manifest:
        """Bring a backup into the empty database, which stays out of use until `release`."""
        ...

    def release(self, manifest: Manifest) -> None:
        """Say that the database is whole: SmartBank may start on it."""
        ...


class BackupShelf(Protocol):
    """Where the daily backups are kept, and those made before migrations."""

    def make(self, name: str, *, made_at: datetime, go_on: GoOn) -> Backup:
        """Make a backup of a name and return it; what was broken off a day ago or earlier goes first.

        Raises
        ------
        BackupError
            It could not be written; what was there is there still.
        """
        ...

    def all(self) -> list[Backup]:
        """Return the complete daily backups, newest first."""
        ...

    def needing(self, key_id: str) -> list[str]:
        """Return the names of the backups kept here, also before migrations, that open with a key only."""
        ...

    def keep(self, number: int) -> int:
        """Delete all but the newest so many daily ones, and what was broken off; return how many complete ones went."""
        ...
