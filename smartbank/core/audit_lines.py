"""An entry of the audit log as a line of JSON and as a row of a table, and back from the line, byte by byte."""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, Final, NoReturn

import pandas as pd

from smartbank.core.audit import AuditEntry, BrokenEntry, entry_from, entry_values
from smartbank.core.exports import ExportColumn
from smartbank.core.fingerprint import canonical_json

AUDIT_COLUMNS: Final = (
    ExportColumn("number", "Number", "text", 10),
    ExportColumn("at", "Time (UTC)", "text", 26),
    ExportColumn("who", "Who", "text", 20),
    ExportColumn("place", "From", "text", 18),
    ExportColumn("action", "Action", "text", 20),
    ExportColumn("object_kind", "Kind of object", "text", 16),
    ExportColumn("object_id", "Object id", "text", 28),
    ExportColumn("result", "Result", "text", 10),
    ExportColumn("details", "Details", "text", 60),
    ExportColumn("hash", "Hash", "text", 66),
    ExportColumn("previous", "Previous hash", "text", 66),
)
"""What a table of the log holds."""
LONGEST_LINE: Final = 1 << 25
"""Bytes of a line: a document of MongoDB has 16 MB at most."""
_NAMES: Final = frozenset(column.name for column in AUDIT_COLUMNS)


def entry_line(entry: AuditEntry | BrokenEntry) -> bytes:
    """Return the one line of an entry: canonical JSON in UTF-8, ended by a line feed; what is broken says so."""
    if isinstance(entry, BrokenEntry):
        return _line({"number": entry.number, "cannot_be_read": entry.why})
    try:
        return _line(_values(entry))
    except (ValueError, RecursionError):
        return _line({"number": str(entry.number), "cannot_be_read": "its details are not what was written."})


def read_line(line: bytes, place: int) -> AuditEntry | BrokenEntry:
    """Return the entry of a line, or a broken one, named by its place, for a line `entry_line` does not write."""
    try:
        entry = _entry(json.loads(line, parse_constant=_refuse))
        if entry_line(entry) == line:
            return entry
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        pass
    return BrokenEntry(f"on line {place}", "it is not as SmartBank writes one, or was cut off.")


def entry_frames(entries: Iterable[list[AuditEntry | BrokenEntry]]) -> Iterator[pd.DataFrame]:
    """Yield entries, a list at a time, as frames of text with `AUDIT_COLUMNS`."""
    for batch in entries:
        yield pd.DataFrame([_row(entry) for entry in batch], columns=[column.name for column in AUDIT_COLUMNS])


def _row(entry: AuditEntry | BrokenEntry) -> dict[str, str]:
    if isinstance(entry, BrokenEntry):
        return {"number": entry.number, "details": f"This entry cannot be read: {entry.why}"}
    values = _values(entry)
    return {name: str(value) for name, value in values.items()} | {"details": canonical_json(values["details"])}


def _values(entry: AuditEntry) -> dict[str, Any]:
    at = entry.event.at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return entry_values(entry) | {"at": at}


def _entry(read: Any) -> AuditEntry:  # noqa: ANN401  whatever JSON holds
    """Return the entry of a line's values. Raises `ValueError` and its like for other values than one has."""
    texts = _NAMES - {"number", "details"}
    if not isinstance(read, dict) or read.keys() != _NAMES:
        raise ValueError(_NOT_ONE)
    if type(read["number"]) is not int or not isinstance(read["details"], dict):
        raise ValueError(_NOT_ONE)
    if not all(isinstance(read[name], str) for name in texts):
        raise ValueError(_NOT_ONE)
    return entry_from({**read, "at": datetime.fromisoformat(read["at"])})


def _line(values: dict[str, Any]) -> bytes:
    return f"{canonical_json(values)}\n".encode()


def _refuse(_constant: str) -> NoReturn:
    raise ValueError(_NOT_ONE)


_NOT_ONE: Final = "not an entry"
