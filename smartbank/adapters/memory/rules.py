"""The rules on calling, in memory."""

from dataclasses import replace
from datetime import datetime

from smartbank.core.call_rules import RuleBook, RuleChange, rules_conflict
from smartbank.core.moments import to_milliseconds


class MemoryRuleBookRepository:
    """Keeps every version in a list, after the one it is made with."""

    def __init__(self, book: RuleBook | None = None) -> None:
        self._first = book or RuleBook()
        self._changes: list[RuleChange] = []

    def current(self) -> RuleBook:
        return self._changes[-1].book if self._changes else self._first

    def save(self, book: RuleBook, *, by: str, at: datetime) -> RuleBook:
        if book.version != self.current().version:
            raise rules_conflict(book.version, self.history())
        self._changes.append(RuleChange(replace(book, version=book.version + 1), by, to_milliseconds(at)))
        return self.current()

    def history(self, limit: int = 50) -> list[RuleChange]:
        return self._changes[::-1][:limit]
