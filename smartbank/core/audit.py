"""The audit log: what an entry says, and the chain of hashes through all of them."""

import hashlib
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from smartbank.core.fingerprint import canonical_json
from smartbank.errors import SettingsError, StorageError

GENESIS: Final = "0" * 64
"""What the first entry names as the hash before it."""
OBJECTED_IDS: Final = "objected_ids"
"""Where the details of an entry on results of calls name whose objections came with them."""
_LOWEST: Final = -(2**63)
_KEY: Final = re.compile(r"[^\x00.$][^\x00.]*")
"""Keys every MongoDB takes."""


SHORTEST_REASON: Final = 10
LONGEST_REASON: Final = 300
"""Characters of a reason somebody gives for what goes on record."""


def stated_reason(text: str) -> str:
    """Return a reason without the space around it. Raises `SettingsError` for one that is too short or too long."""
    reason = text.strip()
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise SettingsError(f"Say why, in {SHORTEST_REASON} to {LONGEST_REASON} characters.")
    return reason


class AuditAction(StrEnum):
    """What was done."""

    SIGN_IN = "sign_in"
    SIGN_OUT = "sign_out"
    END_SESSION = "end_session"
    ADD_USER = "add_user"
    CHANGE_USER = "change_user"
    LINK_USER = "link_user"
    EMERGENCY_CODE = "emergency_code"
    CHANGE_PASSWORD = "change_password"  # noqa: S105  the name of an action
    ADD_PROGRAM = "add_program"
    CHANGE_PROGRAM = "change_program"
    ADD_PROGRAM_KEY = "add_program_key"
    REVOKE_PROGRAM_KEY = "revoke_program_key"
    ROTATE_TOKEN_KEYS = "rotate_token_keys"  # noqa: S105  the name of an action
    UPLOAD = "upload"
    RUN = "run"
    EXPORT = "export"
    CANCEL_WORK = "cancel_work"
    WRITE_NOTE = "write_note"
    DELETE_NOTE = "delete_note"
    ADD_CUSTOMER = "add_customer"
    EDIT_CUSTOMER = "edit_customer"
    REMOVE_CUSTOMERS = "remove_customers"
    GIVE_ACCESS = "give_access"
    ERASE_CUSTOMER = "erase_customer"
    LIFT_ERASURE = "lift_erasure"
    LIST_ERASURES = "list_erasures"
    CHANGE_SETTINGS = "change_settings"
    CHANGE_RULES = "change_rules"
    RELEASE_LIST = "release_list"
    END_LIST = "end_list"
    HAND_OVER = "hand_over"
    NOTE_BANK_DATA = "note_bank_data"
    RECORD_OUTCOME = "record_outcome"
    CORRECT_OUTCOME = "correct_outcome"
    REFRESH_MARKET = "refresh_market"
    CHANGE_SCENARIOS = "change_scenarios"
    SET_OVERRIDE = "set_override"
    END_OVERRIDE = "end_override"
    TRAIN_MODEL = "train_model"
    COMPARE_MODELS = "compare_models"
    PROMOTE_MODEL = "promote_model"
    RETURN_MODEL = "return_model"
    SWITCH_FIELDS = "switch_fields"
    ROTATE_KEYS = "rotate_keys"
    REWRAP_KEYS = "rewrap_keys"
    EXPORT_DATA = "export_data"
    IMPORT_DATA = "import_data"
    MIGRATE = "migrate"
    DELETE_OLD_DATA = "delete_old_data"


class AuditResult(StrEnum):
    """What came of it."""

    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True)
class AuditEvent:
    """Something somebody did, before it has its place in the chain.

    Attributes
    ----------
    at : datetime
        When, in UTC; kept to the millisecond.
    who, place : str
        User name, and where from: an address, "command line of" somebody or "worker".
    object_kind, object_id : str
        What it was done to: "run" and its id. A person is named by id alone, never by name or phone.
    details : mapping
        Values that read back from the database as they were written (text, 64-bit whole numbers, finite fractions,
        yes/no, nothing, lists and mappings of them); no personal data.
    """

    at: datetime
    who: str
    place: str
    action: AuditAction
    object_kind: str
    object_id: str
    result: AuditResult
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class AuditEntry:
    """An event in its place: numbered from 1 without gaps, and hashed with the hash of the entry before."""

    number: int
    event: AuditEvent
    previous: str
    hash: str


@dataclass(frozen=True)
class BrokenEntry:
    """What is stored in the place of an entry and is none: its number as far as it is known, and what is wrong."""

    number: str
    why: str


def chained(event: AuditEvent, *, number: int, previous: str) -> AuditEntry:
    """Return an event as an entry of the chain.

    Raises
    ------
    StorageError
        The event holds a value that would not read back as it was written, and so look changed.
    """
    if event.at.tzinfo is None:
        raise StorageError("The audit log needs to know the time zone of a time. Tell your administrator.")
    words = {name: getattr(event, name) for name in ("who", "place", "object_kind", "object_id")}
    event = replace(
        event,
        **{name: plain_value(value, name) for name, value in words.items()},
        details=plain_value(event.details, "details"),
    )
    return AuditEntry(number, event, previous, entry_hash(event, number=number, previous=previous))


def entry_values(entry: AuditEntry) -> dict[str, Any]:
    """Return all that an entry says, by name, in plain values but for its moment."""
    event = entry.event
    return {
        "number": entry.number,
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
    }


def entry_from(values: Mapping[str, Any]) -> AuditEntry:
    """Return the entry of what `entry_values` returned. Raises `ValueError` for an action or a result nobody knows."""
    event = AuditEvent(
        at=values["at"],
        who=values["who"],
        place=values["place"],
        action=AuditAction(values["action"]),
        object_kind=values["object_kind"],
        object_id=values["object_id"],
        result=AuditResult(values["result"]),
        details=values["details"],
    )
    return AuditEntry(values["number"], event, values["previous"], values["hash"])


def plain_value(value: Any, name: str) -> Any:  # noqa: ANN401  any value an action wants to keep
    """Return a value in the plain types it reads back in. Raises `StorageError`, naming it, where there are none."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int) and _LOWEST <= value < -_LOWEST:
        return int(value)
    if isinstance(value, float) and math.isfinite(value):
        return float(value)
    if isinstance(value, str) and _is_unicode(value):
        return str(value)
    if isinstance(value, list | tuple):
        return [plain_value(item, f"{name}[{place}]") for place, item in enumerate(value)]
    if isinstance(value, Mapping) and all(isinstance(key, str) and _KEY.fullmatch(key) for key in value):
        return {str(key): plain_value(item, f"{name}.{key}") for key, item in value.items()}
    raise StorageError(f"The audit log cannot keep {name} of this action as it is. Tell your administrator.")


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def entry_hash(event: AuditEvent, *, number: int, previous: str) -> str:
    """Return the SHA-256, in hex, of an entry's number, event and the hash before it, as canonical JSON."""
    said = {name: value for name, value in event.__dict__.items() if name != "at"}
    at_ms = round(event.at.timestamp() * 1000)
    text = canonical_json(
        {**said, "at_ms": at_ms, "details": dict(event.details), "number": number, "before": previous}
    )
    return hashlib.sha256(text.encode()).hexdigest()
