"""The settings of the bank, in MongoDB: every version is kept."""

from dataclasses import asdict, replace
from datetime import datetime
from typing import Any, Final

from pymongo import DESCENDING
from pymongo.errors import DuplicateKeyError

from smartbank.adapters.mongo.connection import MongoDatabase
from smartbank.adapters.mongo.errors import storage_errors
from smartbank.adapters.mongo.schema import SCHEMA_VERSION
from smartbank.core.bank_settings import BankSettings, SettingsChange, conflict, settings_from

_KIND: Final = "bank_settings"
_KINDS: Final = (_KIND, "scoring_rules")
"""What is read: SmartBank 0.1.0 wrote `scoring_rules`, which has the values it knew."""


class MongoSettingsRepository:
    """Keeps one document a version in `settings`."""

    def __init__(self, database: MongoDatabase) -> None:
        self._settings = database["settings"]

    def current(self) -> BankSettings:
        newest = self.history(1)
        return newest[0].settings if newest else BankSettings()

    def save(self, settings: BankSettings, *, by: str, at: datetime) -> BankSettings:
        saved = replace(settings, version=settings.version + 1)
        values = {**asdict(saved), "band_multiples": list(saved.band_multiples)}
        entry = {"_id": f"{_KIND}:{saved.version}", "kind": _KIND, "saved_by": by, "saved_at": at}
        if self.current().version != settings.version:
            raise conflict(settings.version, self.history())
        with storage_errors():
            try:
                self._settings.insert_one({**values, **entry, "schema_version": SCHEMA_VERSION})
            except DuplicateKeyError:
                lost = True
            else:
                lost = False
        if lost:
            raise conflict(settings.version, self.history())
        return saved

    def history(self, limit: int = 50) -> list[SettingsChange]:
        with storage_errors():
            found = self._settings.find({"kind": {"$in": list(_KINDS)}}).sort("version", DESCENDING).limit(limit)
            return [_change(document) for document in found]


def _change(document: dict[str, Any]) -> SettingsChange:
    return SettingsChange(settings_from(document), document["saved_by"], document["saved_at"])
