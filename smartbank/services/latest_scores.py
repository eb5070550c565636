"""Every customer's latest score, kept as one frame so that stored customers can be found by band."""

from collections.abc import Mapping
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

    The frame only grows and each part is replaced in place, so a reader never finds it empty.
    """
    newest = ranked[[CUSTOMER_ID, "propensity", "band", "rank"]].assign(
        run_id=common["run_id"], scored_at=common["scored_at"]
    )
    before = latest_scores(frames=frames)
    kept = before[~before[CUSTOMER_ID].isin(newest[CUSTOMER_ID])]
    merged = pd.concat([kept, newest], ignore_index=True) if len(kept) else newest.reset_index(drop=True)
    for part, start in enumerate(range(0, len(merged), _PART_ROWS)):
        frames.append(LATEST, part, merged.iloc[start : start + _PART_ROWS])
