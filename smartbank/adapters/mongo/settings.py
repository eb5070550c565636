"""The rules in force, in MongoDB: every version is kept."""

from datetime import datetime
from typing import Any, Final

from pymongo.errors import DuplicateKeyError

from smartbank.adapters.mongo.connection import MongoDatabase
from smartbank.adapters.mongo.errors import storage_errors
from smartbank.adapters.mongo.schema import SCHEMA_VERSION
from smartbank.core.rules import ScoringRules
from smartbank.errors import StorageError

CHANGED_MEANWHILE: Final = "Someone else changed the settings meanwhile. Look at the new ones, then save again."
_KIND: Final = "scoring_rules"


class MongoSettingsRepository:
    """Keeps one document a version in `settings`."""

    def __init__(self, database: MongoDatabase) -> None:
        self._settings = database["settings"]

    def rules(self) -> ScoringRules:
        with storage_errors():
            versions = list(self._settings.find({"kind": _KIND}))
        return _rules(max(versions, key=lambda document: int(document["version"]))) if versions else ScoringRules()

    def save_rules(self, rules: ScoringRules, *, saved_by: str, saved_at: datetime) -> ScoringRules:
        """Keep rules that were changed from the version they carry, as the next version.

        Raises
        ------
        StorageError
            Another version was saved since.
        """
        version = rules.version + 1
        values = {**rules.__dict__, "version": version, "band_multiples": list(rules.band_multiples)}
        entry = {"_id": f"{_KIND}:{version}", "kind": _KIND, "saved_by": saved_by, "saved_at": saved_at}
        with storage_errors():
            if self.rules().version != rules.version:
                raise StorageError(CHANGED_MEANWHILE)
            try:
                self._settings.insert_one({**entry, **values, "schema_version": SCHEMA_VERSION})
            except DuplicateKeyError:
                raise StorageError(CHANGED_MEANWHILE) from None
        return _rules(values)


def _rules(document: dict[str, Any]) -> ScoringRules:
    names = ("version", "base_rate", "base_rate_source", "cost_of_call", "value_of_sale", "currency")
    a, b, c = document["band_multiples"]
    return ScoringRules(**{name: document[name] for name in names}, band_multiples=(a, b, c))
