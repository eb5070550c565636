"""The rules on calling."""

from datetime import datetime
from typing import Protocol

from smartbank.core.call_rules import RuleBook, RuleChange


class RuleBookRepository(Protocol):
    """The rules on calling; every version is kept."""

    def current(self) -> RuleBook:
        """Return the newest rule book, or the defaults when none was saved."""
        ...

    def save(self, book: RuleBook, *, by: str, at: datetime) -> RuleBook:
        """Keep a rule book as the next version and return it; it carries the version it was changed from.

        Raises `ConflictError`, which names who changed the rules, if another version was saved since.
        """
        ...

    def history(self, limit: int = 50) -> list[RuleChange]:
        """Return the newest versions with who saved them and when, newest first; never the defaults."""
        ...
