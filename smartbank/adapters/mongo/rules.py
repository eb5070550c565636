"""The rules on calling, in MongoDB: every version is kept."""

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from pymongo import DESCENDING
from pymongo.errors import DuplicateKeyError

from smartbank.adapters.mongo.connection import MongoDatabase
from smartbank.adapters.mongo.errors import storage_errors
from smartbank.adapters.mongo.schema import SCHEMA_VERSION
from smartbank.core.call_rules import RuleBook, RuleChange, book_from, rules_conflict

_KIND: Final = "call_rules"


class MongoRuleBookRepository:
    """Keeps one document a version in `settings`, beside the settings of the bank."""

    def __init__(self, database: MongoDatabase) -> None:
        self._settings = database["settings"]

    def current(self) -> RuleBook:
        newest = self.history(1)
        return newest[0].book if newest else RuleBook()

    def save(self, book: RuleBook, *, by: str, at: datetime) -> RuleBook:
        saved = replace(book, version=book.version + 1)
        entry = {"_id": f"{_KIND}:{saved.version}", "kind": _KIND, "saved_by": by, "saved_at": at}
        lost = self.current().version != book.version
        with storage_errors():
            try:
                if not lost:
                    self._settings.insert_one({**saved.to_json(), **entry, "schema_version": SCHEMA_VERSION})
            except DuplicateKeyError:
                lost = True
        if lost:
            raise rules_conflict(book.version, self.history())
        return saved

    def history(self, limit: int = 50) -> list[RuleChange]:
        with storage_errors():
            found = self._settings.find({"kind": _KIND}).sort("version", DESCENDING).limit(limit)
            return [_change(document) for document in found]


def _change(document: dict[str, Any]) -> RuleChange:
    return RuleChange(book_from(document), document["saved_by"], document["saved_at"])
