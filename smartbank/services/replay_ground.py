"""What the predictions of one run, or of one request, stand on."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from smartbank.core.asked_leads import MAX_ASKED
from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.grounds import ScoringGround
from smartbank.core.level import Level, anchored_intercept
from smartbank.core.level_correction import LevelCorrection, correction_from
from smartbank.core.market.points import MarketPoint, point_of
from smartbank.core.market.snapshot import MarketSnapshot
from smartbank.core.ports import (
    FrameStore,
    GroundRepository,
    PredictionRepository,
    Scorer,
    SettingsRepository,
    WorkQueue,
)
from smartbank.core.ranking import CONTRIBUTION_COLUMNS
from smartbank.core.rules import ScoringRules, rules_from
from smartbank.core.work import WorkState
from smartbank.errors import NotFoundError
from smartbank.services.housekeeping import NO_LONGER_KEPT
from smartbank.services.leveling import REPLAY
from smartbank.services.runs import load_run, run_owner

FloatArray = npt.NDArray[np.float64]

LISTED: Final = (CUSTOMER_ID, "customer_version", "margin", "level", "propensity", "band", "call")
_SETTINGS: Final = 10_000


@dataclass(frozen=True)
class Ground:
    """What the predictions of a run stand on, as it is stored, and the model loaded.

    Attributes
    ----------
    saved_rules : ScoringRules or None
        The rules of the settings version the run names; None where it names the defaults or a version not kept.
    listed : DataFrame
        The ranked list as the screens show it, by rank.
    level_source : str
        Whose mean propensity was anchored: "this run", "earlier run" or "reference".
    correction : LevelCorrection
        Worked out again from the counts the run stored.
    asked : ScoringGround or None
        The ground of a program's request, which has no ranked list; None for a run.
    """

    run_id: str
    leads: int
    model_version: str
    level: Level
    level_source: str
    rules: ScoringRules
    saved_rules: ScoringRules | None
    snapshot: MarketSnapshot
    correction: LevelCorrection
    scorer: Scorer
    listed: pd.DataFrame
    asked: ScoringGround | None = None

    @property
    def is_replay(self) -> bool:
        """Whether each lead was scored in the market its row of the file brought."""
        return self.level.snapshot_id == REPLAY

    def is_anchored(self, log_odds: FloatArray) -> bool:
        """Whether anchoring gives the stored intercept; true where another run's leads were anchored.

        Parameters
        ----------
        log_odds : array of shape (n_leads,)
            Margins of all leads, each with the shift of its own market in a replay.
        """
        anchors = {"this run": log_odds, "reference": self.scorer.reference_margins()}
        anchor = anchors.get(self.level_source)
        level = self.level
        return anchor is None or anchored_intercept(anchor, level.rate) - level.market_shift == level.intercept

    @property
    def measured_in(self) -> MarketPoint:
        """The market shifts are measured from; a run that did not keep it measured from the market in force then."""
        return self.level.reference_market or point_of(self.snapshot)


def load_ground(
    run_id: str,
    *,
    queue: WorkQueue,
    frames: FrameStore,
    settings: SettingsRepository,
    load_model: Callable[[str], Scorer],
) -> Ground:
    """Return what a run's predictions stand on.

    Raises
    ------
    NotFoundError
        There is no such run, it is not done, or it is no longer kept.
    ModelArtifactError
        Its model cannot be loaded.
    """
    run = load_run(run_id, queue=queue)
    if run.work.state is WorkState.EXPIRED:
        raise NotFoundError(NO_LONGER_KEPT[run.work.kind])
    leads, result = run.summary.leads, run.result
    rules = rules_from(result["rules"])
    columns = ["rank", *LISTED, *CONTRIBUTION_COLUMNS]
    listed = frames.load(run_owner(run_id), columns=columns).reindex(columns=columns)
    return Ground(
        run_id=run_id,
        leads=leads,
        model_version=result["model_version"],
        level=run.level,
        level_source=result.get("level_source", ""),
        rules=rules,
        saved_rules=_saved(rules, settings),
        snapshot=run.snapshot,
        correction=correction_from(result.get("correction")),
        scorer=load_model(result["model_version"]),
        listed=listed.set_index("rank"),
    )


def load_asked_ground(
    request_id: str,
    *,
    predictions: PredictionRepository,
    grounds: GroundRepository,
    settings: SettingsRepository,
    load_model: Callable[[str], Scorer],
) -> Ground:
    """Return what the predictions of a program's request stand on; raises as `load_ground` does."""
    found = predictions.in_run(request_id, 1, MAX_ASKED)
    named = next((row["ground_id"] for row in found if "ground_id" in row), None)  # not in one erased long ago
    asked = grounds.find(named) if named is not None else None
    if asked is None:
        raise NotFoundError("There is no such request, or it is no longer kept.")
    return Ground(
        run_id=request_id,
        leads=len(found),
        model_version=asked.model_version,
        level=asked.level,
        level_source=asked.level_source,
        rules=asked.rules,
        saved_rules=_saved(asked.rules, settings),
        snapshot=asked.snapshot,
        correction=asked.correction,
        scorer=load_model(asked.model_version),
        listed=pd.DataFrame(),
        asked=asked,
    )


def _saved(rules: ScoringRules, settings: SettingsRepository) -> ScoringRules | None:
    saved = (change.settings for change in settings.history(limit=_SETTINGS))
    return next((each.rules for each in saved if each.version == rules.version), None)
