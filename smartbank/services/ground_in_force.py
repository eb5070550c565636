"""What a program's score stands on now: chosen again every few seconds, so that asking for one score is cheap."""

import time
from collections.abc import Callable
from datetime import datetime
from threading import Lock
from typing import Final

from smartbank.core.grounds import ScoringGround
from smartbank.core.ports import GroundRepository, OutcomeRepository, Scorer, WorkQueue
from smartbank.services.lately import Lately
from smartbank.services.leveling import own_correction, snapshot_level
from smartbank.services.market_in_force import MarketInForce
from smartbank.services.settings_in_force import SettingsInForce
from smartbank.services.whole_runs import earlier_levels

MAX_AGE_S: Final = 5.0
"""How old what a process knows of settings, market and outcomes may be, in seconds."""
LONGER_S: Final = 30.0
"""How much longer others go on with it while one thread chooses again, in seconds."""


class GroundInForce:
    """The ground of today's scores: that of a selection of customers, which takes the level of the newest whole run.

    However many threads ask at once, one chooses.
    """

    def __init__(
        self,
        *,
        grounds: GroundRepository,
        settings: SettingsInForce,
        market: MarketInForce,
        outcomes: OutcomeRepository,
        queue: WorkQueue,
        max_age_s: float = MAX_AGE_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._grounds = grounds
        self._settings = settings
        self._market = market
        self._outcomes = outcomes
        self._queue = queue
        self._lately = Lately[ScoringGround](max_age_s=max_age_s, clock=clock)
        self._choosing = Lock()

    def take(self, scorer: Scorer, *, now: datetime) -> ScoringGround:
        """Return the ground for scores of a model, kept under its id.

        While another thread chooses, the one before where it is for this model and little older; else that thread is
        waited for. Raises `StorageError`.
        """
        known = self._known(scorer)
        if known is not None:
            return known
        before = self._known(scorer, longer_s=LONGER_S)
        is_mine = self._choosing.acquire(blocking=before is None)
        if before is not None and not is_mine:
            return before
        try:
            return self._known(scorer) or self._choose(scorer, now)  # another may have chosen while this one waited
        finally:
            self._choosing.release()

    def _known(self, scorer: Scorer, *, longer_s: float = 0.0) -> ScoringGround | None:
        known = self._lately.fresh(longer_s=longer_s)
        return known if known is not None and known.model_version == scorer.version else None

    def _choose(self, scorer: Scorer, now: datetime) -> ScoringGround:
        found = self._chosen(scorer, now)
        self._grounds.keep(found, now=now)
        return self._lately.keep(found)

    def _chosen(self, scorer: Scorer, now: datetime) -> ScoringGround:
        rules, snapshot = self._settings.current().rules, self._market.take(now=now)
        correction = own_correction(rules, outcomes=self._outcomes, now=now)
        level = snapshot_level(
            scorer.reference_margins(),
            rules=rules,
            snapshot=snapshot,
            scorer=scorer,
            whole=False,
            earlier=earlier_levels(of_demo=False, queue=self._queue),
            correction=correction.shift,
        )
        source = "reference" if level.anchor == "reference" else "earlier run"
        return ScoringGround(level, source, rules, snapshot, correction)
