"""Use case: find entries in the whole audit log, a page at a time, newest first."""

from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from smartbank.core.audit import AuditEntry, BrokenEntry
from smartbank.core.audit_filter import AuditFilter
from smartbank.core.people import Actor, Right
from smartbank.core.ports import AuditLog, SettingsRepository

PAGE_ENTRIES: Final = 100
LOOKED_THROUGH: Final = 100_000
"""How many entries one search looks through at most: a page must come within seconds."""
_AT_ONCE: Final = 200
"""Entries read before the rest is asked for: enough for a page where most are meant."""


@dataclass(frozen=True)
class FoundEntries:
    """A page of what a search found.

    Attributes
    ----------
    entries : tuple of AuditEntry
        What is meant, newest first, a page at most.
    broken : tuple of BrokenEntry
        What could not be read among what was looked through, a page at most: whether it is meant nobody knows.
    newest, oldest : int
        Numbers between which was looked, both included; `newest` is 0 where nothing is.
    older : int or None
        Number before which to go on: behind a full page, or behind what one search looks through. None at the end.
    is_cut : bool
        Whether the search ended because it had looked through as many as one does.
    """

    entries: tuple[AuditEntry, ...]
    broken: tuple[BrokenEntry, ...]
    newest: int
    oldest: int
    older: int | None
    is_cut: bool


def find_entries(
    wanted: AuditFilter,
    *,
    before: int | None = None,
    by: Actor,
    audit: AuditLog,
    settings: SettingsRepository,
    page: int = PAGE_ENTRIES,
    most: int = LOOKED_THROUGH,
) -> FoundEntries:
    """Return the newest entries a filter means, reading the log backwards and never more of it than is needed.

    Parameters
    ----------
    before : int, optional
        Number below which to look; None begins at the newest entry.
    page, most : int
        How many entries to return, and to look through, at most.
    """
    by.require(Right.SEE_ADMIN)
    zone = ZoneInfo(settings.current().time_zone)
    end = audit.end()[0]
    newest = end if before is None else min(end, before - 1)
    oldest = max(1, newest - most + 1)
    entries: list[AuditEntry] = []
    broken: list[BrokenEntry] = []
    for first, last in _windows(oldest, newest):
        for entry in audit.backwards(first, last):
            if isinstance(entry, BrokenEntry):
                broken.append(entry)
            elif wanted.means(entry.event, zone=zone):
                if len(entries) == page:
                    shown = entries[-1].number
                    return FoundEntries(tuple(entries), tuple(broken[:page]), newest, shown, shown, is_cut=False)
                entries.append(entry)
    is_cut = oldest > 1
    return FoundEntries(
        tuple(entries), tuple(broken[:page]), max(newest, 0), oldest, oldest if is_cut else None, is_cut=is_cut
    )


def _windows(oldest: int, newest: int) -> list[tuple[int, int]]:
    """Return the first and last numbers of a small window at the end, and of all that lies before it."""
    start = max(oldest, newest - _AT_ONCE + 1)
    return [(first, last) for first, last in ((start, newest), (oldest, start - 1)) if first <= last]
