"""What the next calls to a customer are worth, and from which attempt on another one no longer pays."""

from collections.abc import Sequence
from dataclasses import dataclass

from smartbank.core.rules import ScoringRules


@dataclass(frozen=True)
class Attempt:
    """One of the next calls.

    Attributes
    ----------
    number : int
        Calls in this campaign with this one.
    propensity : float
        In [0, 1], were this the call that is made next.
    profit : float
        Expected value of the sale less the cost of the call, in the currency of the settings.
    """

    number: int
    propensity: float
    profit: float

    @property
    def pays(self) -> bool:
        """Whether the call is expected to bring at least what it costs."""
        return self.profit >= 0


def next_attempts(first: int, propensities: Sequence[float], rules: ScoringRules) -> list[Attempt]:
    """Return the next calls with what each is worth.

    Parameters
    ----------
    first : int
        Number of the next call.
    propensities : sequence of float
        Of that call and the ones after it.
    """
    return [Attempt(first + place, share, rules.profit(share)) for place, share in enumerate(propensities)]


def stop_after(attempts: Sequence[Attempt]) -> int | None:
    """Return the number of the last call that pays before the first that does not.

    0 where not even the next one does; None where all of them do.
    """
    for place, attempt in enumerate(attempts):
        if not attempt.pays:
            return attempts[place - 1].number if place else 0
    return None
