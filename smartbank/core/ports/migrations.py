"""Which schema version the database has, and the way to another."""

from typing import Protocol

from smartbank.core.ports.backups import GoOn


class SchemaKeeper(Protocol):
    """Takes the database from one schema version to another."""

    @property
    def newest(self) -> int:
        """The version this SmartBank works on; every one from 1 to it can be reached."""
        ...

    def standing(self) -> tuple[int, bool]:
        """Return the version the database has, and whether it is whole; not after a migration that was broken off."""
        ...

    def migrate(self, to: int, *, go_on: GoOn) -> int:
        """Take the database to a version and return how many documents were rewritten.

        Raises
        ------
        MigrationError
            Somebody works on the database, or migrates it already.
        """
        ...
