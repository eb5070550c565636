"""Which entries of the audit log are meant: who, what, to which object, from where, with what result, on which days."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from smartbank.core.audit import OBJECTED_IDS, AuditAction, AuditEvent, AuditResult
from smartbank.core.fingerprint import fingerprint
from smartbank.errors import NotFoundError

TYPED: Final = ("who", "kind", "object", "place")
"""Filters people type: what stands in them may be anything, a customer's name too."""
MARK_DIGITS: Final = 32


@dataclass(frozen=True)
class AuditFilter:
    """What an entry must have to be meant; empty and None mean any.

    Attributes
    ----------
    who, kind, object, place : str
        User or program, kind and id of the object, and where from; equal to the entry's, but for case and the space
        around them in a kind. A customer whose objection came with results is an object of their entry, too.
    first_day, last_day : date, optional
        Both included, in the bank's time zone.
    """

    who: str = ""
    action: AuditAction | None = None
    result: AuditResult | None = None
    kind: str = ""
    object: str = ""
    place: str = ""
    first_day: date | None = None
    last_day: date | None = None

    def means(self, event: AuditEvent, *, zone: ZoneInfo) -> bool:
        """Whether an event is meant; `zone` is the bank's."""
        return (
            self.who in ("", event.who)
            and self.action in (None, event.action)
            and self.result in (None, event.result)
            and (not self.kind or _plain_kind(self.kind) == _plain_kind(event.object_kind))
            and self.object in ("", event.object_id, *event.details.get(OBJECTED_IDS, ()))
            and self.place in ("", event.place)
            and self._is_on_a_day(event, zone)
        )

    def to_query(self) -> dict[str, str]:
        """Return the filters that are set, as an address and the audit log name them."""
        values = {
            "who": self.who,
            "action": self.action,
            "result": self.result,
            "kind": self.kind,
            "object": self.object,
            "place": self.place,
            "from": self.first_day,
            "until": self.last_day,
        }
        return {name: str(value) for name, value in values.items() if value}

    def on_record(self, *, was_found: bool) -> dict[str, str]:
        """Return the filters as they may be put on record.

        What was typed stands there in clear only if entries were found by it, which hold it already; else as a mark,
        the beginning of its hash, since it may be a customer's name.
        """
        return {
            name: value if was_found or name not in TYPED else f"mark {fingerprint(value, length=MARK_DIGITS)}"
            for name, value in self.to_query().items()
        }

    def _is_on_a_day(self, event: AuditEvent, zone: ZoneInfo) -> bool:
        if self.first_day is None and self.last_day is None:
            return True
        day = event.at.astimezone(zone).date()
        return (self.first_day or day) <= day <= (self.last_day or day)


def audit_filter_from(query: Mapping[str, str]) -> AuditFilter:
    """Return the filter an address or a command names, as `AuditFilter.to_query` writes it.

    Raises
    ------
    NotFoundError
        An action or result that is none, or a day that is not written as 2026-11-26.
    """
    try:
        return AuditFilter(
            who=query.get("who", "").strip(),
            action=AuditAction(query["action"]) if query.get("action") else None,
            result=AuditResult(query["result"]) if query.get("result") else None,
            kind=query.get("kind", "").strip(),
            object=query.get("object", "").strip(),
            place=query.get("place", "").strip(),
            first_day=date.fromisoformat(query["from"]) if query.get("from") else None,
            last_day=date.fromisoformat(query["until"]) if query.get("until") else None,
        )
    except ValueError:
        raise NotFoundError(
            "The audit log has no such filter. Write actions and results as it names them (change_password, refused), "
            "and days as 2026-11-26."
        ) from None


def _plain_kind(kind: str) -> str:
    return kind.strip().replace("_", " ").casefold()
