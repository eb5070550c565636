"""A quick look at the rules on calling, for programs' scores."""

import time
from collections.abc import Callable
from typing import Final

from smartbank.core.call_rules import RuleBook
from smartbank.core.ports import RuleBookRepository
from smartbank.services.lately import Lately

MAX_AGE_S: Final = 5.0
"""How old what a process knows of the rules may be, in seconds."""


class RulesInForce:
    """The rules on calling as a process knows them: read again when they are some seconds old."""

    def __init__(
        self,
        rules: RuleBookRepository,
        *,
        max_age_s: float = MAX_AGE_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rules = rules
        self._lately = Lately[RuleBook](max_age_s=max_age_s, clock=clock)

    def current(self) -> RuleBook:
        """Return the rules in force. Raises `StorageError`: who is left out is not guessed."""
        return self._lately.fresh() or self._lately.keep(self._rules.current())
