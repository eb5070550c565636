"""The markets stored predictions were made in."""

from collections.abc import Iterable, Mapping
from typing import Any

from smartbank.core.grounds import GIVEN
from smartbank.core.market.snapshot import MarketSnapshot
from smartbank.core.ports import SnapshotRepository
from smartbank.services.leveling import REPLAY


def markets_of(
    predictions: Iterable[Mapping[str, Any]],
    *,
    snapshots: SnapshotRepository,
    known: Iterable[MarketSnapshot] = (),
) -> dict[str, MarketSnapshot]:
    """Return the snapshots predictions name, by id, as far as they are kept.

    A replay and a request with a market of its own name none: their figures are in the prediction, as "market".

    Parameters
    ----------
    known : iterable of MarketSnapshot
        Those the caller has; the others are looked up.
    """
    ids = {str(each["snapshot_id"]) for each in predictions} - {REPLAY, GIVEN}
    at_hand = {each.snapshot_id: each for each in known}
    found = ((name, at_hand.get(name) or snapshots.find(name)) for name in sorted(ids))
    return {name: snapshot for name, snapshot in found if snapshot is not None}
