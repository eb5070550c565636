"""From schema version 1 (SmartBank 0.1.0, all in clear) to 2: what names people is sealed, consent has a block."""

from collections.abc import Callable
from typing import Any, Final

import bson
from bson.codec_options import CodecOptions
from pymongo import ASCENDING, IndexModel

from smartbank.adapters.customer_changes import with_consent
from smartbank.adapters.customer_documents import opened_document, sealed_document
from smartbank.adapters.mongo.chunks import about_chunk
from smartbank.adapters.mongo.migrations.step import Document
from smartbank.adapters.mongo.sealed_work import SEALED_FIELDS, about_work, sealed_values
from smartbank.adapters.name_tokens import name_tokens
from smartbank.adapters.vault import Vault
from smartbank.core.fields import Block
from smartbank.core.fingerprint import fingerprint

Change = Callable[..., Document]

_STATE: Final = IndexModel([("state", ASCENDING)], name="state")
_OWNER: Final = IndexModel([("owner", ASCENDING)], name="owner")

INDEXES_BELOW: Final[dict[str, tuple[IndexModel, ...]]] = {
    "users": (),
    "settings": (),
    "uploads": (_STATE,),
    "scoring_runs": (_STATE,),
    "exports": (_STATE,),
    "customers": (IndexModel([("name_tokens", ASCENDING)], name="name_tokens"),),
    "customer_versions": (
        IndexModel([("customer_id", ASCENDING), ("version", ASCENDING)], name="customer_version", unique=True),
    ),
    "file_chunks": (_OWNER,),
    "run_frame_chunks": (_OWNER,),
    "sign_in_failures": (IndexModel([("key", ASCENDING), ("at", ASCENDING)], name="key_at"),),
}
REWRITTEN: Final = tuple(INDEXES_BELOW)
EMPTIED: Final = ("sessions", "tickets")

_WORKS: Final = ("uploads", "scoring_runs", "exports")
_CHUNKS: Final = ("file_chunks", "run_frame_chunks")
_AWARE: Final[CodecOptions[dict[str, Any]]] = CodecOptions(tz_aware=True)


def forward(collection: str, document: Document, *, vault: Vault) -> Document:
    """Return a document of version 1 as one of version 2."""
    changed = {**document, "schema_version": 2}
    if collection == "customers":
        return _sealed_customer(changed, vault)
    if collection == "customer_versions":
        sealed = _sealed_customer({**changed, "_id": document["customer_id"]}, vault)
        return {name: value for name, value in sealed.items() if name != "name_tokens"} | {"_id": document["_id"]}
    if collection in _WORKS:
        return {**sealed_values(document["_id"], changed, vault=vault), "sealed_with": [vault.sealing_key()]}
    if collection in _CHUNKS:
        data = vault.seal_bytes(bytes(document["data"]), about_chunk(document["_id"]))
        return {**changed, "data": data, "sealed_with": vault.sealing_key()}
    return changed


def back(collection: str, document: Document, *, vault: Vault) -> Document:
    """Return a document of version 2 as one of version 1.

    What version 1 does not know (consent, settings it lacks) stays where there is any; it is not looked at there.
    """
    changed = {**document, "schema_version": 1}
    changed.pop("sealed_with", None)
    if collection == "customers":
        opened = _opened_customer(changed, vault)
        details = opened[Block.CONTACT_DETAILS.value]
        return {**opened, "name_tokens": name_tokens(details["name"], details["phone"])}
    if collection == "customer_versions":
        return _opened_customer({**changed, "_id": document["customer_id"]}, vault) | {"_id": document["_id"]}
    if collection in _WORKS:
        return {**changed, **_opened_fields(document, vault)}
    if collection in _CHUNKS:
        return {**changed, "data": vault.open_bytes(bytes(document["data"]), about_chunk(document["_id"]))}
    if collection == "settings" and document["kind"] == "bank_settings":
        return {**changed, "_id": f"scoring_rules:{document['version']}", "kind": "scoring_rules"}
    return changed


def _sealed_customer(document: Document, vault: Vault) -> Document:
    consenting = document if Block.CONSENT.value in document else with_consent(document, {})
    source = {"upload_id": "", **document["source"]}
    # the fields version 1 wrote keep their order, so that the way back ends where it began
    in_order = {name: source[name] for name in [*document["source"], *source]}
    return sealed_document({**consenting, "source": in_order}, vault=vault)


def _opened_customer(document: Document, vault: Vault) -> Document:
    opened = opened_document(document, vault=vault)
    blocks = [block.value for block in Block if block is not Block.CONSENT and block.value in opened]
    opened["hash"] = fingerprint({name: opened[name] for name in blocks}, length=16)
    if all(value is None for value in opened.get(Block.CONSENT.value, {}).values()):
        opened.pop(Block.CONSENT.value, None)
        opened.pop("consent_state", None)
    opened["source"] = {name: value for name, value in opened["source"].items() if (name, value) != ("upload_id", "")}
    return opened


def _opened_fields(document: Document, vault: Vault) -> Document:
    return {
        name: bson.decode(vault.open_bytes(document[name], about_work(document["_id"], name)), _AWARE)["value"]
        for name in SEALED_FIELDS
    }
