"""What a piece of work says of files, values and customers, sealed field by field; what is asked for stays in clear."""

from collections.abc import Mapping
from typing import Any, Final

import bson
from bson.codec_options import CodecOptions

from smartbank.adapters.vault import Vault

SEALED_FIELDS: Final = ("request", "result", "error", "progress")
_AWARE: Final[CodecOptions[dict[str, Any]]] = CodecOptions(tz_aware=True)


def sealed_values(work_id: str, values: Mapping[str, Any], *, vault: Vault) -> dict[str, Any]:
    """Return the values of fields with those of `SEALED_FIELDS` sealed; hold `vault.writing`."""
    return {
        name: vault.seal_bytes(bson.encode({"value": value}), about_work(work_id, name))
        if name in SEALED_FIELDS
        else value
        for name, value in values.items()
    }


def sealed_update(work_id: str, values: Mapping[str, Any], *, vault: Vault) -> dict[str, Any]:
    """Return the update that sets fields and notes the key that sealed some of them; hold `vault.writing`."""
    update: dict[str, Any] = {"$set": sealed_values(work_id, values, vault=vault)}
    if any(name in SEALED_FIELDS for name in values):
        update["$addToSet"] = {"sealed_with": vault.sealing_key()}
    return update


def opened_work(document: Mapping[str, Any], *, vault: Vault) -> dict[str, Any]:
    """Return a document of work with its sealed fields in clear."""
    clear = {
        name: bson.decode(vault.open_bytes(document[name], about_work(document["_id"], name)), _AWARE)["value"]
        for name in SEALED_FIELDS
    }
    return {**document, **clear}


def about_work(work_id: str, name: str) -> str:
    """Return what a field of a piece of work is sealed as."""
    return f"work:{work_id}:{name}"
