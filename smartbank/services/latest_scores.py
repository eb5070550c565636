"""Every customer's latest score, kept as one frame so that stored customers can be found by band."""

from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

import pandas as pd

from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.ports import FrameStore

LATEST: Final = "latest"
LATEST_COLUMNS: Final = (CUSTOMER_ID, "propensity", "band", "rank", "run_id", "scored_at")


def latest_scores(*, frames: FrameStore) -> pd.DataFrame:
    """Return the latest score of every customer ever scored, `LATEST_COLUMNS` wide, in no particular order."""
    return _or_none(frames.load_marked(LATEST)[0])


def merge_latest(ranked: pd.DataFrame, common: Mapping[str, Any], *, frames: FrameStore) -> None:
    """Put a run's ranked leads over the latest scores that are older; `common` names the run and its time."""
    mine = ranked[[CUSTOMER_ID, "propensity", "band", "rank"]].assign(
        run_id=common["run_id"], scored_at=common["scored_at"]
    )

    def merged(before: pd.DataFrame) -> pd.DataFrame:
        later = before.loc[before["scored_at"] > common["scored_at"], CUSTOMER_ID]  # of a run that ended first
        newest = mine[~mine[CUSTOMER_ID].isin(later)] if len(later) else mine
        kept = before[~before[CUSTOMER_ID].isin(newest[CUSTOMER_ID])]
        return pd.concat([kept, newest], ignore_index=True) if len(kept) else newest.reset_index(drop=True)

    _change(merged, frames)


def drop_latest(
    *, frames: FrameStore, run_ids: Collection[str] = frozenset(), customer_ids: Collection[str] = frozenset()
) -> None:
    """Forget the latest scores that come from these runs or belong to these customers."""

    def left(before: pd.DataFrame) -> pd.DataFrame:
        gone = before["run_id"].isin(run_ids) | before[CUSTOMER_ID].isin(customer_ids)
        return before[~gone].reset_index(drop=True) if gone.any() else before

    _change(left, frames)


def _change(change: Callable[[pd.DataFrame], pd.DataFrame], frames: FrameStore) -> None:
    """Replace the latest scores by what they change to, beside other workers: whoever was slower does it again."""
    while True:
        found, mark = frames.load_marked(LATEST)
        before = _or_none(found)
        after = change(before)
        if after is before or frames.replace(LATEST, after, mark=mark):
            return


def _or_none(latest: pd.DataFrame) -> pd.DataFrame:
    return latest if len(latest) else pd.DataFrame(columns=list(LATEST_COLUMNS))
