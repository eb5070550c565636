"""An audit entry as a document, and back; what was done to a document is told, never raised."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from smartbank.core.audit import AuditAction, AuditEntry, AuditResult, BrokenEntry, entry_from, entry_values

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
    values = entry_values(entry)
    return {"_id": values.pop("number"), **values, "schema_version": schema_version}


def read_entry(document: Mapping[str, Any], *, schema_version: int) -> AuditEntry | BrokenEntry:
    """Return the entry of a document, or what is wrong with its shape."""
    why = _shape_fault(document, schema_version)
    if why:
        return BrokenEntry(str(document.get("_id"))[:_SHOWN], why)
    return entry_from({**document, "number": document["_id"]})


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
