"""Every customer's latest score, kept as one frame so that stored customers can be found by band."""

from collections.abc import Collection, Mapping
from typing import Any, Final

import pandas as pd

from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.ports import FrameStore

LATEST: Final = "latest"
LATEST_COLUMNS: Final = (CUSTOMER_ID, "propensity", "band", "rank", "run_id", "scored_at")
_PART_ROWS: Final = 50_000


def latest_scores(*, frames: FrameStore) -> pd.DataFrame:
    """Return the latest score of every customer ever scored, `LATEST_COLUMNS` wide, in no particular order."""
    latest = frames.load(LATEST)
    return latest if len(latest) else pd.DataFrame(columns=list(LATEST_COLUMNS))


def merge_latest(ranked: pd.DataFrame, common: Mapping[str, Any], *, frames: FrameStore) -> None:
    """Put a run's ranked leads over the latest scores; `common` names the run and its time.

    Each part is replaced in place, so a reader never finds it empty.
    """
    newest = ranked[[CUSTOMER_ID, "propensity", "band", "rank"]].assign(
        run_id=common["run_id"], scored_at=common["scored_at"]
    )
    before = latest_scores(frames=frames)
    kept = before[~before[CUSTOMER_ID].isin(newest[CUSTOMER_ID])]
    _keep(pd.concat([kept, newest], ignore_index=True) if len(kept) else newest.reset_index(drop=True), 0, frames)


def drop_latest(
    *, frames: FrameStore, run_ids: Collection[str] = frozenset(), customer_ids: Collection[str] = frozenset()
) -> None:
    """Forget the latest scores that come from these runs or belong to these customers."""
    before = latest_scores(frames=frames)
    gone = before["run_id"].isin(run_ids) | before[CUSTOMER_ID].isin(customer_ids)
    if gone.any():
        _keep(before[~gone].reset_index(drop=True), len(before), frames)


def _keep(latest: pd.DataFrame, n_before: int, frames: FrameStore) -> None:
    """Write every part, empty ones over those no longer needed."""
    for part, start in enumerate(range(0, max(len(latest), n_before), _PART_ROWS)):
        frames.append(LATEST, part, latest.iloc[start : start + _PART_ROWS])
