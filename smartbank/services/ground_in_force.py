"""What a program's score stands on now: chosen again every few seconds, so that asking for one score is cheap."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Final

from smartbank.core.grounds import ScoringGround
from smartbank.core.ports import GroundRepository, OutcomeRepository, Scorer, WorkQueue
from smartbank.services.lately import Lately
from smartbank.services.leveling import own_correction, snapshot_level
from smartbank.services.market_in_force import MarketInForce
from smartbank.services.runs import earlier_levels
from smartbank.services.settings_in_force import SettingsInForce

MAX_AGE_S: Final = 5.0
"""How old what a process knows of settings, market and outcomes may be, in seconds."""


class GroundInForce:
    """The ground of today's scores: that of a selection of customers, which takes the level of the newest whole run."""

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

    def take(self, scorer: Scorer, *, now: datetime) -> ScoringGround:
        """Return the ground for scores of a model, kept under its id. Raises `StorageError`."""
        known = self._lately.fresh()
        if known is not None and known.model_version == scorer.version:
            return known
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
            earlier=earlier_levels(queue=self._queue),
            correction=correction.shift,
        )
        source = "reference" if level.anchor == "reference" else "earlier run"
        return ScoringGround(level, source, rules, snapshot, correction)
