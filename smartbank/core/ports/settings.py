"""The settings in force."""

from typing import Protocol

from smartbank.core.rules import ScoringRules


class SettingsRepository(Protocol):
    """The rules in force."""

    def rules(self) -> ScoringRules:
        """Return the newest rules, or the defaults when none were saved."""
        ...
