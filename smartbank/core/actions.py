"""What the bank can do about a call, and what went with it in past calls: the channel and the weekday, nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

from smartbank.core.evaluation import Interval
from smartbank.core.level import level_rate

CHANNEL: Final = "channel"
WEEKDAY: Final = "weekday"
MOBILE: Final = "cellular"
LANDLINE: Final = "telephone"
MOBILE_EFFECT: Final = Interval(0.683, 0.550, 0.815)
"""Log-odds of a call to a mobile phone against one to a landline, within the month."""
WEEKDAY_EFFECTS: Final = {
    "Monday": Interval(-0.295, -0.381, -0.210),
    "Tuesday": Interval(0.052, -0.034, 0.137),
    "Wednesday": Interval(0.183, 0.098, 0.268),
    "Thursday": Interval(0.106, 0.023, 0.188),
    "Friday": Interval(-0.036, -0.123, 0.052),
}
"""Log-odds of a call on that day against one on another day of the same month.

Both are common odds ratios over the 26 months of UCI's 41,188 calls (N. Mantel and W. Haenszel, 1959) with 95 %
intervals (J. Robins, N. Breslow and S. Greenland, 1986); `ml.action_effects` computes them, a test compares.
"""


@dataclass(frozen=True)
class Action:
    """One thing the bank can do.

    Attributes
    ----------
    kind : str
        `CHANNEL` or `WEEKDAY`.
    words : str
        Said to whoever plans the call.
    effect : Interval
        In log-odds, with its 95 % interval.
    """

    kind: str
    words: str
    effect: Interval


@dataclass(frozen=True)
class Option:
    """One or more actions together, and what a propensity would be with them.

    Attributes
    ----------
    propensity : Interval
        In [0, 1]; low and high by the ends of the intervals of the effects.
    """

    actions: tuple[Action, ...]
    propensity: Interval

    @property
    def words(self) -> str:
        """All of it, as a request."""
        return " and ".join(action.words for action in self.actions)


def possible_actions(contact: str | None) -> list[Action]:
    """Return what can be done for a customer: a mobile phone where they are called on a landline, and the better days.

    Only days whose whole interval is above zero are offered.
    """
    found = [Action(CHANNEL, "call on a mobile phone", MOBILE_EFFECT)] if contact == LANDLINE else []
    days = [(day, effect) for day, effect in WEEKDAY_EFFECTS.items() if effect.low > 0]
    return found + [
        Action(WEEKDAY, f"call on a {day}", effect) for day, effect in sorted(days, key=lambda each: each[1].value)
    ]


def options(propensity: float, contact: str | None) -> list[Option]:
    """Return every choice of at most one action a kind: the fewest actions first, of as many the smallest effect.

    Parameters
    ----------
    propensity : float
        In (0, 1), as the customer is called now, on a day like any other.
    """
    actions = possible_actions(contact)
    kinds = [[None, *(each for each in actions if each.kind == kind)] for kind in (CHANNEL, WEEKDAY)]
    choices = [tuple(each for each in chosen if each is not None) for chosen in product(*kinds)]
    found = [Option(chosen, _moved(propensity, chosen)) for chosen in choices if chosen]
    return sorted(found, key=lambda each: (len(each.actions), each.propensity.value))


def smallest_change(propensity: float, contact: str | None, *, threshold: float) -> Option | None:
    """Return the smallest change that lifts a propensity to the threshold; None where nothing the bank can do does."""
    return next((each for each in options(propensity, contact) if each.propensity.value >= threshold), None)


def _moved(propensity: float, actions: Sequence[Action]) -> Interval:
    value, low, high = (
        level_rate(propensity, sum(getattr(action.effect, end) for action in actions))
        for end in ("value", "low", "high")
    )
    return Interval(value, low, high)
