"""The rules in force, in memory."""

from dataclasses import replace
from datetime import datetime

from smartbank.core.rules import ScoringRules
from smartbank.errors import StorageError


class MemorySettingsRepository:
    """Keeps every version in a list."""

    def __init__(self, rules: ScoringRules | None = None) -> None:
        self._versions = [rules or ScoringRules()]

    def rules(self) -> ScoringRules:
        return self._versions[-1]

    def save_rules(self, rules: ScoringRules, *, saved_by: str, saved_at: datetime) -> ScoringRules:  # noqa: ARG002  part of the protocol
        """Keep rules that were changed from the version they carry, as the next version."""
        if rules.version != self.rules().version:
            raise StorageError("Someone else changed the settings meanwhile. Look at the new ones, then save again.")
        self._versions.append(replace(rules, version=rules.version + 1))
        return self.rules()
