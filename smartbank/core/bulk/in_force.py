"""What holds in the bank when many leads are scored from file to file: rules, market, and whom SmartBank bars."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np

from smartbank.core.bulk.ids import Hashes, hashes, id_rows
from smartbank.core.bulk.marks import BARRED, States
from smartbank.core.consent import ConsentState
from smartbank.core.level_correction import LevelCorrection, correction_from
from smartbank.core.market.snapshot import BUNDLED_SNAPSHOT, MarketSnapshot, snapshot_from
from smartbank.core.rules import ScoringRules, rules_from
from smartbank.errors import LeadValidationError

MAX_AGE: Final = timedelta(hours=48)
"""How old what the database said may be: one night that failed is forgiven, a second one is not."""
_CLOCKS_APART: Final = timedelta(hours=1)


@dataclass(frozen=True)
class BarredIds:
    """Customers SmartBank knows as not to be called: no ids, but what they hash to.

    Attributes
    ----------
    hashes : uint64 array of shape (n,)
        As `smartbank.core.bulk.ids.hashes` makes them, rising.
    states : int8 array of shape (n,)
        Places in `smartbank.core.bulk.marks.BARRED`.
    """

    hashes: Hashes = field(default_factory=lambda: np.empty(0, np.uint64))
    states: States = field(default_factory=lambda: np.empty(0, np.int8))

    def __len__(self) -> int:
        return len(self.hashes)


def barred_ids(states: Mapping[str, str]) -> BarredIds:
    """Return the customers of a mapping of ids to consent states that bar."""
    found = hashes(id_rows(list(states)))
    places = np.array([BARRED.index(ConsentState(state)) for state in states.values()], dtype=np.int8)
    order = np.argsort(found, kind="stable")
    return BarredIds(found[order], places[order])


@dataclass(frozen=True)
class InForce:
    """What is in force, as the database said at a moment, or as the command line says.

    Attributes
    ----------
    made_at : datetime or None
        When the database said so, in UTC; None where the command line does.
    require_consent : bool
        Whether only customers who gave consent are ranked.
    """

    rules: ScoringRules
    require_consent: bool = False
    snapshot: MarketSnapshot = BUNDLED_SNAPSHOT
    correction: LevelCorrection = field(default_factory=LevelCorrection)
    barred: BarredIds = field(default_factory=BarredIds)
    made_at: datetime | None = None

    def to_json(self) -> dict[str, Any]:
        """Return plain values, without who is barred."""
        return {
            "made_at": None if self.made_at is None else self.made_at.isoformat(),
            "rules": asdict(self.rules),
            "require_consent": self.require_consent,
            "market": self.snapshot.to_json(),
            "correction": asdict(self.correction),
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any], barred: BarredIds) -> "InForce":
        """Return what `to_json` wrote. Raises `LookupError`, `TypeError` or `ValueError` where it is something else."""
        made_at = datetime.fromisoformat(values["made_at"])
        if made_at.tzinfo is None:
            raise ValueError("A moment without a time zone.")
        return cls(
            rules=rules_from(values["rules"]),
            require_consent=bool(values["require_consent"]),
            snapshot=snapshot_from(values["market"]),
            correction=correction_from(values["correction"]),
            barred=barred,
            made_at=made_at,
        )


def require_fresh(in_force: InForce, *, now: datetime) -> None:
    """Raise `LeadValidationError` where the database said so longer ago than `MAX_AGE`: objections came in since.

    Or where it says so of a time to come: then a clock is wrong, and nobody knows how old it is.
    """
    if in_force.made_at is not None and in_force.made_at - now > _CLOCKS_APART:
        raise LeadValidationError(
            f"Nothing was scored. What is in force was written down at {in_force.made_at:%Y-%m-%d %H:%M} UTC, which is"
            " still to come here. Set the clocks of both computers right, or go by it all the same with --anyway."
        )
    if in_force.made_at is not None and now - in_force.made_at > MAX_AGE:
        raise LeadValidationError(
            f"Nothing was scored. What is in force was written down at {in_force.made_at:%Y-%m-%d %H:%M} UTC, more than"
            " two days ago. Write it anew with `python -m smartbank data in-force`, or go by it all the same with"
            " --anyway."
        )
