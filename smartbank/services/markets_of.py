"""The markets stored predictions were made in."""

from collections.abc import Iterable, Mapping
from typing import Any

from smartbank.core.grounds import GIVEN
from smartbank.core.market.snapshot import MarketSnapshot
from smartbank.core.ports import SnapshotRepository
from smartbank.services.leveling import REPLAY


def markets_of(predictions: Iterable[Mapping[str, Any]], *, snapshots: SnapshotRepository) -> dict[str, MarketSnapshot]:
    """Return the snapshots predictions name, by id, as far as they are kept.

    A replay and a request with a market of its own name none: their figures are in the prediction, as "market".
    """
    ids = {str(each["snapshot_id"]) for each in predictions} - {REPLAY, GIVEN}
    found = ((snapshot_id, snapshots.find(snapshot_id)) for snapshot_id in sorted(ids))
    return {snapshot_id: snapshot for snapshot_id, snapshot in found if snapshot is not None}
