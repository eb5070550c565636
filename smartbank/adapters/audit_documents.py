"""An audit entry as a document, and back; what was done to a document is told, never raised."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from smartbank.core.audit import AuditAction, AuditEntry, AuditEvent, AuditResult, BrokenEntry

_TYPES: Final[Mapping[str, type]] = {
    "_id": int,
    "at": datetime,
    "who": str,
    "place": str,
    "action": str,
    "object_kind": str,
    "object_id": str,
    "result": str,
    "details": dict,
    "previous": str,
    "hash": str,
    "schema_version": int,
}
_SHOWN: Final = 40


def entry_document(entry: AuditEntry, *, schema_version: int) -> dict[str, Any]:
    """Return the document of an entry."""
    event = entry.event
    return {
        "_id": entry.number,
        "at": event.at,
        "who": event.who,
        "place": event.place,
        "action": str(event.action),
        "object_kind": event.object_kind,
        "object_id": event.object_id,
        "result": str(event.result),
        "details": dict(event.details),
        "previous": entry.previous,
        "hash": entry.hash,
        "schema_version": schema_version,
    }


def read_entry(document: Mapping[str, Any], *, schema_version: int) -> AuditEntry | BrokenEntry:
    """Return the entry of a document, or what is wrong with its shape."""
    why = _shape_fault(document, schema_version)
    if why:
        return BrokenEntry(str(document.get("_id"))[:_SHOWN], why)
    event = AuditEvent(
        at=document["at"],
        who=document["who"],
        place=document["place"],
        action=AuditAction(document["action"]),
        object_kind=document["object_kind"],
        object_id=document["object_id"],
        result=AuditResult(document["result"]),
        details=document["details"],
    )
    return AuditEntry(document["_id"], event, document["previous"], document["hash"])


def _shape_fault(document: Mapping[str, Any], schema_version: int) -> str:
    if missing := _TYPES.keys() - document.keys():
        return f"{', '.join(sorted(missing))} is missing."
    if document.keys() - _TYPES.keys():
        return "it holds more than was written."
    for name, kind in _TYPES.items():
        if not isinstance(document[name], kind) or isinstance(document[name], bool):
            return f"{name} is of another kind than was written."
    if document["action"] not in set(AuditAction) or document["result"] not in set(AuditResult):
        return "it names an action or a result that SmartBank does not know."
    if not 1 <= document["schema_version"] <= schema_version:
        return "schema_version is not one that was written."
    return ""
