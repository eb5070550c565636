"""Count requests by whoever makes them, and say how long one has to wait who makes too many."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from smartbank.core.wording import plural
from smartbank.errors import RateLimitError

WINDOW_S: Final = 60.0
MOST_KEYS: Final = 50_000
"""Beyond it whoever asked least lately is forgotten, which lets them ask again and nobody fill the memory."""


class RateLimiter:
    """So many requests a minute for each key: all at once or one after the other, regained at an even pace.

    One number is kept a key, in this process: several processes count each by itself.

    Parameters
    ----------
    per_minute : int
        At least 1.
    clock : callable
        Seconds, of a clock that never goes back.
    """

    def __init__(self, per_minute: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._gap = WINDOW_S / per_minute
        self._clock = clock
        self._lock = threading.Lock()
        self._used_up_until: OrderedDict[str, float] = OrderedDict()

    def wait_s(self, key: str) -> float:
        """Count a request and return 0, or return how long to wait, in seconds, and count nothing."""
        with self._lock:
            now = self._clock()
            used_up_until = max(now, self._used_up_until.get(key, now)) + self._gap
            if used_up_until - now > WINDOW_S + self._gap / 2:
                return used_up_until - now - WINDOW_S
            self._used_up_until[key] = used_up_until
            self._used_up_until.move_to_end(key)
            if len(self._used_up_until) > MOST_KEYS:
                self._used_up_until.popitem(last=False)
            return 0.0

    def require(self, key: str) -> None:
        """Count a request. Raises `RateLimitError` when there were too many."""
        if wait_s := self.wait_s(key):
            raise rate_limit_error(wait_s)


def rate_limit_error(wait_s: float) -> RateLimitError:
    """Return the error that says when to try again, in whole seconds."""
    seconds = int(wait_s) + 1
    return RateLimitError(
        f"Too many requests in a short time. Try again in {plural(seconds, 'second')}.", retry_after_s=seconds
    )
