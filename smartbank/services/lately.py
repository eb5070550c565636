"""What a process knows of something that may change elsewhere: believed for some seconds, then looked up again."""

from collections.abc import Callable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Lately(Generic[Value]):
    """A value with its age.

    Parameters
    ----------
    max_age_s : float
        How long it is believed, in seconds.
    clock : callable
        Seconds, of a clock that never goes back.
    """

    def __init__(self, *, max_age_s: float, clock: Callable[[], float]) -> None:
        self._max_age_s = max_age_s
        self._clock = clock
        self._kept: tuple[float, Value] | None = None

    def fresh(self, *, longer_s: float = 0.0) -> Value | None:
        """Return the value while it is believed, or some seconds longer; None where it has to be looked up."""
        kept = self._kept
        return kept[1] if kept is not None and self._clock() - kept[0] < self._max_age_s + longer_s else None

    def last(self) -> Value | None:
        """Return the value known last, however old; None where there never was one."""
        return None if self._kept is None else self._kept[1]

    def keep(self, value: Value) -> Value:
        """Take note of a value that was just looked up, and return it."""
        self._kept = (self._clock(), value)
        return value

    def doubt(self) -> None:
        """Have the value looked up next time; should that fail, it is still known."""
        if self._kept is not None:
            self._kept = (float("-inf"), self._kept[1])

    def forget(self) -> None:
        """Know nothing any more."""
        self._kept = None
