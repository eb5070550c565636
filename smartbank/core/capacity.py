"""How many calls a team has time for."""

import math
from dataclasses import dataclass
from typing import Final

from smartbank.errors import ListConstraintError

MOST_DAYS: Final = 60
_DIGITS: Final = 12
"""Of a number of calls: what lies beyond is the rounding of a product, 2.9999999999999996 for 3."""


@dataclass(frozen=True)
class Capacity:
    """The time a team has for calls.

    Attributes
    ----------
    agents : int
        From 1 on.
    hours : float
        A day, of each agent; in (0, 24].
    minutes_per_call : float
        From one call to the next, with dialling and notes; above 0.
    days : int
        From 1 to `MOST_DAYS`.

    Raises
    ------
    ListConstraintError
        A figure lies outside its range or is not finite, or the calls are too many to be counted.
    """

    agents: int
    hours: float
    minutes_per_call: float
    days: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.agents < math.inf:
            raise ListConstraintError("A list needs at least one agent to call it. Enter how many there are.")
        if not 0 < self.hours <= 24:
            raise ListConstraintError("An agent's hours a day must be above 0 and at most 24. Enter such a number.")
        if not 0 < self.minutes_per_call < math.inf:
            raise ListConstraintError("A call must take more than 0 minutes. Enter how many, with dialling and notes.")
        if not 1 <= self.days <= MOST_DAYS:
            raise ListConstraintError(f"A list is for 1 to {MOST_DAYS} days. Enter such a number.")
        if not math.isfinite(self._unrounded):
            raise ListConstraintError("These are too many calls to be counted. Enter more minutes a call.")

    @property
    def calls(self) -> int:
        """Whole calls of all agents on all days together: what is left of each agent's hours is added up."""
        return math.floor(float(f"{self._unrounded:.{_DIGITS}g}"))

    @property
    def calls_per_hour(self) -> float:
        """Calls one agent makes in an hour."""
        return 60 / self.minutes_per_call

    @property
    def _unrounded(self) -> float:
        return self.agents * self.hours * 60 * self.days / self.minutes_per_call
