"""The settings of the bank."""

from datetime import datetime
from typing import Protocol

from smartbank.core.bank_settings import BankSettings, SettingsChange


class SettingsRepository(Protocol):
    """The settings of the bank; every version is kept."""

    def current(self) -> BankSettings:
        """Return the newest settings, or the defaults when none were saved."""
        ...

    def save(self, settings: BankSettings, *, by: str, at: datetime) -> BankSettings:
        """Keep settings as the next version and return it; they carry the version they were changed from.

        Raises `ConflictError`, which names who changed what and when, if another version was saved since.
        """
        ...

    def history(self, limit: int = 50) -> list[SettingsChange]:
        """Return the newest versions with who saved them and when, newest first; never the defaults."""
        ...
