"""A value a person put in place of what the sources say, for a time."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from smartbank.core.market.indicators import Indicator


@dataclass(frozen=True)
class Override:
    """A manual value; it goes before everything else while it is in force.

    Attributes
    ----------
    value : float
        In the indicator's unit, inside its hard band.
    reason : str
        In the author's words, for the screen.
    ended_at, ended_by
        When somebody took it back before it expired, and who.
    """

    override_id: str
    indicator: Indicator
    value: float
    reason: str
    by: str
    at: datetime
    expires_at: datetime
    ended_at: datetime | None = None
    ended_by: str = ""

    @property
    def until(self) -> datetime:
        """When it ended, or will."""
        return self.expires_at if self.ended_at is None else min(self.ended_at, self.expires_at)

    def after(self, others: Iterable["Override"]) -> "Override":
        """Return it as one set after all of others: clocks differ, and the one that came last takes their place."""
        last = max((each.at for each in others), default=None)
        return self if last is None or last < self.at else replace(self, at=last + timedelta(milliseconds=1))

    def is_in_force(self, now: datetime) -> bool:
        """Whether it counts at a moment."""
        return self.at <= now < self.expires_at and (self.ended_at is None or now < self.ended_at)


def newest_first(overrides: Iterable[Override]) -> list[Override]:
    """Return overrides by when they were set, the last one first; of one moment by their ids."""
    return sorted(overrides, key=lambda each: (each.at, each.override_id), reverse=True)


def overrides_in_force(overrides: Iterable[Override], *, now: datetime) -> dict[Indicator, Override]:
    """Return the newest override of each indicator that has one in force."""
    return {each.indicator: each for each in sorted(overrides, key=lambda one: one.at) if each.is_in_force(now)}
