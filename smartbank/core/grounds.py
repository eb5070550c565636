"""What a program's score stands on beside the customer: the level, the rules and the market of its moment."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, Final

from smartbank.core.fingerprint import fingerprint
from smartbank.core.level import Level, level_from
from smartbank.core.level_correction import LevelCorrection, correction_from
from smartbank.core.market.snapshot import MarketSnapshot, snapshot_from
from smartbank.core.rules import ScoringRules, rules_from

GIVEN: Final = "given"
"""Snapshot id of a score in a market that the request brought."""


@dataclass(frozen=True)
class ScoringGround:
    """Level, rules and market that scores were made on; the same for all requests until one of them changes.

    Attributes
    ----------
    level_source : str
        Whose mean propensity was anchored: "earlier run" or "reference".
    """

    level: Level
    level_source: str
    rules: ScoringRules
    snapshot: MarketSnapshot
    correction: LevelCorrection

    @property
    def model_version(self) -> str:
        """The model that scores."""
        return self.level.model_version

    @cached_property
    def ground_id(self) -> str:
        """Name of exactly these values."""
        return f"ground-{fingerprint(self.to_json())}"

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "level": asdict(self.level),
            "level_source": self.level_source,
            "rules": asdict(self.rules),
            "snapshot": self.snapshot.to_json(),
            "correction": asdict(self.correction),
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "ScoringGround":
        """Return the ground that `to_json` wrote."""
        return cls(
            level_from(values["level"]),
            values["level_source"],
            rules_from(values["rules"]),
            snapshot_from(values["snapshot"]),
            correction_from(values["correction"]),
        )
