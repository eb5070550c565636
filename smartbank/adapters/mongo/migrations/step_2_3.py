"""From schema version 2 to 3: collections for the market and for outcomes; runs keep more of their market.

Version 2 reads none of what version 3 added to a run or to the inbox, so the way back flattens a run and lays messages
about the market aside. What it takes away is kept under `version_3`, and the way forward puts it back.
"""

from collections.abc import Mapping
from typing import Any, Final

import bson
from bson.codec_options import CodecOptions
from pymongo import ASCENDING, IndexModel

from smartbank.adapters.mongo.migrations.step import Document
from smartbank.adapters.mongo.sealed_work import about_work
from smartbank.adapters.vault import Vault
from smartbank.core.market.indicators import MARKET_FEATURES, Indicator
from smartbank.core.market.snapshot import snapshot_from

INDEXES_BELOW: Final[Mapping[str, tuple[IndexModel, ...]]] = {
    "scoring_runs": (
        IndexModel([("state", ASCENDING)], name="state"),
        IndexModel([("sealed_with", ASCENDING)], name="sealed_with"),
    ),
    "inbox": (IndexModel([("username", ASCENDING)], name="username"),),
}
REWRITTEN: Final = tuple(INDEXES_BELOW)
EMPTIED: Final[tuple[str, ...]] = ()

_ASIDE: Final = "version_3"
_ADDED: Final = {
    "level": ("rate", "reference_market", "correction"),
    "rules": ("base_rate_market", "follow_outcomes"),
}
_NEW_MESSAGES: Final = ("market_refreshed", "market_failed")
_UNREAD_BY_ALL: Final = {"username": "", "kind": "removal_failed"}
"""A message version 2 can read, of nobody."""
_AWARE: Final[CodecOptions[dict[str, Any]]] = CodecOptions(tz_aware=True)


def forward(collection: str, document: Document, *, vault: Vault) -> Document:
    """Return a document of version 2 as one of version 3."""
    changed = {**document, "schema_version": 3}
    if collection == "inbox":
        return _restored(changed)
    result = _result(document, vault)
    return _with_result(changed, _restored(result), vault) if _ASIDE in result else changed


def back(collection: str, document: Document, *, vault: Vault) -> Document:
    """Return a document of version 3 as one of version 2."""
    changed = {**document, "schema_version": 2}
    if collection == "inbox":
        return _laid_aside(changed, _UNREAD_BY_ALL) if document["kind"] in _NEW_MESSAGES else changed
    result = _result(document, vault)
    if "readings" not in result.get("snapshot", {}):
        return changed
    pruned = {
        part: {name: value for name, value in result[part].items() if name not in added}
        for part, added in _ADDED.items()
    }
    flat = {"snapshot": _flat(result["snapshot"]), **pruned}
    return _with_result(changed, _laid_aside(result, flat), vault)


def _laid_aside(values: Mapping[str, Any], instead: Mapping[str, Any]) -> dict[str, Any]:
    return {**values, **instead, _ASIDE: {name: values[name] for name in instead}}


def _restored(values: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in values.items() if name != _ASIDE}
    return {**kept, **values.get(_ASIDE, {})}


def _flat(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a snapshot as three figures, the day of the newest and who said them."""
    snapshot = snapshot_from(values)
    sources = dict.fromkeys(snapshot.reading(Indicator(name)).source for name in MARKET_FEATURES)
    return {
        "snapshot_id": snapshot.snapshot_id,
        "as_of": snapshot.as_of.isoformat(),
        **{name: getattr(snapshot, name) for name in MARKET_FEATURES},
        "source": ", ".join(sources),
    }


def _result(document: Document, vault: Vault) -> dict[str, Any]:
    plain = vault.open_bytes(document["result"], about_work(document["_id"], "result"))
    result: dict[str, Any] = bson.decode(plain, _AWARE)["value"]
    return result


def _with_result(document: Document, result: Mapping[str, Any], vault: Vault) -> Document:
    sealed = vault.seal_bytes(bson.encode({"value": result}), about_work(document["_id"], "result"))
    keys = list(dict.fromkeys([*document["sealed_with"], vault.sealing_key()]))
    return {**document, "result": sealed, "sealed_with": keys}
