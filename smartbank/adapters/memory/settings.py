"""The settings of the bank, in memory."""

from dataclasses import replace
from datetime import datetime

from smartbank.core.bank_settings import BankSettings, SettingsChange, conflict


class MemorySettingsRepository:
    """Keeps every version in a list, after the one it is made with."""

    def __init__(self, settings: BankSettings | None = None) -> None:
        self._first = settings or BankSettings()
        self._changes: list[SettingsChange] = []

    def current(self) -> BankSettings:
        return self._changes[-1].settings if self._changes else self._first

    def save(self, settings: BankSettings, *, by: str, at: datetime) -> BankSettings:
        if settings.version != self.current().version:
            raise conflict(settings.version, self.history())
        self._changes.append(SettingsChange(replace(settings, version=settings.version + 1), by, at))
        return self.current()

    def history(self, limit: int = 50) -> list[SettingsChange]:
        return self._changes[::-1][:limit]
